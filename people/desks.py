"""Where and as what a member of staff works: pages and API ask it the same questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from people.actions.access import log_access, log_access_to_list
from people.models import Department, Membership, Patient, User
from people.permissions import ROLES, Permission


@dataclass(frozen=True)
class Desk:
    """`role` is the one that opens what is asked for."""

    user: User
    department: Department
    role: str
    roles: frozenset[str]

    @property
    def actor(self) -> str:
        return self.user.actor

    def may(self, permission: Permission) -> bool:
        return bool(self.roles & ROLES[permission])

    def log(self, action: str, patient: Patient | int | None, appointment: int | None = None) -> None:
        log_access(
            actor=self.actor,
            role=self.role,
            action=action,
            department=self.department,
            patient=patient,
            appointment=appointment,
        )

    def log_list(self, action: str, seen: Iterable[tuple[int, int | None]]) -> None:
        """`seen`: (patient id, appointment id) of everyone on the page."""
        log_access_to_list(actor=self.actor, role=self.role, action=action, department=self.department, seen=seen)


def desk_in(
    user: User, memberships: Sequence[Membership], permission: Permission, department: Department | int
) -> Desk | None:
    """The user's place in this department; None where the permission does not hold."""
    department_id = department if isinstance(department, int) else department.pk
    held = [membership for membership in memberships if membership.department_id == department_id]
    roles = frozenset(membership.role for membership in held)
    through = sorted(roles & ROLES[permission])
    if not through:
        return None
    return Desk(user=user, department=held[0].department, role=through[0], roles=roles)

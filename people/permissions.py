"""Who may do what, in one table. A permission always holds in a department, through a role there."""

from collections.abc import Iterable
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from people.models import Department, Role, User

Anyone = User | AnonymousUser


class Permission(StrEnum):
    SEE_DAY = "see_day"
    SEE_PATIENT = "see_patient"
    BOOK = "book"
    OVERBOOK = "overbook"
    ORDER = "order"
    ENTER_ABSENCE = "enter_absence"
    MANAGE_INTERPRETERS = "manage_interpreters"
    EDIT_PATHWAYS = "edit_pathways"
    STATE_PREFERENCE = "state_preference"
    SEE_MESSAGES = "see_messages"
    SEE_OPERATIONS = "see_operations"
    SEE_TEXTS = "see_texts"
    EDIT_TEXTS = "edit_texts"
    EDIT_AGREEMENTS = "edit_agreements"
    CALL_PATIENT = "call_patient"
    SEE_RASTERS = "see_rasters"
    PUBLISH_RASTER = "publish_raster"
    APPROVE_RASTER = "approve_raster"
    HOLD_CONSULT = "hold_consult"
    CLOSE_CONSULT = "close_consult"


_P, _C, _H, _L, _A = Role.PLANNER, Role.CLINICIAN, Role.HELPDESK, Role.LEAD, Role.ADMINISTRATOR
ROLES: dict[Permission, frozenset[Role]] = {
    Permission.SEE_DAY: frozenset({_P, _C, _H, _L, _A}),
    Permission.SEE_PATIENT: frozenset({_P, _C, _H}),
    Permission.BOOK: frozenset({_P}),
    Permission.OVERBOOK: frozenset({_P}),
    Permission.ORDER: frozenset({_P, _C}),
    Permission.ENTER_ABSENCE: frozenset({_P, _L}),
    Permission.MANAGE_INTERPRETERS: frozenset({_P, _L}),
    Permission.EDIT_PATHWAYS: frozenset({_L, _A}),
    Permission.STATE_PREFERENCE: frozenset({_P, _C}),
    Permission.SEE_MESSAGES: frozenset({_P, _H}),
    Permission.SEE_OPERATIONS: frozenset({_A}),
    Permission.SEE_TEXTS: frozenset({_P, _H, _L, _A}),
    Permission.EDIT_TEXTS: frozenset({_L, _A}),
    Permission.EDIT_AGREEMENTS: frozenset({_L, _A}),
    Permission.CALL_PATIENT: frozenset({_P, _H}),
    Permission.SEE_RASTERS: frozenset({_P, _C, _L, _A}),
    Permission.PUBLISH_RASTER: frozenset({_P, _A}),
    Permission.APPROVE_RASTER: frozenset({_L, _A}),
    Permission.HOLD_CONSULT: frozenset({_C}),
    Permission.CLOSE_CONSULT: frozenset({_C}),
}


def departments_where(user: Anyone, permission: Permission) -> QuerySet[Department]:
    if not user.is_authenticated:
        return Department.objects.none()
    return Department.objects.filter(memberships__user=user, memberships__role__in=ROLES[permission]).distinct()


def may(user: Anyone, permission: Permission, department: Department | int) -> bool:
    if not user.is_authenticated:
        return False
    department_id = department if isinstance(department, int) else department.pk
    return user.memberships.filter(department_id=department_id, role__in=ROLES[permission]).exists()


def role_for(user: User, permission: Permission, department: Department | int) -> str:
    """The role through which the user has this permission, for the access log; empty without one."""
    department_id = department if isinstance(department, int) else department.pk
    roles: Iterable[str] = user.memberships.filter(
        department_id=department_id, role__in=ROLES[permission]
    ).values_list("role", flat=True)
    return next(iter(sorted(roles)), "")

"""The doors of the API for staff: who is signed in, and what their roles open.

What belongs to a department in which someone has no role is answered as if it did not exist (404); where they have
one, but not one that may (403). Both leave a row in the access log when a patient is concerned.
"""

import uuid
from functools import cached_property
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from api.endpoint import Endpoint
from people.actions.access import log_access
from people.desks import Desk, desk_in
from people.models import Clinician, Department, Membership, Patient, User
from people.permissions import Permission
from scheduling.models import Appointment

OF_APPOINTMENT = ("patient", "clinician", "type", "department", "session")


class CsrfFailed(exceptions.PermissionDenied):
    default_code = "csrf-failed"
    default_detail = _("Send the value of the cookie csrftoken in the header X-CSRFToken.")


class StaffSession(SessionAuthentication):
    """The session of a signed-in member of staff; every write carries its CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise CsrfFailed from error

    def authenticate_header(self, request: Request) -> str:
        """With a challenge, a missing session is 401; without, it would be 403."""
        return 'Session realm="videopoli"'


class StaffEndpoint(Endpoint):
    authentication_classes = [StaffSession]
    permission_classes = [IsAuthenticated]

    @property
    def staff(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101  for the type checker: IsAuthenticated has let them in
        return user

    @cached_property
    def memberships(self) -> list[Membership]:
        return list(self.staff.memberships.select_related("department").order_by("department__name", "role"))

    def own_department(self, department: int) -> Department:
        """One in which the user has any role; for what every role may see."""
        for membership in self.memberships:
            if membership.department_id == department:
                return membership.department
        raise Http404

    def desk(
        self,
        department: Department | int,
        permission: Permission,
        action: str,
        *,
        patient: Patient | None = None,
        appointment: Appointment | None = None,
    ) -> Desk:
        """The user's place in this department. `action` names the try in the access log when it is refused."""
        desk = desk_in(self.staff, self.memberships, permission, department)
        if desk is None:
            self.refuse(action, department, patient=patient, appointment=appointment)
        return desk

    def desk_at_appointment(
        self, public_id: uuid.UUID, permission: Permission, action: str
    ) -> tuple[Desk, Appointment]:
        """And a row in the access log that this appointment was seen or changed."""
        appointment = self._appointment(public_id, action)
        desk = self._desk_of(appointment, permission, action)
        desk.log(action, appointment.patient_id, appointment.pk)
        return desk, appointment

    def desk_at_own_consult(
        self, public_id: uuid.UUID, permission: Permission, action: str
    ) -> tuple[Desk, Appointment]:
        """A clinician works in their own day only: a colleague's consult is answered like one that does not exist."""
        appointment = self._appointment(public_id, action)
        desk = self._desk_of(appointment, permission, action)
        if appointment.clinician.user_id != self.staff.pk:
            self.hide(action, appointment.department, patient=appointment.patient, appointment=appointment)
        desk.log(action, appointment.patient_id, appointment.pk)
        return desk, appointment

    def _appointment(self, public_id: uuid.UUID, action: str) -> Appointment:
        appointment = Appointment.objects.select_related(*OF_APPOINTMENT).filter(public_id=public_id).first()
        if appointment is None:
            self.hide(action, None)
        return appointment

    def _desk_of(self, appointment: Appointment, permission: Permission, action: str) -> Desk:
        return self.desk(
            appointment.department, permission, action, patient=appointment.patient, appointment=appointment
        )

    def desk_treating(self, public_id: uuid.UUID, permission: Permission, action: str) -> tuple[Desk, Patient]:
        """In the first department, by name, that treats this patient and where the permission holds."""
        patient = Patient.objects.filter(public_id=public_id).first()
        if patient is None:
            self.hide(action, None)
        treating = set(patient.treatment_relations.values_list("department_id", flat=True))
        mine = [one.department_id for one in self.memberships if one.department_id in treating]
        for department in mine:
            desk = desk_in(self.staff, self.memberships, permission, department)
            if desk is not None:
                desk.log(action, patient)
                return desk, patient
        return self.refuse(action, mine[0] if mine else None, patient=patient)

    def desk_with_patient(
        self, department: int, public_id: uuid.UUID, permission: Permission, action: str
    ) -> tuple[Desk, Patient]:
        """In this department, for a patient whom it treats."""
        desk = self.desk(department, permission, action)
        patient = Patient.objects.filter(public_id=public_id).first()
        if patient is None or not patient.treatment_relations.filter(department=desk.department).exists():
            self.hide(action, desk.department, patient=patient)
        desk.log(action, patient)
        return desk, patient

    def own_clinician(self, action: str) -> Clinician:
        clinician = Clinician.objects.filter(user=self.staff).first()
        if clinician is None:
            self.refuse(action, self.memberships[0].department if self.memberships else None)
        return clinician

    def refuse(
        self,
        action: str,
        department: Department | int | None,
        *,
        patient: Patient | None = None,
        appointment: Appointment | None = None,
    ) -> NoReturn:
        """Not for this role, or not there where the user has no role at all."""
        self.log_refusal(action, department, patient, appointment)
        if self._roles_in(department):
            raise PermissionDenied
        raise Http404

    def hide(
        self,
        action: str,
        department: Department | int | None,
        *,
        patient: Patient | None = None,
        appointment: Appointment | None = None,
    ) -> NoReturn:
        """Answered as if it did not exist, whatever the role."""
        self.log_refusal(action, department, patient, appointment)
        raise Http404

    def log_refusal(
        self,
        action: str,
        department: Department | int | None,
        patient: Patient | None,
        appointment: Appointment | None,
    ) -> None:
        """A row that it was tried (NEN 7513)."""
        department_id = department.pk if isinstance(department, Department) else department
        roles = self._roles_in(department)
        log_access(
            actor=self.staff.actor,
            role=roles[0] if roles else "",
            action=action,
            department=Department.objects.filter(pk=department_id).first() if department_id else None,
            patient=patient,
            appointment=appointment.pk if appointment else None,
            allowed=False,
        )

    def _roles_in(self, department: Department | int | None) -> list[str]:
        department_id = department.pk if isinstance(department, Department) else department
        return [one.role for one in self.memberships if one.department_id == department_id]

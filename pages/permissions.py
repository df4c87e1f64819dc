"""Who may open a page: signed in, a permission in a department, and a row of whose data was seen.

    @department_page(Permission.SEE_DAY)
    def today(request: HttpRequest, desk: Desk) -> HttpResponse: ...

    @appointment_page(Permission.BOOK, change="cancel.appointment")  # <uuid:public_id>
    def cancel(request: HttpRequest, desk: Desk, appointment: Appointment) -> HttpResponse: ...

    @patient_page(Permission.SEE_PATIENT)  # <uuid:public_id>
    def patient(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse: ...

An appointment or a patient of another department is answered like one that does not exist, and the try is logged.
A page that shows many patients calls `desk.log_list` itself, with whom it showed.
"""

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from people.actions.access import log_access
from people.desks import Desk as Desk
from people.desks import desk_in
from people.models import AccessLog, Department, Membership, Patient, User
from people.permissions import ROLES, Permission
from scheduling.models import Appointment

SESSION_KEY = "department"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OF_APPOINTMENT = ("patient", "clinician", "type", "department", "session")

P = ParamSpec("P")
Page = Callable[..., HttpResponseBase]
DepartmentView = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]
AppointmentView = Callable[Concatenate[HttpRequest, Desk, Appointment, P], HttpResponseBase]
PatientView = Callable[Concatenate[HttpRequest, Desk, Patient, P], HttpResponseBase]


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The user's roles, read once per request, in the order of the departments' names."""
    known: list[Membership] | None = getattr(request, "staff_memberships", None)
    if known is None:
        user = request.user
        known = []
        if user.is_authenticated:
            known = list(user.memberships.select_related("department").order_by("department__name", "role"))
        request.staff_memberships = known  # type: ignore[attr-defined]
    return known


def current_department(request: HttpRequest, permission: Permission | None = None) -> Department | None:
    """The department the user chose, where the permission holds there; else the first where it does."""
    allowed = [
        membership.department
        for membership in memberships_of(request)
        if permission is None or membership.role in ROLES[permission]
    ]
    chosen = request.session.get(SESSION_KEY)
    return next((department for department in allowed if department.pk == chosen), next(iter(allowed), None))


def desk_at(request: HttpRequest, permission: Permission, department: Department | int) -> Desk | None:
    """The user's place in this department; None where the permission does not hold."""
    if not isinstance(request.user, User):
        return None
    return desk_in(request.user, memberships_of(request), permission, department)


def department_page(permission: Permission) -> Callable[[DepartmentView[P]], Page]:
    """A page of the department the user works in."""

    def decorate(view: DepartmentView[P]) -> Page:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            department = current_department(request, permission)
            desk = desk_at(request, permission, department) if department else None
            if desk is None:
                log_refusal(request, _action(request, None, "page"))
                raise PermissionDenied
            return view(request, desk, *args, **kwargs)

        return page

    return decorate


def appointment_page(permission: Permission, *, change: str = "") -> Callable[[AppointmentView[P]], Page]:
    """A page about one appointment; `change` names in the access log what a POST does."""

    def decorate(view: AppointmentView[P]) -> Page:
        @wraps(view)
        def page(request: HttpRequest, public_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            action = _action(request, change, "appointment")
            appointment = Appointment.objects.select_related(*OF_APPOINTMENT).filter(public_id=public_id).first()
            desk = desk_at(request, permission, appointment.department) if appointment else None
            if appointment is None or desk is None:
                log_refusal(request, action, appointment.patient if appointment else None, appointment)
                raise Http404
            desk.log(action, appointment.patient_id, appointment.pk)
            return view(request, desk, appointment, *args, **kwargs)

        return page

    return decorate


def patient_page(permission: Permission, *, change: str = "") -> Callable[[PatientView[P]], Page]:
    """A page about one patient, in a department that treats this patient."""

    def decorate(view: PatientView[P]) -> Page:
        @wraps(view)
        def page(request: HttpRequest, public_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            action = _action(request, change, "patient")
            patient = Patient.objects.filter(public_id=public_id).first()
            desk = _desk_treating(request, permission, patient) if patient else None
            if patient is None or desk is None:
                log_refusal(request, action, patient)
                raise Http404
            desk.log(action, patient)
            return view(request, desk, patient, *args, **kwargs)

        return page

    return decorate


def log_new(desk: Desk, action: str, seen: Iterable[tuple[int, int | None]]) -> None:
    """For a page that stands open and is read again at each change: who was logged today is not logged again."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = AccessLog.objects.filter(actor=desk.actor, action=action, department=desk.department, at__gte=today)
    logged = set(rows.values_list("appointment_id", flat=True))
    desk.log_list(action, [(patient, held) for patient, held in seen if held not in logged])


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page; a fragment must not be filled with it, so there the browser goes as a whole."""
    if request.headers.get("X-Requested-With") == "live":
        return HttpResponse(status=401)
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login("/")["Location"]})
    return redirect_to_login(request.get_full_path())


def log_refusal(
    request: HttpRequest, action: str, patient: Patient | None = None, appointment: Appointment | None = None
) -> None:
    """A refused try is a row as well (NEN 7513)."""
    held = memberships_of(request)
    department = current_department(request)
    log_access(
        actor=request.user.actor if isinstance(request.user, User) else "",
        role=next((m.role for m in held if department and m.department_id == department.pk), ""),
        action=action,
        department=department,
        patient=patient,
        appointment=appointment.pk if appointment else None,
        allowed=False,
    )


def _desk_treating(request: HttpRequest, permission: Permission, patient: Patient) -> Desk | None:
    """In the department the user chose where that one treats the patient, else in the first that does."""
    treating = set(patient.treatment_relations.values_list("department_id", flat=True))
    chosen = current_department(request, permission)
    candidates = [chosen] if chosen else []
    candidates += [membership.department for membership in memberships_of(request)]
    desks = (desk_at(request, permission, each) for each in candidates if each.pk in treating)
    return next((desk for desk in desks if desk), None)


def _action(request: HttpRequest, change: str | None, noun: str) -> str:
    if request.method in SAFE_METHODS or not change:
        return f"view.{noun}" if request.method in SAFE_METHODS else f"change.{noun}"
    return change

"""A clinician works in their own day only: a colleague's is answered like one that does not exist."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from pages.permissions import Desk, appointment_page, department_page, log_refusal
from people.models import Clinician
from people.permissions import Permission
from scheduling.models import Appointment

ConsultView = Callable[[HttpRequest, Desk, Appointment], HttpResponse]
Page = Callable[..., HttpResponseBase]
DayView = Callable[[HttpRequest, Desk, Clinician], HttpResponse]


def own_day(view: DayView) -> Page:
    @department_page(Permission.HOLD_CONSULT)
    @wraps(view)
    def page(request: HttpRequest, desk: Desk) -> HttpResponseBase:
        clinician = Clinician.objects.filter(user=desk.user).first()
        if clinician is None:
            log_refusal(request, "view.day")
            raise PermissionDenied
        return view(request, desk, clinician)

    return page


def own_consult(
    permission: Permission, *, change: str = ""
) -> Callable[[ConsultView], Callable[..., HttpResponseBase]]:
    """`change` names in the access log what a POST does."""

    def decorate(view: ConsultView) -> Page:
        guarded = appointment_page(permission, change=change)(view)

        @wraps(view)
        def page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
            if request.user.is_authenticated:
                found = Appointment.objects.select_related("patient").filter(public_id=public_id)
                colleagues = found.exclude(clinician__user=request.user.pk).first()
                if colleagues is not None:
                    log_refusal(request, change or "view.appointment", colleagues.patient, colleagues)
                    raise Http404
            return guarded(request, public_id)

        return page

    return decorate

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pages.permissions import Desk, patient_page
from people.models import Patient
from people.permissions import Permission
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.actions.preferences import state_preference
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.queries.orders import orders_of_patient
from scheduling.queries.pathways import courses_of
from scheduling.queries.preferences import general_preference
from scheduling.vocabulary import PREFERENCES

PAST_SHOWN = 10
ELSEWHERE_SHOWN = 10


@require_GET
@patient_page(Permission.SEE_PATIENT)
def patient(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    here = Appointment.objects.filter(patient=patient, department=desk.department).select_related("type", "clinician")
    context = {
        "desk": desk,
        "patient": patient,
        "today": local_day(now),
        "preference": general_preference(patient.pk),
        "preferences": PREFERENCES,
        "representatives": list(patient.representatives.all()),
        "ahead": list(here.filter(end__gte=now).order_by("start")),
        "past": list(here.filter(end__lt=now).order_by("-start")[:PAST_SHOWN]),
        "elsewhere": _elsewhere(desk, patient, now),
        "orders": list(orders_of_patient(patient, desk.department)),
        "courses": courses_of(patient, desk.department),
        "may_order": desk.may(Permission.ORDER),
        "may_book": desk.may(Permission.BOOK),
        "may_see_messages": desk.may(Permission.SEE_MESSAGES),
        "may_prefer": desk.may(Permission.STATE_PREFERENCE),
    }
    return render(request, "planner/patient.html", context)


@require_POST
@patient_page(Permission.STATE_PREFERENCE, change="state.preference")
def preference(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    """What the patient says about contact in general (PP-04), written down by staff."""
    wanted = request.POST.get("preference", "")
    if wanted in dict(PREFERENCES):
        try:
            state_preference(
                patient=patient,
                preference=wanted,
                by=desk.actor,
                now=timezone.now(),
                instead_of=request.POST.get("stood"),
            )
            messages.success(request, gettext("The preference is noted."))
        except ChangedMeanwhile:
            tell_noted_meanwhile(request, general_preference(patient.pk))
    else:
        messages.error(request, gettext("Choose one of the forms of contact."))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("patient", args=[patient.public_id])
    return HttpResponseRedirect(back)


def tell_noted_meanwhile(request: HttpRequest, stands: str, note: str = "") -> None:
    """Another preference than the one that was shown, by a colleague or by the patient."""
    said = gettext("Another preference was noted just now: %(form)s. Yours is not noted yet: look and choose again.")
    messages.error(request, said % {"form": dict(PREFERENCES).get(stands, stands)})
    if note:
        messages.info(request, gettext("You had written: %(words)s") % {"words": note})


def _elsewhere(desk: Desk, patient: Patient, now: datetime) -> list[Appointment]:
    """Of another department only the time is read, so that no more can be shown."""
    return list(
        Appointment.objects.filter(patient=patient, status=AppointmentStatus.BOOKED, end__gte=now)
        .exclude(department=desk.department)
        .only("start", "end")
        .order_by("start")[:ELSEWHERE_SHOWN]
    )

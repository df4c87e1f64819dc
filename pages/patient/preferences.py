"""How the patient wants contact (PP-04, PP-05): one question, a check, a confirmation. Three taps.

Where the appointment is planned otherwise the wish is a request (PP-07). Its answer stands with the appointment.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from pages.patient.visits import SeeOther, Visit, show, through_link
from pages.patient.words import FORMS, Form
from scheduling.actions.preferences import state_preference
from scheduling.actions.requests import AlreadyAnswered, withdraw_request
from scheduling.models import ModalityRequest
from scheduling.queries.preferences import general_preference, wish_for
from scheduling.queries.requests import latest_request
from scheduling.vocabulary import UNDECIDED

# The choice on its way to the check page: not in the address, which browsers and proxies keep.
CHOICE = "vp_choice"
CHOICE_KEPT_SECONDS = 3600
UNPROCESSABLE = 422


@dataclass(frozen=True)
class Asked:
    """A request for another form, in the patient's words; `state` is open, or how it ended."""

    row: ModalityRequest
    form: Form
    state: str


def asked_of(visit: Visit) -> Asked | None:
    row = latest_request(visit.appointment)
    return Asked(row, FORMS[row.asked], row.end or "open") if row else None


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.preference")
def choose(request: HttpRequest, visit: Visit) -> HttpResponse:
    current = wish_for(visit.appointment)
    if request.method != "POST":
        return show(request, "patient/preference.html", visit, forms=FORMS.values(), current=current)
    chosen = request.POST.get("preference", "")
    if chosen not in FORMS:
        problem = _("Choose one of these answers.")
        return show(
            request,
            "patient/preference.html",
            visit,
            status=UNPROCESSABLE,
            forms=FORMS.values(),
            current=current,
            problem=problem,
        )
    response = SeeOther(visit.url("patient_preference_check"))
    response.set_signed_cookie(
        CHOICE,
        chosen,
        salt=str(visit.link.ref),
        max_age=CHOICE_KEPT_SECONDS,
        path=visit.url("patient_preference"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.preference", change="state.preference")
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    chosen = _choice(request, visit)
    if chosen not in FORMS:
        return SeeOther(visit.url("patient_preference"))
    if request.method != "POST":
        held = visit.appointment
        differs = chosen not in (UNDECIDED, held.modality) and held.is_active and held.start > visit.now
        return show(request, "patient/preference_check.html", visit, choice=FORMS[chosen], differs=differs)
    state_preference(
        patient=visit.patient,
        preference=chosen,
        by=visit.link.actor,
        now=visit.now,
        appointment=visit.appointment,
    )
    response = SeeOther(visit.url("patient_preference_saved"))
    response.delete_cookie(CHOICE, path=visit.url("patient_preference"), samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.preference", change="state.preference")
def saved(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Kept for this appointment; a POST keeps it in general too."""
    preference = FORMS.get(wish_for(visit.appointment))
    if preference is None:
        return SeeOther(visit.url("patient_preference"))
    if request.method == "POST":
        state_preference(patient=visit.patient, preference=preference.value, by=visit.link.actor, now=visit.now)
        return SeeOther(visit.url("patient_preference_saved"))
    return show(
        request,
        "patient/preference_saved.html",
        visit,
        preference=preference,
        planned=FORMS[visit.appointment.modality],
        asked=asked_of(visit),
        in_general=general_preference(visit.patient.pk) == preference.value,
    )


@require_POST
@through_link("view.preference", change="withdraw.request")
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answered in the meantime: then the page tells how."""
    row = latest_request(visit.appointment)
    if row is not None and row.is_open:
        with suppress(AlreadyAnswered):
            withdraw_request(request=row, by=visit.link.actor, now=visit.now)
    return SeeOther(visit.url("patient_appointment"))


def _choice(request: HttpRequest, visit: Visit) -> str:
    kept = request.get_signed_cookie(CHOICE, default="", salt=str(visit.link.ref), max_age=CHOICE_KEPT_SECONDS)
    return kept or ""

"""How the patient wants contact (PP-04, PP-05): one question, a check, a confirmation. Three taps."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.patient.visits import SeeOther, Visit, show, through_link
from pages.patient.words import FORMS
from scheduling.actions.preferences import state_preference
from scheduling.queries.preferences import current_preference

# The choice on its way to the check page: not in the address, which browsers and proxies keep.
CHOICE = "vp_choice"
CHOICE_KEPT_SECONDS = 3600
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.preference")
def choose(request: HttpRequest, visit: Visit) -> HttpResponse:
    current = current_preference(visit.appointment.patient_id)
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
        return show(request, "patient/preference_check.html", visit, choice=FORMS[chosen])
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


@require_safe
@through_link("view.preference")
def saved(request: HttpRequest, visit: Visit) -> HttpResponse:
    preference = FORMS.get(current_preference(visit.appointment.patient_id))
    if preference is None:
        return SeeOther(visit.url("patient_preference"))
    planned = FORMS[visit.appointment.modality]
    return show(request, "patient/preference_saved.html", visit, preference=preference, planned=planned)


def _choice(request: HttpRequest, visit: Visit) -> str:
    kept = request.get_signed_cookie(CHOICE, default="", salt=str(visit.link.ref), max_age=CHOICE_KEPT_SECONDS)
    return kept or ""

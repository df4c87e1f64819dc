"""Find the patient to book: as you type, by registering a new one, or by number and birth date from elsewhere in the
hospital. Names travel in the body of a POST, never in an address.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pages.names import listed_name
from pages.permissions import Desk, department_page
from pages.planner.patient_forms import KnownElsewhereForm, NewPatientForm
from pages.planner.slots import SlotField
from people.actions.patients import begin_treatment, register_patient
from people.models import Patient
from people.permissions import Permission
from scheduling.localtime import local_day
from scheduling.queries.patients import SHORTEST_SEARCH, find_patients, find_similar

MOST_FOUND = 12
OF_A_PLACE = frozenset({"van", "tot", "dag", "zorgverlener", "type", "slot"})
LONGEST_SEARCH = 60


@require_GET
@department_page(Permission.BOOK)
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """With a place in the address, chosen in the agenda, the patient found goes on to that place."""
    return render(request, "planner/find.html", {"desk": desk, **_place(desk, request.GET.urlencode())})


@require_POST
@department_page(Permission.BOOK)
def found(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is found so far; Enter goes straight on when it is one patient."""
    text = request.POST.get("zoek", "").strip()[:LONGEST_SEARCH]
    patients = list(find_patients(text, desk.department)[: MOST_FOUND + 1])
    exact = bool(patients)
    if not exact:
        patients = list(find_similar(text, desk.department)[: MOST_FOUND + 1])
    desk.log_list("search.patient", [(patient.pk, None) for patient in patients[:MOST_FOUND]])
    goes_on = "enter" in request.POST
    place = _place(desk, request.POST.get("plek", ""))
    if goes_on and exact and len(patients) == 1:
        return _go(request, reverse("book", args=[patients[0].public_id], query=place["onward"]))
    context = {
        "desk": desk,
        "text": text,
        "too_short": len(text) < SHORTEST_SEARCH,
        "patients": patients[:MOST_FOUND],
        "more": len(patients) > MOST_FOUND,
        "similar": bool(patients) and not exact,
        "focus_first": goes_on,
        **place,
    }
    return render(request, "planner/_found.html" if request.htmx else "planner/find.html", context)  # type: ignore[attr-defined]


def _place(desk: Desk, query: str) -> dict[str, Any]:
    """What of this query belongs to a place, for the address that follows, and the place in words."""
    onward = {name: value for name, value in parse_qsl(query) if name in OF_A_PLACE}
    try:
        slot = SlotField().clean(onward.get("slot", ""))
    except ValidationError:
        return {"onward": {}, "place": None}
    held_by = desk.department.clinicians.filter(pk=slot.clinician).first()
    return {"onward": onward, "place_query": urlencode(onward), "place": (slot.start, held_by) if held_by else None}


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


@department_page(Permission.BOOK)
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = NewPatientForm(request.POST or None, today=local_day(timezone.now()))
    if request.method == "POST" and form.is_valid():
        patient = register_patient(department=desk.department, since=local_day(timezone.now()), **form.cleaned_data)
        desk.log("register.patient", patient)
        messages.success(request, gettext("%(name)s is registered.") % {"name": listed_name(patient)})
        return redirect("book", public_id=patient.public_id)
    status = 422 if form.is_bound else 200
    return render(request, "planner/patient_new.html", {"desk": desk, "form": form}, status=status)


@department_page(Permission.BOOK)
def known_elsewhere(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A patient of another department: shown on number and birth date together, and taken on in a second step."""
    form = KnownElsewhereForm(request.POST or None)
    patient = form.find() if request.method == "POST" and form.is_valid() else None
    if form.is_bound:
        desk.log("find.patient", patient)
    if patient is not None and "begin" in request.POST:
        begin_treatment(patient=patient, department=desk.department, since=local_day(timezone.now()))
        desk.log("begin.treatment", patient)
        messages.success(
            request,
            gettext("%(name)s is now a patient of %(department)s.")
            % {"name": listed_name(patient), "department": desk.department.name},
        )
        return redirect("book", public_id=patient.public_id)
    context = {"desk": desk, "form": form, "patient": patient, "here": _is_treated_here(desk, patient)}
    return render(request, "planner/patient_known.html", context, status=422 if form.errors else 200)


def _is_treated_here(desk: Desk, patient: Patient | None) -> bool:
    return patient is not None and patient.treatment_relations.filter(department=desk.department).exists()

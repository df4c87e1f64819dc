"""Search from any page (Ctrl+K): a patient of the department, or a screen, with the shortcut that leads there.

What is typed travels in the body of a POST: a name never stands in an address.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from pages.navigation import screens_of
from pages.permissions import Desk, department_page
from people.models import Patient
from people.names import fold
from people.permissions import Permission
from scheduling.queries.patients import SHORTEST_SEARCH, find_patients, find_similar

ACTION = "search.patient"
MOST_PATIENTS = 8
LONGEST_SEARCH = 60


@dataclass(frozen=True)
class Patients:
    """`similar`: nobody is called exactly that. `more`: than stand here."""

    found: tuple[Patient, ...] = ()
    similar: bool = False
    more: bool = False


@require_http_methods(["GET", "POST"])
@department_page(Permission.SEE_DAY)
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    text = request.POST.get("zoek", "").strip()[:LONGEST_SEARCH]
    wanted = fold(text)
    patients = _patients(desk, text)
    desk.log_list(ACTION, [(patient.pk, None) for patient in patients.found])
    context = {
        "desk": desk,
        "text": text,
        "screens": [screen for screen in screens_of(request) if wanted in fold(screen.label)],
        "patients": patients,
        "may_book": desk.may(Permission.BOOK),
        "may_see_patients": desk.may(Permission.SEE_PATIENT),
    }
    template = "_components/palette_found.html" if request.htmx else "search.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _patients(desk: Desk, text: str) -> Patients:
    if len(text) < SHORTEST_SEARCH or not desk.may(Permission.SEE_PATIENT):
        return Patients()
    exact = list(find_patients(text, desk.department)[: MOST_PATIENTS + 1])
    found = exact or list(find_similar(text, desk.department)[: MOST_PATIENTS + 1])
    return Patients(tuple(found[:MOST_PATIENTS]), bool(found) and not exact, len(found) > MOST_PATIENTS)

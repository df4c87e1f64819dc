"""Explanation for patients: leaflets, films and pages of the supplier, and whether their links still work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications.actions.instructions import (
    KnownAlready,
    add_instruction,
    change_instruction,
    move_instruction,
    remove_instruction,
)
from notifications.link_jobs import check_soon
from notifications.models import Instruction
from pages.lead.material_form import MaterialForm, form_of
from pages.lead.tabs import text_tabs
from pages.permissions import Desk, Page, department_page, desk_at, log_refusal, sign_in_first
from people.permissions import Permission

# As long as a first check may be under way, the list asks again by itself.
CHECKED_WITHIN = timedelta(minutes=2)
UNPROCESSABLE = 422

InstructionView = Callable[[HttpRequest, Desk, Instruction], HttpResponse]


@dataclass(frozen=True)
class Shelf:
    """The material in one language, in the order in which patients see it."""

    language: str
    name: str
    rows: list[Instruction]


def instruction_page(view: InstructionView) -> Page:
    """Material of a department where texts may be changed; any other does not exist."""

    @wraps(view)
    def page(request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        shown = Instruction.objects.select_related("department").filter(pk=pk).first()
        desk = desk_at(request, Permission.EDIT_TEXTS, shown.department_id) if shown else None
        if shown is None or desk is None:
            log_refusal(request, "view.instruction")
            raise Http404
        return view(request, desk, shown)

    return page


@require_http_methods(["GET", "HEAD"])
@department_page(Permission.SEE_TEXTS)
def materials(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _page(request, desk, MaterialForm(department=desk.department))


@require_POST
@department_page(Permission.EDIT_TEXTS)
def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = MaterialForm(request.POST, department=desk.department)
    if form.is_valid():
        try:
            made = add_instruction(department=desk.department, **form.cleaned_data, by=desk.actor, now=timezone.now())
        except KnownAlready:
            form.say_known()
        else:
            check_soon(made)
            messages.success(request, gettext("“%(title)s” is in the list.") % {"title": made.title})
            return redirect("instructions")
    return _page(request, desk, form, status=UNPROCESSABLE)


@require_GET
@department_page(Permission.SEE_TEXTS)
def shelves(request: HttpRequest, desk: Desk) -> HttpResponse:
    return render(request, "lead/_materials.html", _shelves(desk, timezone.now()))


@instruction_page
def change(request: HttpRequest, desk: Desk, instruction: Instruction) -> HttpResponse:
    form = (
        MaterialForm(request.POST, department=desk.department) if request.method == "POST" else form_of(instruction)
    )
    if form.is_bound and form.is_valid():
        try:
            changed = change_instruction(
                instruction=instruction, **form.cleaned_data, by=desk.actor, now=timezone.now()
            )
        except KnownAlready:
            form.say_known()
        else:
            check_soon(changed)
            messages.success(request, gettext("“%(title)s” is changed.") % {"title": changed.title})
            return redirect("instructions")
    context = {"desk": desk, "instruction": instruction, "form": form}
    return render(request, "lead/material.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@instruction_page
def remove(request: HttpRequest, desk: Desk, instruction: Instruction) -> HttpResponse:
    if request.method != "POST":
        return render(request, "lead/material_remove.html", {"desk": desk, "instruction": instruction})
    remove_instruction(instruction=instruction)
    messages.success(request, gettext("“%(title)s” is out of the list.") % {"title": instruction.title})
    return redirect("instructions")


@require_POST
@instruction_page
def move(request: HttpRequest, desk: Desk, instruction: Instruction) -> HttpResponse:
    move_instruction(instruction=instruction, up=request.POST.get("up") == "1")
    return _after(request, desk)


@require_POST
@instruction_page
def check(request: HttpRequest, desk: Desk, instruction: Instruction) -> HttpResponse:
    check_soon(instruction)
    messages.info(request, gettext("“%(title)s” is being checked.") % {"title": instruction.title})
    return redirect("instructions")


def _after(request: HttpRequest, desk: Desk) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "lead/_materials.html", _shelves(desk, timezone.now()))
    return redirect("instructions")


def _page(request: HttpRequest, desk: Desk, form: MaterialForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_shelves(desk, timezone.now()),
        "form": form,
        "tabs": text_tabs(desk, "instructions"),
    }
    return render(request, "lead/materials.html", context, status=status)


def _shelves(desk: Desk, now: datetime) -> dict[str, Any]:
    rows = list(Instruction.objects.filter(department=desk.department))
    found = [
        Shelf(code, str(name), [row for row in rows if row.language == code]) for code, name in settings.LANGUAGES
    ]
    return {
        "desk": desk,
        "shelves": [shelf for shelf in found if shelf.rows],
        "broken": [row for row in rows if row.is_broken],
        "may_edit": desk.may(Permission.EDIT_TEXTS),
        "is_checking": any(row.checked_at is None and now - row.changed_at < CHECKED_WITHIN for row in rows),
    }

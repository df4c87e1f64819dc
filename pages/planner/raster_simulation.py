"""Simulating a raster: what it does to each half-day beside the published one, and what is taken for granted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from pages.live import fragment
from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_tabs import raster_tabs
from pages.planner.simulation_forms import DAYS_FIELD, FIRST_SEED, HALF_DAY, SEED, WEEK, SimulationForm, sent_with
from pages.planner.simulation_words import Shown, half_day_words, shown
from people.permissions import Permission
from scheduling.actions.simulations import start_simulation, stop_simulation
from scheduling.models import Raster, SimulationRun
from scheduling.queries.simulation import (
    DAYS,
    HalfDayOfWeek,
    Question,
    question_about,
    type_facts,
    unready_half_days,
    with_durations,
)
from scheduling.simulation_documents import read_answer, read_question
from scheduling.simulations import Answer, answer
from scheduling.tasks import simulate_soon


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    current: bool


@raster_page(Permission.SEE_RASTERS)
def simulation(request: HttpRequest, desk: Desk, raster: Raster) -> HttpResponse:
    """The simulation itself where nobody has to wait for it, else the offer to do it in the background."""
    about = question_about(raster, now=timezone.now())
    form = _form(request.POST if request.method == "POST" else request.GET, about)
    if not form.is_valid():
        return render(request, "planner/raster_simulation.html", _page(desk, raster, about, form), status=422)
    question, days, seed = asked(form, about), form.cleaned_data[DAYS_FIELD], form.cleaned_data[SEED]
    takes_long = question.takes_long(days)
    if request.method == "POST" and takes_long:
        now = timezone.now()
        run = start_simulation(raster=raster, question=question, days=days, seed=seed, by=desk.actor, now=now)
        simulate_soon(run)
        return redirect("raster-simulation-run", pk=raster.pk, run=run.pk)
    if request.method == "POST":
        return redirect(reverse("raster-simulation", args=[raster.pk], query=form.query))
    found = None if takes_long else answer(question, days=days, seed=seed)
    context = _page(desk, raster, about, form) | _outcome(found, form)
    return render(request, "planner/raster_simulation.html", context | {"takes_long": takes_long})


@require_GET
@raster_page(Permission.SEE_RASTERS)
def simulation_run(request: HttpRequest, desk: Desk, raster: Raster, run: int) -> HttpResponse:
    """How far a simulation in the background is, and its result once it is there."""
    held = _run(raster, run)
    about = read_question(held.question)
    week = replace(about, only=None)
    standard = {**about.types, **type_facts(raster.department_id, about.types, now=timezone.now())}
    form = _form(sent_with(about, held.days, held.seed), replace(week, types=standard))
    form.is_valid()
    found = read_answer(held.result) if held.result else None
    context = _page(desk, raster, week, form) | _outcome(found, form) | {"run": held}
    context["percent"] = 100 * held.done // max(1, held.total)
    whole = not getattr(request, "htmx", False)
    return render(request, "planner/raster_simulation.html" if whole else "planner/_simulation_run.html", context)


@require_POST
@raster_page(Permission.SEE_RASTERS)
def simulation_stop(request: HttpRequest, desk: Desk, raster: Raster, run: int) -> HttpResponse:
    held = _run(raster, run)
    stop_simulation(run=held, now=timezone.now())
    return redirect("raster-simulation-run", pk=raster.pk, run=held.pk)


@require_GET
@raster_page(Permission.SEE_RASTERS)
def simulation_panel(request: HttpRequest, desk: Desk, raster: Raster) -> HttpResponse:
    """One half-day in short, for beside the editor: the one asked for, else the first in which the draft differs."""
    about = question_about(raster, now=timezone.now())
    names = _chosen_first(about)
    wished = request.GET.get(HALF_DAY, "")
    name = next((each for each in names if str(each) == wished), names[0] if names else None)
    panel: dict[str, Any] = {"raster": raster, "panel": True, "half_days": _options(sorted(names), name)}
    if name is not None:
        found = answer(replace(about, only=name), days=DAYS, seed=FIRST_SEED)
        panel |= {"shown": shown(found.half_days[0], found), "query": f"?{HALF_DAY}={name}", "answer": found}
    if getattr(request, "htmx", False):
        return render(request, "planner/_simulation_panel.html", panel)
    return fragment(request, "planner/_simulation_panel_body.html", panel)


def asked(form: SimulationForm, about: Question) -> Question:
    types = with_durations(about.types, form.durations)
    return replace(about, types=types, assumptions=form.assumptions, only=form.half_day)


def _form(data: QueryDict, about: Question) -> SimulationForm:
    """An address may name a half-day that is gone by now: then the first one is shown."""
    names = _chosen_first(about)
    if data.get(HALF_DAY) not in {*map(str, names), WEEK}:
        data = data.copy()
        data.pop(HALF_DAY, None)
    return SimulationForm(data, half_days=names, types=about.types)


def _chosen_first(about: Question) -> list[HalfDayOfWeek]:
    """The first half-day in which draft and published raster differ, and the others after it."""
    differing = [name for name in about.half_days if about.drafted.get(name) != about.published.get(name)]
    return sorted(about.half_days, key=lambda name: (name not in differing[:1], name))


def _options(names: Sequence[HalfDayOfWeek], chosen: HalfDayOfWeek | None) -> list[tuple[str, str, bool]]:
    return [(str(name), half_day_words(name), name == chosen) for name in names]


def _run(raster: Raster, run: int) -> SimulationRun:
    found = raster.simulations.filter(pk=run).first()
    if found is None:
        raise Http404
    return found


def _page(desk: Desk, raster: Raster, about: Question, form: SimulationForm) -> dict[str, Any]:
    unready = sorted(unready_half_days(about.draft)) if about.draft else []
    return {
        "desk": desk,
        "raster": raster,
        "tabs": raster_tabs(raster, desk, "raster-simulation"),
        "form": form,
        "half_days": _half_day_tabs(raster, about, form),
        "unready": [half_day_words(name) for name in unready],
        "nothing": not about.half_days,
    }


def _half_day_tabs(raster: Raster, about: Question, form: SimulationForm) -> list[Tab]:
    """Each with the assumptions that stand now."""
    kept: Mapping[str, str] = form.query if form.is_valid() else {}
    chosen = form[HALF_DAY].value()
    choices = [(str(name), half_day_words(name)) for name in sorted(about.half_days)]
    return [
        Tab(reverse("raster-simulation", args=[raster.pk], query={**kept, HALF_DAY: value}), label, value == chosen)
        for value, label in [*choices, (WEEK, gettext("Whole week"))]
    ]


def _outcome(found: Answer | None, form: SimulationForm) -> dict[str, Any]:
    if found is None:
        return {}
    every = [shown(compared, found) for compared in found.half_days]
    one: Shown | None = every[0] if form.half_day is not None and every else None
    return {"answer": found, "shown": one, "week": [] if one else every}

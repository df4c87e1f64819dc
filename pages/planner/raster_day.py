"""Alleen deze dag: one half-day that is closed, moved, or made of other blocks. Looked at before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_day_form import FOLLOW, KINDS, DayForm, Kinds, RowForm, blocks_in, rows_of
from pages.planner.raster_preview import LosesItsPlace, losing_their_place
from pages.planner.raster_publishing import busy_sentence, where_words
from pages.planner.raster_tabs import raster_tabs
from pages.planner.raster_words import block_words, of_weekday, span_words, vocabulary_of
from pages.planner.raster_year import exception_words
from pages.planner.slots import read_day
from people.permissions import Permission
from praktijkplan.findings import Finding
from praktijkplan.localtime import HalfDay, half_day
from scheduling.actions.exceptions import (
    Done,
    InPast,
    NothingThere,
    ShiftsTooFar,
    WrongHalfDay,
    close_half_day,
    follow_raster_again,
    set_half_day,
    shift_half_day,
)
from scheduling.actions.publishing import Published, Refused
from scheduling.contents import BlockContent, RasterContent, published_content, read_block, write_block
from scheduling.finding_sentences import Names, finding_sentence, names_for
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Raster, RasterException
from scheduling.queries.misfits import refusals_of_misfit
from scheduling.vocabulary import HALF_DAYS
from scheduling.words import day_text

UPCOMING = 20


@raster_page(Permission.PUBLISH_RASTER)
def one_day(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    if shown.is_starter:
        return redirect("raster", pk=shown.pk)
    now = timezone.now()
    asked = request.GET.get("datum", "")
    day = read_day(asked) if asked else None
    if day is None or day < local_day(now):
        return _choose_day(request, desk, shown, now, asked)
    page = _Page(desk, shown, day, _half_day(request.GET.get("dagdeel", ""), shown, day), now)
    if request.method != "POST":
        return page.show(request, page.form(), page.rows())
    form, rows = page.form(request.POST), page.rows(request.POST)
    change = page.change(form, rows)
    if change is None:
        return page.show(request, form, rows, status=422)
    return _answer(request, page, form, rows, change)


@dataclass(frozen=True)
class _Change:
    """What was asked for; the raster is followed again where `kind` is FOLLOW."""

    kind: str
    minutes: int = 0
    blocks: Sequence[BlockContent] = ()
    reason: str = ""

    @property
    def seal(self) -> str:
        """Of what was shown: what is filled in otherwise after that is shown again before it is done."""
        told = repr((self.kind, self.minutes, [write_block(block) for block in self.blocks]))
        return sha256(told.encode()).hexdigest()[:32]


def _answer(
    request: HttpRequest, page: "_Page", form: DayForm, rows: BaseFormSet[RowForm], change: _Change
) -> HttpResponse:
    """Done, or first only shown: then the same is done and taken back, so that nothing but the truth is shown."""
    do = request.POST.get("step") == "do" and request.POST.get("seen") == change.seal
    try:
        done = page.carry_out(change) if do else page.rehearse(change)
    except Busy:
        return page.show(request, form, rows, status=503, problem=busy_sentence())
    except tuple(_WRONG) as wrong:
        field, told = _WRONG[type(wrong)]
        form.add_error(field, str(told))
        return page.show(request, form, rows, status=422)
    if isinstance(done, Refused):
        return page.show(request, form, rows, status=422, refused=done.findings)
    if not do:
        return page.show(request, form, rows, seal=change.seal, done=done)
    messages.success(request, page.told(change))
    return redirect(f"{reverse('raster-day', args=[page.raster.pk])}?{page.query}")


_WRONG: dict[type[Exception], tuple[str, str | Promise]] = {
    InPast: ("kind", _("This day is over. What was held stays as it was.")),
    ShiftsTooFar: ("minutes", _("At most 4 hours, and within the half-day: else close it and hold another clinic.")),
    NothingThere: ("kind", _("The raster has no clinic on this half-day. Choose other blocks, with at least one.")),
    WrongHalfDay: ("kind", _("A block begins in the other half of the day.")),
}


class _Page:
    """One half-day of a raster, as the raster has it and as an exception may have it now."""

    def __init__(self, desk: Desk, raster: Raster, day: date, half: HalfDay, now: datetime) -> None:
        self.desk, self.raster, self.day, self.half_day, self.now = desk, raster, day, half, now
        self.standing = raster.exceptions.filter(date=day, half_day=half.value).first()

    @property
    def query(self) -> str:
        return f"datum={self.day.isoformat()}&dagdeel={self.half_day.value}"

    @cached_property
    def content(self) -> RasterContent:
        return published_content(self.raster)

    @cached_property
    def of_raster(self) -> list[BlockContent]:
        own = of_weekday(self.content.blocks, self.day.weekday())
        return [block for block in own if block.plan.half_day is self.half_day]

    @cached_property
    def kinds(self) -> Kinds:
        return Kinds(self.content.blocks, vocabulary_of(self.raster.department_id))

    @property
    def _held(self) -> Sequence[BlockContent]:
        if self.standing is None or self.standing.kind != RasterException.Kind.OWN_BLOCKS:
            return self.of_raster
        return [read_block(block, self.kinds.words.types) for block in self.standing.blocks]

    def form(self, data: Any = None) -> DayForm:
        initial: dict[str, Any] = {}
        if self.standing is not None:
            minutes = self.standing.shift_minutes or None
            initial = {"kind": self.standing.kind, "minutes": minutes, "reason": self.standing.reason}
        return DayForm(data, initial=initial, can_follow=self.standing is not None)

    def rows(self, data: Any = None) -> BaseFormSet[RowForm]:
        return rows_of(self.kinds, self._held, self.half_day, data)

    def change(self, form: DayForm, rows: BaseFormSet[RowForm]) -> _Change | None:
        """None where something is filled in wrong; the forms then say what."""
        if not form.is_valid():
            return None
        kind = form.cleaned_data["kind"]
        blocks: Sequence[BlockContent] = ()
        if kind == RasterException.Kind.OWN_BLOCKS:
            blocks = blocks_in(rows, self.kinds, self.day) if rows.is_valid() else ()
            if any(row.errors for row in rows.forms):
                return None
            if not blocks:
                form.add_error("kind", gettext("Fill in at least one block, or choose no clinic."))
                return None
        minutes = form.cleaned_data["minutes"] if kind == RasterException.Kind.SHIFTED else 0
        return _Change(kind, minutes, blocks, form.cleaned_data["reason"])

    def rehearse(self, change: _Change) -> Done:
        """What carrying it out would answer; nothing is written. Raises the same."""
        with transaction.atomic():
            done = self.carry_out(change)
            transaction.set_rollback(True)
        return done

    def carry_out(self, change: _Change) -> Done:
        """Raises InPast, ShiftsTooFar, NothingThere, WrongHalfDay and Busy."""
        where = {"raster": self.raster, "day": self.day, "half_day": self.half_day}
        common: dict[str, Any] = {**where, "by": self.desk.actor, "now": self.now}
        match change.kind:
            case RasterException.Kind.CLOSED:
                return close_half_day(reason=change.reason, **common)
            case RasterException.Kind.SHIFTED:
                return shift_half_day(minutes=change.minutes, reason=change.reason, **common)
            case RasterException.Kind.OWN_BLOCKS:
                return set_half_day(blocks=change.blocks, reason=change.reason, **common)
            case _:
                return follow_raster_again(**common)

    def told(self, change: _Change) -> str:
        if change.kind == FOLLOW:
            return gettext("This half-day is as the raster says again.")
        day = {"day": day_text(self.day), "what": dict(KINDS)[change.kind]}
        return gettext("Only %(day)s: %(what)s.") % day

    def show(
        self,
        request: HttpRequest,
        form: DayForm,
        rows: BaseFormSet[RowForm],
        *,
        seal: str = "",
        done: Done = None,
        refused: Sequence[Finding] = (),
        status: int = 200,
        problem: str = "",
    ) -> HttpResponse:
        """`done`: what a rehearsal answered."""
        names = names_for(self.raster) if refused else Names()
        context = {
            "desk": self.desk,
            "raster": self.raster,
            "tabs": raster_tabs(self.raster, self.desk, "raster-day"),
            "day": self.day,
            "half_day": self.half_day.value,
            "half_days": HALF_DAYS,
            "standing": self.standing,
            "standing_words": exception_words(self.standing) if self.standing else "",
            "blocks": [(span_words(block), block_words(block, self.kinds.words)) for block in self.of_raster],
            "form": form,
            "rows": rows,
            "refused": [(where_words(each), finding_sentence(each, names)) for each in refused],
            "seal": seal,
            "done": done,
            "misfits": self._losing(done),
            "names": self.desk.may(Permission.SEE_PATIENT),
            "problem": problem,
        }
        return render(request, "planner/raster_day.html", context, status=status)

    def _losing(self, done: Done) -> tuple[LosesItsPlace, ...]:
        if not isinstance(done, Published):
            return ()
        found = ((each.appointment, refusals_of_misfit(each)) for each in done.misfits)
        return losing_their_place(self.desk, found)


def _half_day(asked: str, raster: Raster, day: date) -> HalfDay:
    """The one asked for; else the first in which the raster holds a clinic on this weekday."""
    if asked in {half.value for half in HalfDay}:
        return HalfDay(asked)
    first = raster.blocks.filter(weekday=day.weekday()).order_by("start").values_list("start", flat=True).first()
    return half_day(first) if first is not None else HalfDay.MORNING


def _choose_day(request: HttpRequest, desk: Desk, shown: Raster, now: datetime, asked: str) -> HttpResponse:
    today = local_day(now)
    coming = shown.exceptions.filter(date__gte=today)[:UPCOMING]
    context = {
        "desk": desk,
        "raster": shown,
        "tabs": raster_tabs(shown, desk, "raster-day"),
        "today": today,
        "coming": [(each, exception_words(each)) for each in coming],
        "problem": gettext("Choose a day from today on, written as 2026-11-24.") if asked else "",
    }
    return render(request, "planner/raster_day_choose.html", context, status=422 if asked else 200)

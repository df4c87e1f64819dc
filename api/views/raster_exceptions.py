"""Alleen deze dag: closed, shifted, or with blocks of its own."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import FIRST_YEAR, LAST_YEAR
from api.problems import Problem, Refused, invalid
from api.schema import describe
from api.serializers.publications import RulesProblem
from api.serializers.raster_exceptions import (
    ExceptionDone,
    ExceptionIn,
    Exceptions,
    ExceptionSent,
    ExceptionsQuery,
    Kind,
)
from api.views.rasters import RasterEndpoint, no_clinician, published_told, rules_refuse
from people.permissions import Permission
from praktijkplan.localtime import HalfDay
from scheduling.actions.drafts import PutBlock
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
from scheduling.actions.publishing import Refused as RulesRefuse
from scheduling.contents import BlockContent, types_of
from scheduling.draft_changes import read_changes, vocabulary_of
from scheduling.models import Raster
from scheduling.queries.rasters import NoClinician


class RasterExceptions(RasterEndpoint):
    @describe(
        "raster_exceptions_list",
        "The half-days on which a raster is not followed.",
        Exceptions,
        parameters=[ExceptionsQuery],
    )
    def get(self, request: Request, pk: int) -> Response:
        since = self.asked(ExceptionsQuery).get("since")
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        found = raster.exceptions.all() if since is None else raster.exceptions.filter(date__gte=since)
        types = {"types": types_of(raster.department_id)}
        return Response(Exceptions({"exceptions": found}, context=types).data)


class OneRasterException(RasterEndpoint):
    @describe(
        "raster_exceptions_put",
        "Do not follow the raster on this half-day. Who is booked stays booked, and stands in `misfits`.",
        ExceptionDone,
        request=ExceptionIn,
        refusals=[409],
        problems={409: RulesProblem},
    )
    def put(self, request: Request, pk: int, day: str, half_day: str) -> Response:
        wanted, now = self.sent(ExceptionSent), self.clock()
        desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        try:
            done = _carried_out(raster, _day(day), _half_day(half_day), wanted, desk.actor, now)
        except tuple(_WRONG) as wrong:
            raise Refused(_problem(wrong)) from None
        return _told(raster, done)

    @describe(
        "raster_exceptions_delete",
        "Follow the raster again on this half-day. Where there is no exception nothing changes.",
        ExceptionDone,
        refusals=[409],
    )
    def delete(self, request: Request, pk: int, day: str, half_day: str) -> Response:
        desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        try:
            done = follow_raster_again(
                raster=raster, day=_day(day), half_day=_half_day(half_day), by=desk.actor, now=self.clock()
            )
        except (InPast, NoClinician) as wrong:
            raise Refused(_problem(wrong)) from None
        return _told(raster, done)


def _carried_out(
    raster: Raster, day: date, half_day: HalfDay, wanted: dict[str, Any], by: str, now: datetime
) -> Done:
    reason = wanted["reason"]
    if wanted["kind"] == Kind.CLOSED:
        return close_half_day(raster=raster, day=day, half_day=half_day, reason=reason, by=by, now=now)
    if wanted["kind"] == Kind.SHIFTED:
        later = wanted["shift_minutes"]
        return shift_half_day(raster=raster, day=day, half_day=half_day, minutes=later, reason=reason, by=by, now=now)
    blocks = _blocks(raster, day, wanted["blocks"])
    return set_half_day(raster=raster, day=day, half_day=half_day, blocks=blocks, reason=reason, by=by, now=now)


def _day(written: str) -> date:
    """Raises 404 for what is no date of this century: there is no such address."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404
    return day


def _half_day(written: str) -> HalfDay:
    try:
        return HalfDay(written)
    except ValueError:
        raise Http404 from None


def _blocks(raster: Raster, day: date, documents: Any) -> list[BlockContent]:
    if not isinstance(documents, list) or not all(isinstance(each, dict) for each in documents):
        raise Refused(invalid({"blocks": [_("Name the blocks as a list of objects.")]}))
    numbered = [
        {"put": {**each, "key": -number, "weekday": day.weekday()}} for number, each in enumerate(documents, start=1)
    ]
    changes, problems = read_changes(numbered, vocabulary_of(raster))
    if problems:
        told = [{"block": one.change, "field": one.field, "message": one.message} for one in problems]
        raise Refused(invalid({"blocks": told}))
    return [change.block for change in changes if isinstance(change, PutBlock)]


def _told(raster: Raster, done: Done) -> Response:
    if isinstance(done, RulesRefuse):
        raise Refused(rules_refuse(raster, done.findings))
    raster.refresh_from_db()
    return Response(ExceptionDone({"published": done and published_told(raster, done)}).data)


_WRONG = {
    InPast: lambda: Problem("in-past", _("This day is over: what was held stays as it was."), 409),
    ShiftsTooFar: lambda: invalid(
        {"shift_minutes": [_("Shift it at most four hours, and not into the other half of the day.")]}
    ),
    NothingThere: lambda: Problem(
        "nothing-there", _("There is no clinic to hold on this half-day. Choose another day, or other blocks."), 409
    ),
    WrongHalfDay: lambda: invalid({"blocks": [_("A block begins in the other half of the day.")]}),
    NoClinician: no_clinician,
}


def _problem(wrong: Exception) -> Problem:
    return _WRONG[type(wrong)]()

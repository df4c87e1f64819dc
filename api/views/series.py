"""Propose the places of a series, and book them all or none."""

from collections.abc import Mapping
from typing import Any, NoReturn

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.offers import refusal_told
from api.permissions import StaffEndpoint
from api.problems import Problem, Refused, invalid
from api.schema import KEY, describe
from api.serializers.series import NewSeries, NotBookedProblem, SeriesOut, SeriesProposed, SeriesQuery
from api.views.appointments import LOCATION, REPLAYED, clinician_of
from people.desks import Desk
from people.models import Clinician, Patient
from people.permissions import Permission
from praktijkplan.series import SeriesWish
from praktijkplan.slots import FreeStart
from scheduling.actions.placing import NeedsReason, NotPlaced, Plan
from scheduling.actions.series import book_series
from scheduling.models import AppointmentType
from scheduling.models.minutes import from_minute
from scheduling.queries.series import Position, places_of_series
from scheduling.sentences import lack_sentence, why_not_words

ACTION, VIEW = "book.series", "view.series"
DAYS = 7


class Series(StaffEndpoint):
    @describe(
        "series_propose",
        "A place for each appointment of a series, why one is missing, and what can be had instead.",
        SeriesProposed,
        parameters=[SeriesQuery],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(SeriesQuery)
        desk, patient, kind = self._desk(asked, VIEW)
        wish = SeriesWish(
            count=asked["count"],
            every=asked["every_weeks"] * DAYS,
            margin=asked["margin_days"],
            same_time=asked["same_time"],
            clinician=clinician_of(desk.department, asked["clinician"]).pk if "clinician" in asked else None,
        )
        found = places_of_series(patient, kind, wish, asked["from"], now=self.clock())
        whose = {place[1] for each in found for place in (each.chosen, *each.others) if place}
        clinicians = Clinician.objects.in_bulk(whose)
        return Response(SeriesProposed({"positions": [_told(each, clinicians) for each in found]}).data)

    @describe(
        "series_book",
        "Book them all or none. Each is confirmed by a message of its own, with its own link.",
        SeriesOut,
        status=201,
        request=NewSeries,
        refusals=[409, 422],
        problems={409: NotBookedProblem},
        headers=[KEY, LOCATION, REPLAYED],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(NewSeries), self.clock()
        desk, patient, kind = self._desk(wanted, ACTION)
        plans = [
            Plan(place["start"], clinician_of(desk.department, place["clinician"]), kind)
            for place in wanted["places"]
        ]

        def book() -> Answer:
            done = book_series(patient=patient, plans=plans, by=desk.actor, now=now, decided_by=wanted["decided_by"])
            if not isinstance(done, list):
                _refuse(done)
            batch = done[0].changes.get().batch
            found = reverse("api-batch", args=[batch])
            return Answer(201, dict(SeriesOut({"batch": batch, "appointments": done}).data), {"Location": found})

        return answer_once(request, actor=desk.actor, now=now, act=book)

    def _desk(self, wanted: Mapping[str, Any], action: str) -> tuple[Desk, Patient, AppointmentType]:
        kind = AppointmentType.objects.filter(pk=wanted["type"], active=True).first()
        if kind is None:
            self.hide(action, None)
        desk, patient = self.desk_with_patient(kind.department_id, wanted["patient"], Permission.BOOK, action)
        return desk, patient, kind


def _told(position: Position, clinicians: Mapping[int, Clinician]) -> dict[str, Any]:
    def place(each: FreeStart) -> dict[str, Any]:
        return {"start": from_minute(each[0]), "clinician": clinicians[each[1]]}

    why_not = "beyond_horizon" if position.beyond else (position.why_not or "")
    return {
        "wanted": position.wanted,
        "place": place(position.chosen) if position.chosen else None,
        "why_not": why_not,
        "sentence": why_not_words(position.why_not, beyond=position.beyond),
        "others": [place(each) for each in position.others],
    }


def _refuse(answer: NotPlaced | NeedsReason) -> NoReturn:
    if isinstance(answer, NeedsReason):
        raise Refused(invalid({answer.lack.value: [lack_sentence(answer.lack)]}))
    told = [refusal_told(each) for each in answer.refusals]
    detail = " ".join(each["sentence"] for each in told)
    extra = {"which": answer.which, "refusals": told}
    raise Refused(Problem("not-placed", _("This place cannot be had."), 409, detail=detail, extra=extra))

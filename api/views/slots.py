from datetime import datetime
from itertools import groupby
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.slots import SlotList, SlotQuery
from people.permissions import ROLES, Permission
from praktijkplan.slots import FreeStart
from scheduling.localtime import AMSTERDAM
from scheduling.models import AppointmentType
from scheduling.queries.openings import openings

ACTION = "view.slots"


class Slots(StaffEndpoint):
    """No patient data; the type and its permission are read in one select, since planners ask this all day."""

    @describe(
        "slots_list",
        "Free starts for an appointment type in a window of days, computed on every question.",
        SlotList,
        parameters=[SlotQuery],
    )
    def get(self, request: Request) -> Response:
        wanted = self.asked(SlotQuery)
        kind = self._kind(wanted["type"])
        clinician = wanted.get("clinician")
        free = openings(
            kind,
            wanted["from"],
            wanted["until"],
            now=self.clock(),
            clinician_ids=None if clinician is None else [clinician],
            limit=wanted.get("first"),
            urgent=wanted["urgent"],
            minutes=wanted.get("minutes"),
        )
        return Response({"minutes": wanted.get("minutes") or kind.duration_minutes, "slots": by_start(free)})

    def _kind(self, pk: int) -> AppointmentType:
        kinds = AppointmentType.objects.filter(pk=pk, active=True)
        seen = kinds.filter(
            department__memberships__user=self.request.user.pk,
            department__memberships__role__in=ROLES[Permission.SEE_DAY],
        )
        kind = seen.distinct().first()
        if kind is None:
            place = kinds.values_list("department", flat=True).first()
            self.refuse(ACTION, place)
        return kind


def by_start(free: list[FreeStart]) -> list[dict[str, Any]]:
    """One entry per distinct start, with everyone who is free then."""
    return [
        {"start": local_text(start), "clinicians": sorted({clinician for _, clinician, _ in group})}
        for start, group in groupby(free, key=lambda item: item[0])
    ]


def local_text(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, AMSTERDAM).isoformat(timespec="seconds")

"""The day: clinics, who waits, and a clinician's own list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.sessions import NAMES, DayQuery, MyDay, MyDayQuery, Sessions, WaitingRoom
from people.permissions import ROLES, Permission
from scheduling.localtime import local_day
from scheduling.queries.days import clinics_on
from waitingroom.queries import DayRow, clinician_delays, day_breaks, day_rows

ACTION = "view.day"


class ClinicSessions(StaffEndpoint):
    @describe("sessions_list", "The clinics of a day: blocks, counts, appointments.", Sessions, parameters=[DayQuery])
    def get(self, request: Request) -> Response:
        asked = self.asked(DayQuery)
        desk = self.desk(asked["department"], Permission.SEE_DAY, ACTION)
        clinics = clinics_on(desk.department, asked["date"], now=self.clock())
        names = desk.may(Permission.SEE_PATIENT)
        if names:
            held = [one for clinic in clinics for one in clinic.appointments]
            desk.log_list(ACTION, [(one.patient_id, one.pk) for one in held])
        found = {"date": asked["date"], "sessions": clinics}
        return Response(Sessions(found, context={NAMES: names}).data)


class DepartmentWaitingRoom(StaffEndpoint):
    @describe(
        "waiting_room_list",
        "Every appointment of a day as it stands now: who waits since when, who is in consult, who is late.",
        WaitingRoom,
        parameters=[DayQuery],
    )
    def get(self, request: Request) -> Response:
        asked, now = self.asked(DayQuery), self.clock()
        desk = self.desk(asked["department"], Permission.SEE_DAY, ACTION)
        rows = day_rows(day=asked["date"], now=now, department=desk.department)
        names = desk.may(Permission.SEE_PATIENT)
        if names:
            desk.log_list(ACTION, seen_in(rows))
        return Response(WaitingRoom(_told(asked["date"], rows, now), context={NAMES: names}).data)


class OwnDay(StaffEndpoint):
    @describe(
        "my_day", "Your own day as a clinician, in every department you work in.", MyDay, parameters=[MyDayQuery]
    )
    def get(self, request: Request) -> Response:
        now = self.clock()
        day = self.asked(MyDayQuery).get("date") or local_day(now)
        places = [one.department_id for one in self.memberships if one.role in ROLES[Permission.HOLD_CONSULT]]
        if not places:
            raise PermissionDenied
        clinician = self.own_clinician(ACTION)
        rows = day_rows(day=day, now=now, clinician=clinician, departments=places)
        for place in places:
            own = [row for row in rows if row.appointment.department_id == place]
            self.desk(place, Permission.HOLD_CONSULT, ACTION).log_list(ACTION, seen_in(own))
        told = _told(day, rows, now) | {"breaks": day_breaks(clinician=clinician, day=day)}
        return Response(MyDay(told, context={NAMES: True}).data)


def seen_in(rows: Sequence[DayRow]) -> list[tuple[int, int | None]]:
    return [(row.appointment.patient_id, row.appointment.pk) for row in rows]


def _told(day: date, rows: Sequence[DayRow], now: datetime) -> dict[str, Any]:
    delays = [
        {"clinician": pk, "minutes": delay.minutes, "grows_from": delay.grows_from}
        for pk, delay in sorted(clinician_delays(rows, now).items())
    ]
    return {"date": day, "rows": rows, "delays": delays}

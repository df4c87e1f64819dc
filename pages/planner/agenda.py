"""The agenda: a day or a week of several clinicians side by side, live, with the free places one click away."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from pages.live import fragment
from pages.names import listed_name
from pages.permissions import Desk, department_page, log_new, log_refusal
from pages.planner.agenda_picture import Picture, picture
from pages.planner.today import asked_day
from people.models import Clinician, Patient
from people.permissions import Permission
from praktijkplan.localtime import monday
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.models.minutes import to_minute
from scheduling.queries.agenda import Column, FreePlace, agenda_of, clinicians_at_work

ACTION = "view.agenda"
DAY, WEEK = "dag", "week"
SATURDAY = 5
WEEK_DAYS = 7
# How many clinicians stand beside each other when nobody was chosen, and how many can be chosen.
USUALLY_BESIDE = {DAY: 6, WEEK: 2}
MOST_BESIDE = 12
# What was asked on the booking page besides a type and a period, as it stands in addresses; so much of it at most.
OF_BOOKING = ("opdracht", "duur", "spoed", "vormen", "nodig")
LONGEST_VALUE, MOST_VALUES = 30, 10

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Aim:
    """What a free place is for: to book this patient, or to move this appointment.

    `whose` and `along` stay in addresses; `along` goes on to the page that books.
    """

    url: str
    whose: Pairs = ()
    along: Pairs = ()
    type: AppointmentType | None = None
    patient: str = ""
    moving: Appointment | None = None

    @property
    def kept(self) -> Pairs:
        return (*self.whose, *self.along)

    @property
    def back(self) -> str:
        return f"{self.url}?{urlencode(self.along)}"


@dataclass(frozen=True)
class Shown:
    """What the address asks for. `chosen` holds the clinicians asked for by name; none means who is at work."""

    day: date
    view: str
    chosen: tuple[int, ...]
    aim: Aim

    @property
    def first(self) -> date:
        return self.day if self.view == DAY else monday(self.day)

    @property
    def last(self) -> date:
        return self.day if self.view == DAY else self.first + timedelta(days=WEEK_DAYS - 1)

    @property
    def step(self) -> timedelta:
        return timedelta(days=1 if self.view == DAY else 7)

    @property
    def query(self) -> str:
        chosen = [("zorgverlener", pk) for pk in self.chosen]
        return urlencode([("datum", self.day.isoformat()), ("weergave", self.view), *chosen, *self.aim.kept])

    def but(self, **changes: Any) -> str:
        return f"?{replace(self, **changes).query}"


@require_GET
@department_page(Permission.SEE_DAY)
def agenda(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    shown, wrong = _asked(request, desk, local_day(now))
    context = _columns(desk, shown, now)
    if desk.may(Permission.SEE_PATIENT):
        desk.log_list(ACTION, context["picture"].seen)
    context |= _around(desk, shown, now) | {"wrong_day": wrong}
    return render(request, "planner/agenda.html", context, status=404 if wrong else 200)


@require_GET
@department_page(Permission.SEE_DAY)
def agenda_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The columns alone, for the live page around them."""
    now = timezone.now()
    shown, _wrong = _asked(request, desk, local_day(now))
    context = _columns(desk, shown, now)
    if desk.may(Permission.SEE_PATIENT):
        log_new(desk, ACTION, context["picture"].seen)
    return fragment(request, "planner/_agenda.html", context)


def _columns(desk: Desk, shown: Shown, now: datetime) -> dict[str, Any]:
    """What the live part shows."""
    everyone = list(desk.department.clinicians.order_by("name"))
    beside = _beside(desk, shown, everyone)
    columns = agenda_of(desk.department, beside, shown.first, shown.last, now=now, type=shown.aim.type)
    if shown.view == WEEK:
        columns = _without_empty_weekend(columns)
    drawn = picture(columns, now=now, url_of=_url_of(desk, shown.aim))
    return {
        "desk": desk,
        "shown": shown,
        "everyone": everyone,
        "beside": beside,
        "picture": drawn,
        "days": _days(drawn),
        "last_day": drawn.lanes[-1].day if drawn.lanes else shown.last,
        "names": desk.may(Permission.SEE_PATIENT),
        "may_book": desk.may(Permission.BOOK),
        "kinds_of_absence": desk.may(Permission.ENTER_ABSENCE),
        "now": now,
    }


def _around(desk: Desk, shown: Shown, now: datetime) -> dict[str, Any]:
    today = local_day(now)
    return {
        "is_today": shown.first <= today <= shown.last,
        "previous": shown.but(day=shown.day - shown.step),
        "next": shown.but(day=shown.day + shown.step),
        "to_today": shown.but(day=today),
        "views": [(view, shown.but(view=view), view == shown.view) for view in (DAY, WEEK)],
        "may_print": desk.may(Permission.SEE_PATIENT),
        "may_see_rasters": desk.may(Permission.SEE_RASTERS),
    }


def _beside(desk: Desk, shown: Shown, everyone: list[Clinician]) -> list[Clinician]:
    if shown.chosen:
        return [clinician for clinician in everyone if clinician.pk in shown.chosen][:MOST_BESIDE]
    working = clinicians_at_work(desk.department, shown.first, shown.last)
    return [clinician for clinician in everyone if clinician.pk in working][: USUALLY_BESIDE[shown.view]]


def _without_empty_weekend(columns: list[Column]) -> list[Column]:
    """Saturday and Sunday stand there only when something is on."""
    worked = {column.day for column in columns if column.blocks or column.booked or column.elsewhere}
    return [column for column in columns if column.day.weekday() < SATURDAY or column.day in worked]


def _days(drawn: Picture) -> list[tuple[date, list[Any]]]:
    """The lanes under their day."""
    days: dict[date, list[Any]] = {}
    for lane in drawn.lanes:
        days.setdefault(lane.day, []).append(lane)
    return list(days.items())


def _asked(request: HttpRequest, desk: Desk, today: date) -> tuple[Shown, str]:
    day, wrong = asked_day(request.GET.get("datum", ""), today)
    view = WEEK if request.GET.get("weergave") == WEEK else DAY
    numbers = [text for text in request.GET.getlist("zorgverlener") if text.isascii() and text.isdigit()]
    chosen = tuple(dict.fromkeys(int(text) for text in numbers[:MOST_BESIDE] if len(text) < 10))
    return Shown(day, view, chosen, _aim(request, desk)), wrong


def _aim(request: HttpRequest, desk: Desk) -> Aim:
    if not desk.may(Permission.BOOK):
        return Aim("")
    if "verzetten" in request.GET:
        return _to_move(request, desk)
    if "patient" in request.GET:
        return _to_book(request, desk)
    return Aim(reverse("book-find"))


def _to_move(request: HttpRequest, desk: Desk) -> Aim:
    held = Appointment.objects.select_related("patient", "type", "clinician").filter(
        department=desk.department,
        public_id=_identity(request.GET["verzetten"]),
        status=AppointmentStatus.BOOKED,
    )
    appointment = held.first()
    if appointment is None:
        log_refusal(request, ACTION)
        raise Http404
    return Aim(
        reverse("appointment-move", args=[appointment.public_id]),
        whose=(("verzetten", str(appointment.public_id)),),
        type=appointment.type,
        patient=listed_name(appointment.patient),
        moving=appointment,
    )


def _to_book(request: HttpRequest, desk: Desk) -> Aim:
    patient = Patient.objects.filter(
        treatment_relations__department=desk.department, public_id=_identity(request.GET["patient"])
    ).first()
    if patient is None:
        log_refusal(request, ACTION)
        raise Http404
    kind = _type_asked(request.GET, desk)
    asked = [("type", str(kind.pk))] if kind else []
    asked += [(name, value) for name in OF_BOOKING for value in request.GET.getlist(name)[:MOST_VALUES]]
    return Aim(
        reverse("book", args=[patient.public_id]),
        whose=(("patient", str(patient.public_id)),),
        along=tuple((name, value[:LONGEST_VALUE]) for name, value in asked if value),
        type=kind,
        patient=listed_name(patient),
    )


def _type_asked(asked: QueryDict, desk: Desk) -> AppointmentType | None:
    number = asked.get("type", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return desk.department.appointment_types.filter(active=True, pk=int(number)).first()


def _identity(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _url_of(desk: Desk, aim: Aim) -> Any:
    """A place leads to the page that books or moves, with its day opened and the place chosen."""

    def url(place: FreePlace) -> str:
        if not aim.url or place.held_until:
            return ""
        on, clinician = local_day(place.start).isoformat(), place.block.clinician_id
        kinds = [aim.type] if aim.type else list(place.block.types.all())
        asked = {"van": on, "tot": on, "dag": on, "zorgverlener": clinician}
        asked |= {"slot": f"{to_minute(place.start)}.{clinician}"}
        along = aim.along
        if not aim.moving and not aim.type and len(kinds) == 1:
            along = (("type", str(kinds[0].pk)), *along)
        return f"{aim.url}?{urlencode([*asked.items(), *along])}"

    return url

"""Which video consults are prepared by phone, and what is known of each (PP-45): a fixed number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from notifications.models import CallOutcome, CallTask, Channel, Message, MessageState
from notifications.recipients import RECIPIENT_ROLES, Person, broken_addresses, reach_of
from people.models import Department
from praktijkplan.calling import ComingVideo, DeviceTest, Need
from praktijkplan.contact import Modality
from praktijkplan.device_test import Verdict
from scheduling.holidays import closed_days
from scheduling.localtime import day_span, local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.minutes import from_minute
from scheduling.queries.policy import Policies
from waitingroom.device_tests import latest_device_tests
from waitingroom.models import Closing, Outcome

AHEAD = 7
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ToPrepare:
    appointment: Appointment
    coming: ComingVideo


def days_to_prepare(department: Department, day: date, policies: Policies) -> list[date]:
    """The clinic days whose patients are phoned on this local date: the next one with video consults.

    Where that is a Saturday or a holiday on which nobody phones, also the one after it, until a working day. And the
    date itself, for who was booked after its list was closed.
    """
    starts = _videos(department, day, day + timedelta(days=AHEAD)).values_list("start", flat=True)
    shut = closed_days(policies, day, day + timedelta(days=AHEAD))
    days: list[date] = []
    for clinic in dict.fromkeys(local_day(start) for start in starts.order_by("start")):
        days.append(clinic)
        if clinic > day and clinic.weekday() < SATURDAY and clinic not in shut:
            break
    return days


def videos_to_prepare(
    department: Department, days: Sequence[date], policies: Policies, *, now: datetime
) -> list[ToPrepare]:
    """Nobody who died or was merged; nobody whose department does not phone before a video consult."""
    return _to_prepare(_videos(department, days[0], days[-1]), days, policies, now) if days else []


def video_to_prepare_today(appointment: Appointment, *, now: datetime) -> list[ToPrepare]:
    """This one, where it is a video consult of today; nothing is asked of the database where it is not."""
    today = local_day(now)
    if local_day(appointment.start) != today or appointment.modality != Modality.VIDEO.value:
        return []
    own = _videos(appointment.department, today, today).filter(pk=appointment.pk)
    return _to_prepare(own, [today], Policies(appointment.department_id), now)


def _to_prepare(
    videos: QuerySet[Appointment], days: Sequence[date], policies: Policies, now: datetime
) -> list[ToPrepare]:
    found = videos.filter(start__gt=now, patient__deceased_on__isnull=True, patient__merged_into__isnull=True)
    asked = {day for day in days if policies.on(day).call_before_video}
    appointments = [
        one
        for one in found.select_related("patient").prefetch_related("participants__representative")
        if local_day(one.start) in asked
    ]
    return list(_with_facts(appointments, policies))


def _videos(department: Department, first: date, last: date) -> QuerySet[Appointment]:
    starts, ends = (from_minute(minute) for minute in day_span(first, last))
    return Appointment.objects.filter(
        department=department,
        status=AppointmentStatus.BOOKED,
        modality=Modality.VIDEO.value,
        start__gte=starts,
        start__lt=ends,
    ).order_by("start", "pk")


def _with_facts(appointments: Sequence[Appointment], policies: Policies) -> Iterator[ToPrepare]:
    patients = {one.patient_id for one in appointments}
    experienced = set(
        Closing.objects.filter(
            outcome=Outcome.HELD, modality_held=Modality.VIDEO.value, appointment__patient__in=patients
        ).values_list("appointment__patient_id", flat=True)
    )
    failed = set(_of_this_version(appointments).values_list("appointment_id", flat=True))
    open_tasks = list(CallTask.objects.filter(appointment__in=appointments, done_at__isnull=True))
    broken = broken_addresses(person for one in appointments for person in _people(one))
    tests = latest_device_tests(appointments)
    for one in appointments:
        policy = policies.on(local_day(one.start))
        reached = [reach_of(person, one.patient, policy, broken=broken) for person in _people(one)]
        needs = {need for task in open_tasks if task.appointment_id == one.pk for need in task.needs}
        yield ToPrepare(
            one,
            ComingVideo(
                had_video=one.patient_id in experienced,
                reachable=any(reach is not None and reach.reaches for reach in reached),
                failed=one.pk in failed,
                asked=Need.ASKED in needs,
                help=Need.HELP in needs,
                wrong_number=Need.WRONG_NUMBER in needs,
                test=_tested(tests[one.pk].verdict) if one.pk in tests else DeviceTest.NONE,
            ),
        )


def _tested(verdict: str) -> DeviceTest:
    """Slow, or skipped in part, is no reason to phone: the consult can be held."""
    return DeviceTest.FAILED if verdict == Verdict.FAILS else DeviceTest.PASSED


def _of_this_version(appointments: Sequence[Appointment]) -> QuerySet[Message]:
    """Messages that did not arrive, or came back."""
    missed = Q(state=MessageState.FAILED) | Q(bounced_at__isnull=False)
    current = Q(schedule_version=F("appointment__schedule_version"))
    return Message.objects.filter(missed, current, appointment__in=appointments).exclude(channel=Channel.INBOX)


def _people(appointment: Appointment) -> list[Person]:
    """The patient, or whoever stands for the patient."""
    return [
        part.representative or appointment.patient
        for part in appointment.participants.all()
        if part.role in RECIPIENT_ROLES
    ]


def prepared_before(appointments: Sequence[Appointment]) -> set[int]:
    """Who was phoned already about this consult, also when it stood at another time then."""
    reached = CallTask.objects.filter(
        appointment__in=appointments, reason=CallTask.Reason.PREPARE, outcome=CallOutcome.REACHED
    )
    return set(reached.values_list("appointment_id", flat=True))

"""The day as staff see it: statuses, waits, delay, and what a patient's own page is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from tests.waitingroom.test_closing import close, hold, phone
from tests.waitingroom.visits import Visit, at, make_visit
from waitingroom.actions.call import call_connected, continue_by_phone, end_call, technique_failed
from waitingroom.actions.presence import admit, arrive, leave
from waitingroom.queries import DayRow, Delay, clinician_delays, day_breaks, day_rows, standing

DAY = at("14.10").date()


def come(visit: Visit, clock: str = "14.00") -> None:
    arrive(participant=visit.patient, now=at(clock), by="link:x")


def let_in(visit: Visit, clock: str) -> None:
    admit(appointment=visit.appointment, by="user:1", now=at(clock))


def row_of(visit: Visit, now: str) -> DayRow:
    return next(row for row in day_rows(day=DAY, now=at(now)) if row.appointment == visit.appointment)


def test_status_of_a_planned_one(visit: Visit):
    row = row_of(visit, "14.30")
    assert (row.status, row.waits, row.present) == ("planned", None, False)


def test_status_of_an_early_one_is_not_waiting(visit: Visit):
    come(visit, "13.45")
    row = row_of(visit, "14.09")
    assert (row.status, row.waits, row.present, row.early) == ("planned", None, True, True)


def test_waiting_counts_from_the_appointment_for_who_came_early(visit: Visit):
    come(visit, "13.45")
    row = row_of(visit, "14.13")
    assert (row.status, row.waits, row.since) == ("waiting", 3, at("14.10"))


def test_waiting_counts_from_arrival_for_who_came_late(visit: Visit):
    come(visit, "14.20")
    row = row_of(visit, "14.24")
    assert (row.status, row.waits, row.since) == ("waiting", 4, at("14.20"))


def test_waiting_longer_than_ten_minutes(visit: Visit):
    come(visit)
    assert row_of(visit, "14.20").status == "waiting"
    assert row_of(visit, "14.21").status == "late"


def test_status_of_who_went_away(visit: Visit):
    come(visit)
    leave(participant=visit.patient, now=at("14.12"))
    assert row_of(visit, "14.30").status == "planned"


def test_status_through_a_consult(visit: Visit):
    come(visit)
    let_in(visit, "14.12")
    row = row_of(visit, "14.15")
    assert (row.status, row.since, row.runs, row.to_close) == ("active", at("14.12"), True, False)
    end_call(appointment=visit.appointment, by="user:1", now=at("14.24"))
    row = row_of(visit, "14.25")
    assert (row.status, row.used_minutes, row.runs, row.to_close) == ("done", 12, False, True)
    close(visit)
    row = row_of(visit, "14.26")
    assert (row.status, row.over, row.to_close) == ("done", True, False)


def test_status_by_phone(visit: Visit):
    come(visit)
    continue_by_phone(appointment=visit.appointment, by="user:1", now=at("14.12"))
    row = row_of(visit, "14.15")
    assert (row.status, row.since) == ("phone", at("14.12"))


def test_status_of_failing_technique_until_it_works(visit: Visit):
    come(visit)
    technique_failed(participant=visit.patient, reason="denied", by="link:x", now=at("14.05"))
    assert (row_of(visit, "14.06").status, row_of(visit, "14.06").technique) == ("tech", "denied")
    let_in(visit, "14.10")
    # The patient sees the clinician, which proves nothing about the patient's own camera.
    call_connected(participant=visit.patient, by="link:x", now=at("14.11"))
    assert row_of(visit, "14.12").status == "tech"
    call_connected(participant=visit.clinician, by="user:1", now=at("14.12"))
    assert row_of(visit, "14.13").status == "active"


@pytest.mark.parametrize(
    ("outcome", "status"), [("no_show", "noshow"), ("technical_failure", "tech"), ("not_needed", "cancelled")]
)
def test_status_after_closing(visit: Visit, outcome: str, status: str):
    phone(visit)
    close(visit, outcome)
    row = row_of(visit, "14.30")
    assert (row.status, row.over, row.since) == (status, True, at("14.25"))


def test_status_of_a_cancelled_one(visit: Visit):
    cancel_appointment(appointment=visit.appointment, by="user:1", now=at("14.00"))
    assert row_of(visit, "14.30").status == "cancelled"


def test_companions_are_named(db: None):
    child, parent = make.child_with_parent(DAY, years=7)
    visit = Visit(make.appointment(start=at("14.10"), now=at("09.00"), patient=child))
    assert row_of(visit, "14.00").companions == (parent.name,)


def test_day_holds_its_own_local_date_only(db: None):
    make.appointment(start=make.amsterdam("2026-11-30", "00.30"), now=at("09.00") - timedelta(days=5))
    make.appointment(start=make.amsterdam("2026-12-01", "00.30"), now=at("09.00"))
    assert [row.appointment.start for row in day_rows(day=DAY, now=at("14.00"))] == [
        make.amsterdam("2026-11-30", "00.30")
    ]


def test_day_of_one_department_or_clinician(visit: Visit):
    other = Visit(make.appointment(start=at("14.10"), now=at("09.00"), department=make.department("neurologie")))
    mine = visit.appointment
    assert [row.appointment for row in day_rows(day=DAY, now=at("14.00"), department=mine.department)] == [mine]
    assert [row.appointment for row in day_rows(day=DAY, now=at("14.00"), clinician=mine.clinician)] == [mine]
    assert day_rows(day=DAY, now=at("14.00"), clinician=mine.clinician, departments=[]) == []
    assert len(day_rows(day=DAY, now=at("14.00"))) == 2
    assert other.appointment.department != mine.department


def test_breaks_of_the_day(visit: Visit):
    clinician = visit.appointment.clinician
    make.session_with(
        clinician, DAY, "09.00", "12.00", breaks=[("10.30", "10.45")], department=visit.appointment.department
    )
    assert [(pause.start, pause.end) for pause in day_breaks(clinician=clinician, day=DAY)] == [
        (at("10.30"), at("10.45"))
    ]
    assert day_breaks(clinician=clinician, day=DAY + timedelta(days=1)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_day_asks_the_database_three_times_however_many_there_are(db: None, count: int, count_queries: Any):
    clinician = make.ClinicianFactory()
    for clock in ("14.00", "14.30", "15.00")[:count]:
        visit = make_visit(clock, clinician=clinician)
        come(visit, clock)
    with count_queries() as queries:
        rows = day_rows(day=DAY, now=at("15.00"))
        told = [(row.appointment.patient.full_name, row.companions, row.closing, row.status) for row in rows]
    assert len(told) == count
    assert queries.count == 3, str(queries)


# --- How far behind --------------------------------------------------------------------------------------


def delay(visit: Visit, now: str) -> Delay:
    return clinician_delays(day_rows(day=DAY, now=at(now)), at(now))[visit.appointment.clinician_id]


def test_delay_when_nobody_is_there(visit: Visit):
    assert delay(visit, "14.30") == Delay(0)


def test_delay_grows_while_the_next_one_waits(visit: Visit):
    come(visit)
    assert delay(visit, "14.09") == Delay(0)
    assert delay(visit, "14.17") == Delay(7, grows_from=at("14.10"))


def test_delay_of_a_consult_that_began_late_stands(visit: Visit):
    come(visit)
    let_in(visit, "14.18")
    assert delay(visit, "14.19") == Delay(8)
    assert delay(visit, "14.29") == Delay(8)


def test_delay_of_a_consult_past_its_end_grows(visit: Visit):
    come(visit)
    let_in(visit, "14.10")
    assert delay(visit, "14.30") == Delay(0)
    assert delay(visit, "14.42") == Delay(12, grows_from=at("14.30"))


def test_delay_of_a_consult_that_began_early(visit: Visit):
    come(visit, "13.50")
    let_in(visit, "14.00")
    assert delay(visit, "14.05") == Delay(0)


# --- Where a patient stands ------------------------------------------------------------------------------


def state(visit: Visit, now: str) -> str:
    return standing(visit.patient, at(now)).state


def test_standing_through_a_visit(visit: Visit):
    assert state(visit, "13.30") == "too_early"
    assert standing(visit.patient, at("13.30")).opens_at == at("13.40")
    assert state(visit, "13.40") == "may_enter"
    come(visit)
    assert state(visit, "14.05") == "waiting"
    let_in(visit, "14.10")
    assert state(visit, "14.11") == "call"
    end_call(appointment=visit.appointment, by="user:1", now=at("14.20"))
    assert state(visit, "14.21") == "ended"
    leave(participant=visit.patient, now=at("14.22"))
    assert state(visit, "14.23") == "ended"
    close(visit)
    assert state(visit, "14.30") == "closed"


def test_standing_of_who_hung_up_may_enter_again(visit: Visit):
    hold(visit)
    leave(participant=visit.patient, now=at("14.15"))
    assert state(visit, "14.16") == "may_enter"
    come(visit, "14.17")
    assert state(visit, "14.17") == "call"


def test_standing_by_phone_and_cancelled(visit: Visit):
    hold(visit)
    continue_by_phone(appointment=visit.appointment, by="link:x", now=at("14.15"))
    assert state(visit, "14.16") == "phone"
    close(visit, "technical_failure")
    assert state(visit, "14.30") == "cancelled"


def test_every_change_is_told_to_live_screens(visit: Visit, broker: Any, django_capture_on_commit_callbacks: Any):
    client = broker.clients()[-1]
    with client, client.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(settings.LIVE_CHANNEL)
        heard.get_message(timeout=1)
        with django_capture_on_commit_callbacks(execute=True):
            come(visit)
        mine = f"appointment:{visit.appointment.pk}"
        # Others may talk on the same server: what counts is that ours is said.
        while (told := heard.get_message(timeout=5)) is not None and mine not in told["data"].decode().split():
            pass
        assert told is not None

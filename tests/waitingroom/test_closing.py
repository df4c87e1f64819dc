"""How a consult may be closed, what that leaves behind, and when nobody is a no-show (PP-12, PP-13, PP-61)."""

from typing import Any

import pytest

from events.models import Event
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from tests.waitingroom.visits import Visit, at, make_visit
from waitingroom.actions.call import call_connected, continue_by_phone, end_call, technique_failed
from waitingroom.actions.closing import close_consult
from waitingroom.actions.phoning import record_phone_call
from waitingroom.actions.presence import admit, arrive
from waitingroom.models import Closing, Presence, RegisteredActivity
from waitingroom.refusals import (
    Cancelled,
    Closed,
    NobodyPhoned,
    NotStarted,
    PatientWasThere,
    TechniqueWasFailing,
    TooEarly,
)


def close(visit: Visit, outcome: str = "held", *, now: str = "14.25", **given: Any) -> Any:
    values = {"modality_held": "", "comparable": True, "next_contact": "phone", "next_steps": "", **given}
    return close_consult(appointment=visit.appointment, outcome=outcome, by="user:1", now=at(now), **values)


def hold(visit: Visit) -> None:
    arrive(participant=visit.patient, now=at("14.00"), by="link:x")
    admit(appointment=visit.appointment, by="user:1", now=at("14.10"))
    call_connected(participant=visit.patient, by="link:x", now=at("14.10"))
    call_connected(participant=visit.clinician, by="user:1", now=at("14.10"))


def phone(visit: Visit, outcome: str = "no_answer", now: str = "14.15") -> None:
    record_phone_call(appointment=visit.appointment, outcome=outcome, by="user:2", now=at(now))


CODES = [
    # contact kind, planned, outcome, held as, code (domain.md, Activity codes)
    ("new", "visit", "held", "", "190007"),
    ("new", "video", "held", "", "190165"),
    ("new", "phone", "held", "", "190164"),
    ("new", "written", "held", "", "190167"),
    ("follow_up", "visit", "held", "", "190008"),
    ("follow_up", "video", "held", "", "190166"),
    ("follow_up", "phone", "held", "", "190162"),
    ("follow_up", "written", "held", "", "190163"),
    # as it happened, not as planned
    ("new", "video", "held_by_phone", "", "190164"),
    ("follow_up", "video", "held_by_phone", "", "190162"),
    ("follow_up", "visit", "held_by_phone", "video", "190162"),
    ("follow_up", "video", "held", "visit", "190008"),
    ("follow_up", "video", "held", "written", "190163"),
    # may be remote: one code for every form
    ("second_opinion", "video", "held", "", "190022"),
    ("second_opinion", "phone", "held", "", "190022"),
    ("intercollegial", "video", "held", "", "190009"),
    ("co_treatment", "video", "held_by_phone", "", "190017"),
]


@pytest.mark.parametrize(("kind", "planned", "outcome", "held_as", "code"), CODES)
def test_code_follows_the_contact_as_it_was_held(
    db: None, kind: str, planned: str, outcome: str, held_as: str, code: str
):
    department = make.department()
    contact = make.AppointmentTypeFactory(department=department, contact_kind=kind, modality=planned)
    visit = make_visit(type=contact)
    closing = close(visit, outcome, modality_held=held_as)
    assert (closing.activity.code, closing.activity.on) == (code, at("14.10").date())
    assert Event.objects.get(kind="consult.closed").data["code"] == code


@pytest.mark.parametrize(
    ("profession", "registers"),
    [
        ("specialist", True),
        ("nurse_specialist", True),
        ("physician_assistant", True),
        ("resident", True),
        ("nurse", False),
        ("dietitian", False),
        ("secretary", False),
    ],
)
def test_only_who_may_register_leaves_an_activity(db: None, profession: str, registers: bool):
    department = make.department()
    clinician = make.ClinicianFactory(departments=[department], name="S. Ramdin", profession=profession)
    visit = make_visit(clinician=clinician, department=department)
    closing = close(visit)
    assert RegisteredActivity.objects.filter(closing=closing).exists() is registers
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "fulfilled"


def test_without_the_confirmation_nothing_is_registered(visit: Visit):
    """PP-13: content and time as in a regular consult."""
    closing = close(visit, comparable=False)
    assert not RegisteredActivity.objects.exists()
    assert Event.objects.get(kind="consult.closed").data["code"] == ""
    assert closing.comparable is False


def test_a_code_that_is_not_valid_on_the_day_is_not_registered(visit: Visit):
    from scheduling.models import ActivityCode

    ActivityCode.objects.filter(code="190166").update(valid_until=at("14.10").date().replace(day=29))
    close(visit)
    assert not RegisteredActivity.objects.exists()


def test_closing_a_held_consult_ends_the_visit(visit: Visit):
    hold(visit)
    closing = close(visit, next_contact="video", next_steps="  Neem uw pillen na het eten.  ")
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "fulfilled"
    assert visit.place == "left"
    assert (closing.modality_held, closing.next_contact, closing.next_steps) == (
        "video",
        "video",
        "Neem uw pillen na het eten.",
    )
    assert visit.facts()[-3:] == ["call.ended", "participant.left", "consult.closed"]
    assert visit.causes() == ["ended"]
    assert arrive(participant=visit.patient, now=at("14.30"), by="link:x") == Closed()


def test_a_video_consult_that_went_on_by_phone(visit: Visit):
    hold(visit)
    continue_by_phone(appointment=visit.appointment, by="user:1", now=at("14.15"))
    closing = close(visit, "held_by_phone")
    assert (closing.modality_held, closing.activity.code) == ("phone", "190162")


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("technical_failure", "cancelled"), ("not_needed", "cancelled"), ("no_show", "noshow")],
)
def test_a_consult_that_was_not_held_has_no_form_and_no_activity(visit: Visit, outcome: str, status: str):
    phone(visit)
    closing = close(visit, outcome, modality_held="video")
    visit.appointment.refresh_from_db()
    assert (closing.modality_held, closing.comparable, visit.appointment.status) == ("", False, status)
    assert not RegisteredActivity.objects.exists()


# --- Nobody is a no-show who … (PP-61) -------------------------------------------------------------------


def test_no_show_after_a_call_without_answer(visit: Visit):
    phone(visit)
    assert isinstance(close(visit, "no_show"), Closing)


def test_no_show_before_the_start(visit: Visit):
    phone(visit, now="14.05")
    assert close(visit, "no_show", now="14.09") == NotStarted(at("14.10"))


def test_no_show_when_nobody_phoned(visit: Visit):
    assert close(visit, "no_show") == NobodyPhoned()
    assert not Closing.objects.exists()


def test_no_show_when_the_number_was_wrong(visit: Visit):
    phone(visit, "wrong_number")
    assert close(visit, "no_show") == NobodyPhoned()


def test_no_show_when_the_only_call_prepared_the_visit(visit: Visit):
    phone(visit, "reached", now="09.00")
    assert close(visit, "no_show") == NobodyPhoned()


def test_no_show_of_who_waited_alone(visit: Visit):
    arrive(participant=visit.patient, now=at("14.00"), by="link:x")
    phone(visit)
    assert close(visit, "no_show", now="15.00") == PatientWasThere(at("14.00"))


def test_no_show_when_technique_failed(visit: Visit):
    technique_failed(participant=visit.patient, reason="no_device", by="link:x", now=at("14.05"))
    phone(visit)
    assert close(visit, "no_show") == TechniqueWasFailing("no_device")


# --- Once, and in time -----------------------------------------------------------------------------------


def test_closing_in_a_second_tab_says_that_it_is_closed(visit: Visit):
    first = close(visit)
    assert close(visit, "technical_failure") == Closed()
    assert list(Closing.objects.all()) == [first]


def test_closing_a_technical_failure_twice_says_closed_and_not_cancelled(visit: Visit):
    close(visit, "technical_failure")
    assert close(visit) == Closed()


def test_closing_a_cancelled_appointment(visit: Visit):
    cancel_appointment(appointment=visit.appointment, by="user:1", now=at("14.00"))
    assert close(visit) == Cancelled()


def test_closing_before_the_waiting_room_opens(visit: Visit):
    assert close(visit, now="13.00") == TooEarly(at("13.40"))
    assert isinstance(close(visit, "not_needed", now="13.00"), Closing)


def test_closing_with_an_unknown_outcome(visit: Visit):
    with pytest.raises(ValueError, match="probably"):
        close(visit, "probably")


def test_end_call_keeps_the_consult_open(visit: Visit):
    hold(visit)
    end_call(appointment=visit.appointment, by="user:1", now=at("14.20"))
    end_call(appointment=visit.appointment, by="user:1", now=at("14.21"))
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "booked"
    assert visit.facts().count("call.ended") == 1
    assert Presence.objects.get().place == "waiting"
    admit(appointment=visit.appointment, by="user:1", now=at("14.22"))
    assert visit.place == "admitted"


def test_call_connected_is_told_once_per_admission(visit: Visit):
    hold(visit)
    call_connected(participant=visit.patient, by="link:x", now=at("14.11"))
    assert visit.facts().count("call.connected") == 2


def test_call_connected_without_admission_is_nothing(visit: Visit):
    call_connected(participant=visit.patient, by="link:x", now=at("14.11"))
    assert visit.facts() == []

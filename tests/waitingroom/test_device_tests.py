"""What a patient's browser tells of its device: kept as told, within bounds, and only for a video consult (PP-47)."""

from datetime import timedelta

import pytest

from events.models import Event
from praktijkplan.device_test import Device, Finding, Found
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import ParticipantRole
from tests import factories as make
from tests.waitingroom.visits import at, make_visit
from waitingroom.actions.device_tests import TESTS_A_DAY, Figures, record_device_test
from waitingroom.device_tests import latest_device_test
from waitingroom.models import DeviceTest
from waitingroom.refusals import Cancelled, NotByVideo, TooManyTests

WELL = dict.fromkeys((device.value for device in Device), Finding.GOOD)


def tell(participant, clock="9.00", figures=None, **findings):
    return record_device_test(
        participant=participant,
        found=Found(**(WELL | findings)),
        figures=figures or Figures(),
        by="link:x",
        now=at(clock),
    )


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ({}, "works"),
        ({"connection": Finding.SLOW}, "partly"),
        ({"speaker": Finding.SKIPPED}, "partly"),
        ({"microphone": Finding.SILENT, "connection": Finding.SLOW}, "fails"),
        ({"browser": Finding.UNSUPPORTED}, "fails"),
    ],
)
def test_test_is_kept_with_its_verdict(visit, findings, verdict):
    figures = Figures(round_trip_ms=38, kbit_per_s=2400, browser_family="safari", browser_major=17)

    test = tell(visit.patient, figures=figures, **findings)

    kept = DeviceTest.objects.values().get()
    assert {name: kept[name] for name in WELL} == {name: one.value for name, one in (WELL | findings).items()}
    assert (kept["verdict"], kept["appointment_id"], kept["tested_at"]) == (verdict, visit.appointment.pk, at("9.00"))
    assert (kept["round_trip_ms"], kept["kbit_per_s"]) == (38, 2400)
    assert (kept["browser_family"], kept["browser_major"]) == ("safari", 17)
    event = Event.objects.get(kind="device.tested")
    assert (event.data["verdict"], event.data["participant"]) == (verdict, visit.patient.pk)
    assert not {"round_trip_ms", "browser_family"} & set(event.data)
    assert latest_device_test(visit.appointment) == test


def test_finding_that_a_device_cannot_show_is_none():
    with pytest.raises(ValueError, match="camera"):
        Found(**(WELL | {"camera": Finding.SLOW}))


@pytest.mark.parametrize(
    "figure", [{"round_trip_ms": -1}, {"kbit_per_s": 10**9}, {"browser_major": 1000}, {"browser_family": "lynx"}]
)
def test_figure_that_no_browser_has_measured(figure):
    with pytest.raises(ValueError, match=str(next(iter(figure.values())))):
        Figures(**figure)


def test_nothing_to_test_for_a_visit(db):
    visit = make_visit(modality="visit")
    assert tell(visit.patient) == NotByVideo()
    assert not DeviceTest.objects.exists()


def test_nothing_to_test_once_it_is_cancelled(visit):
    cancel_appointment(appointment=visit.appointment, by="user:1", now=at("8.00"))
    assert tell(visit.patient) == Cancelled()


def test_more_tests_than_a_person_makes_are_refused_until_tomorrow(visit):
    for _ in range(TESTS_A_DAY):
        assert isinstance(tell(visit.patient), DeviceTest)
    assert tell(visit.patient) == TooManyTests()
    DeviceTest.objects.update(tested_at=at("9.00") - timedelta(days=1))
    assert isinstance(tell(visit.patient), DeviceTest)


def test_newest_of_the_patients_side_counts(visit):
    tell(visit.patient, "9.00", camera=Finding.DENIED)
    newest = tell(visit.patient, "10.00")
    named = make.InterpreterFactory(department=visit.appointment.department)
    interpreter = visit.appointment.participants.create(role=ParticipantRole.INTERPRETER, interpreter=named)
    tell(interpreter, "11.00", camera=Finding.DENIED)
    assert latest_device_test(visit.appointment) == newest
    assert latest_device_test(make.appointment(department=visit.appointment.department)) is None

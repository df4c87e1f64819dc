"""The agenda for a machine: the same columns, with names and reasons only for who may know them."""

import pytest

from people.models import AccessLog
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
DAY = "2026-11-30"


@pytest.fixture
def lungs(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make.department("longziekten")


@pytest.fixture
def video(lungs):
    return make.AppointmentTypeFactory(department=lungs, duration_minutes=20)


@pytest.fixture
def doctor(lungs, video):
    clinician = make.ClinicianFactory(departments=[lungs], name="dr. M. van der Veen")
    make.session_with(clinician, DAY, "13.00", "14.20", breaks=[("13.40", "14.00")], department=lungs)
    return clinician


@pytest.fixture
def held(lungs, video, doctor):
    return make.appointment(start=make.amsterdam(DAY, "13.20"), type=video, clinician=doctor, now=NOW)


@pytest.fixture
def ask(lungs, staff):
    def asked(role="planner", **query):
        program = staff(make.member(role, lungs))
        return program.get("api-agenda", {"department": lungs.pk, "from": DAY, "until": DAY} | query)

    return asked


def test_column_tells_blocks_appointments_and_what_is_free(ask, doctor, held, video):
    (column,) = ask().json()["columns"]
    assert (column["date"], column["clinician"]) == (DAY, {"id": doctor.pk, "name": "dr. M. van der Veen"})
    assert [(block["start"][11:16], block["mode"]) for block in column["blocks"]] == [
        ("13:00", "flexible"),
        ("13:40", "break"),
        ("14:00", "flexible"),
    ]
    (booked,) = column["appointments"]
    assert booked["id"] == str(held.public_id)
    assert booked["patient"]["name"] == held.patient.full_name
    assert (booked["overbooked"], booked["in_absence"]) == (False, False)
    assert column["free"][0] == {
        "start": "2026-11-30T13:00:00+01:00",
        "end": "2026-11-30T13:20:00+01:00",
        "types": [video.pk],
        "held_until": None,
    }
    assert [place["start"][11:16] for place in column["free"]] == ["13:00", "14:00"]
    row = AccessLog.objects.get(action="view.agenda")
    assert (row.patient, row.appointment_id) == (held.patient, held.pk)


def test_lead_sees_no_names_and_why_someone_is_absent(ask, doctor, held):
    make.absence(doctor, make.amsterdam(DAY, "13.00"), make.amsterdam(DAY, "14.00"), kind="ill")
    (column,) = ask("lead").json()["columns"]
    assert "patient" not in column["appointments"][0]
    assert column["appointments"][0]["in_absence"]
    assert [each["kind"] for each in column["absences"]] == ["ill"]
    assert not AccessLog.objects.filter(action="view.agenda").exists()


def test_helpdesk_sees_that_someone_is_absent_and_not_why(ask, doctor):
    make.absence(doctor, make.amsterdam(DAY, "13.00"), make.amsterdam(DAY, "14.00"), kind="ill")
    (column,) = ask("helpdesk").json()["columns"]
    assert [each["kind"] for each in column["absences"]] == [""]


def test_one_clinician_for_a_week(ask, lungs, doctor):
    make.ClinicianFactory(departments=[lungs], name="J. Dijkstra")
    columns = ask(until="2026-12-04", clinician=doctor.pk).json()["columns"]
    assert [column["clinician"]["id"] for column in columns] == [doctor.pk] * 5


@pytest.mark.parametrize("until", ["2026-11-29", "2026-12-07"])
def test_window_backwards_or_beyond_a_week_is_refused(ask, until):
    response = ask(until=until)
    assert (response.status_code, kind_of(response)) == (400, "invalid")


def test_type_of_another_department_does_not_exist(ask, doctor):
    elsewhere = make.AppointmentTypeFactory(department=make.department("neurologie"))
    assert ask(type=elsewhere.pk).status_code == 404

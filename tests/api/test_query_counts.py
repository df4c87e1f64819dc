"""A list asks the database as much for three as for one."""

from datetime import timedelta

import pytest

from scheduling.models import Misfit, PublicationRun
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
DAY = "2026-11-30"
MOST_OF_SLOTS = 4


class Lungs:
    def __init__(self):
        self.department = make.department("longziekten")
        self.kind = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.workplace = make.WorkplaceFactory(department=self.department)
        self.patient = make.PatientFactory(department=self.department, particle="", family_name="Ferrée")
        self.held = None
        self.clinicians = 0

    def grow(self):
        """One more clinician with a raster, a clinic, and an unreachable patient in it."""
        doctor = make.ClinicianFactory(departments=[self.department])
        self.clinicians += 1
        make.session_with(doctor, DAY, "13.00", "15.00", breaks=[("14.00", "14.15")], workplace=self.workplace)
        patient = make.PatientFactory(
            department=self.department, particle="", family_name="Ferrée", email="", mobile=""
        )
        self.held = make.appointment(
            start=make.amsterdam(DAY, "13.20"), type=self.kind, clinician=doctor, patient=patient, now=NOW
        )
        make.starter_raster("PP-21", department=self.department, clinician=doctor)
        days = make.appointment(
            start=make.amsterdam("2026-12-01", "13.20") + timedelta(minutes=20 * self.clinicians),
            type=self.kind,
            clinician=doctor,
            patient=self.patient,
            now=NOW,
        )
        assert days
        make.place_offer(make.waiting_for_earlier(self.held), make.freed_place(self.held))
        Misfit.objects.create(appointment=self.held, department=self.department, found_at=NOW, found_by="system")
        make.modality_request(self.held, "visit")
        PublicationRun.objects.create(
            department=self.department, kind="drafts", state="done", asked_by="system", asked_at=NOW, ended_at=NOW
        )
        make.WorkplaceFactory(department=self.department)
        make.FollowUpOrderFactory(department=self.department, type=self.kind, clinician=doctor)
        make.pathway([(self.kind, 0, 14)], name=f"Zorgpad {self.clinicians}")
        make.absence(doctor, make.amsterdam("2027-01-04", "0.00"), make.amsterdam("2027-01-05", "0.00"))


def asked(lungs):
    here, window = {"department": lungs.department.pk}, {"from": DAY, "until": "2026-12-04", "type": lungs.kind.pk}
    return {
        "api-types": here,
        "api-clinicians": here,
        "api-agenda": here | {"from": DAY, "until": "2026-12-04"},
        "api-sessions": here | {"date": DAY},
        "api-waiting-room": here | {"date": DAY},
        "api-rasters": here,
        "api-misfits": here,
        "api-form-requests": here,
        "api-absences": here,
        "api-orders": here,
        "api-pathways": here,
        "api-waiting-list": here,
        "api-messages": here,
        "api-publication-runs": here,
        "api-workplaces": here,
        "api-call-tasks": here,
        "api-slots": window,
        "api-proposals": window | {"patient": str(lungs.patient.public_id)},
    }


LISTS = ["api-types", "api-clinicians", "api-sessions", "api-waiting-room", "api-rasters", "api-call-tasks"]
LISTS += ["api-agenda", "api-slots", "api-proposals", "api-misfits", "api-publication-runs", "api-workplaces"]
LISTS += ["api-absences", "api-orders", "api-pathways", "api-waiting-list", "api-form-requests"]


@pytest.fixture
def lungs(time_machine):
    time_machine.move_to(NOW, tick=False)
    return Lungs()


@pytest.fixture
def program(lungs, staff):
    return staff(make.member("planner", lungs.department))


def measured(count_queries, ask):
    ask()
    with count_queries() as queries:
        response = ask()
    assert response.status_code == 200, response.content
    return queries


@pytest.mark.parametrize("name", LISTS)
def test_list_with_one_and_with_three(name, lungs, program, count_queries):
    lungs.grow()
    one = measured(count_queries, lambda: program.get(name, asked(lungs)[name]))
    lungs.grow()
    lungs.grow()
    three = measured(count_queries, lambda: program.get(name, asked(lungs)[name]))
    assert three.count == one.count, f"{one}\n\n{three}"


def test_one_patient_with_one_and_with_three_appointments(lungs, program, count_queries):
    lungs.grow()
    ask = lambda: program.get("api-patient", public_id=lungs.patient.public_id)  # noqa: E731
    one = measured(count_queries, ask)
    lungs.grow()
    lungs.grow()
    three = measured(count_queries, ask)
    assert len(ask().json()["appointments"]) == 3
    assert three.count == one.count, f"{one}\n\n{three}"


def test_search_with_one_and_with_three(lungs, program, count_queries):
    lungs.grow()
    wish = {"department": lungs.department.pk, "q": "ferree"}
    one = measured(count_queries, lambda: program.post("api-patient-search", wish))
    lungs.grow()
    lungs.grow()
    three = measured(count_queries, lambda: program.post("api-patient-search", wish))
    assert three.count == one.count, f"{one}\n\n{three}"


def test_one_appointment_with_a_short_and_a_long_history(lungs, program, count_queries):
    lungs.grow()
    where = {"public_id": lungs.held.public_id}
    move = lambda version, hour: program.post(  # noqa: E731
        "api-appointment-move", {"start": f"{DAY}T{hour}:00+01:00", "version": version}, **where
    )
    assert move(1, "13:00").status_code == 200
    short = measured(count_queries, lambda: program.get("api-appointment", **where))
    messages = measured(count_queries, lambda: program.get("api-appointment-messages", **where))
    for version, hour in enumerate(("13:40", "14:20", "14:40"), start=2):
        assert move(version, hour).status_code == 200
    assert measured(count_queries, lambda: program.get("api-appointment", **where)).count == short.count
    again = measured(count_queries, lambda: program.get("api-appointment-messages", **where))
    assert again.count == messages.count


def test_slots_ask_the_database_four_times_beside_the_session(lungs, program, count_queries):
    lungs.grow()
    queries = measured(count_queries, lambda: program.get("api-slots", asked(lungs)["api-slots"]))
    of_slots = [one["sql"] for one in queries.captured_queries if "django_session" not in one["sql"]]
    of_slots = [sql for sql in of_slots if 'FROM "people_user" WHERE' not in sql]
    assert len(of_slots) <= MOST_OF_SLOTS, str(queries)

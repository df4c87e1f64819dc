"""What staff programs read and write beside appointments: clinics, rasters, proposals, patients, the call list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions.calls import open_call_task_for_patient
from notifications.models import CallTask
from people.models import AccessLog, Patient
from scheduling.models import ClinicSession, ContactPreference
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")


@pytest.fixture
def lungs(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make.department("longziekten")


@pytest.fixture
def planner(lungs, staff):
    return staff(make.member("planner", lungs))


@pytest.fixture
def doctor(lungs):
    return make.ClinicianFactory(departments=[lungs], name="dr. M. van der Veen")


def test_clinics_of_a_day_with_blocks_counts_and_patients(planner, lungs, doctor):
    kind = make.AppointmentTypeFactory(department=lungs, duration_minutes=20)
    make.session_with(doctor, "2026-11-30", "13.00", "15.00", breaks=[("14.00", "14.15")])
    held = make.appointment(start=make.amsterdam("2026-11-30", "13.20"), type=kind, clinician=doctor, now=NOW)
    told = planner.get("api-sessions", {"department": lungs.pk, "date": "2026-11-30"}).json()
    (session,) = told["sessions"]
    assert session["clinician"] == {"id": doctor.pk, "name": "dr. M. van der Veen"}
    assert (session["half_day"], session["booked"], session["free"]) == ("afternoon", 1, 4)
    assert session["start"] == "2026-11-30T13:00:00+01:00"
    assert [(block["start"][11:16], block["mode"]) for block in session["blocks"]] == [
        ("13:00", "flexible"),
        ("14:00", "break"),
        ("14:15", "flexible"),
    ]
    assert [one["id"] for one in session["appointments"]] == [str(held.public_id)]
    row = AccessLog.objects.get(action="view.day")
    assert (row.patient, row.appointment_id) == (held.patient, held.pk)


def test_slots_and_proposals_agree(planner, lungs, doctor):
    kind = make.AppointmentTypeFactory(department=lungs, duration_minutes=20)
    make.session_with(doctor, "2026-11-30", "13.00", "14.00", "fixed", slot_minutes=20)
    patient = make.PatientFactory(department=lungs)
    window = {"type": kind.pk, "from": "2026-11-30", "until": "2026-12-04"}
    slots = planner.get("api-slots", window).json()
    proposals = planner.get("api-proposals", window | {"patient": str(patient.public_id)}).json()["proposals"]
    assert [slot["start"][11:16] for slot in slots["slots"]] == ["13:00", "13:20", "13:40"]
    assert {one["start"] for one in proposals} == {slot["start"] for slot in slots["slots"]}
    assert proposals == sorted(proposals, key=lambda one: -one["score"])
    for one in proposals:
        assert one["score"] == sum(reason["points"] for reason in one["reasons"])


def test_own_clinician_is_proposed_first_and_said_so(planner, lungs, doctor):
    kind = make.AppointmentTypeFactory(department=lungs, duration_minutes=20)
    colleague = make.ClinicianFactory(departments=[lungs], name="S. Ramdin")
    patient = make.PatientFactory(department=lungs)
    make.appointment(start=make.amsterdam("2026-11-02", "10.00"), patient=patient, clinician=doctor, type=kind)
    for one in (colleague, doctor):
        make.session_with(one, "2026-11-30", "13.00", "15.00")
    window = {"type": kind.pk, "from": "2026-11-30", "until": "2026-11-30", "patient": str(patient.public_id)}
    first = planner.get("api-proposals", window).json()["proposals"][0]
    assert first["clinician"]["id"] == doctor.pk
    assert "own_clinician" in [reason["id"] for reason in first["reasons"]]
    only = planner.get("api-proposals", window | {"clinician": colleague.pk}).json()["proposals"]
    assert {one["clinician"]["id"] for one in only} == {colleague.pk}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-12-01", "until": "2026-11-30"}, "until"),
        ({"from": "2026-01-01", "until": "2026-12-31"}, "until"),
        ({"from": "morgen", "until": "2026-11-30"}, "from"),
        ({"from": "0001-01-01", "until": "2026-11-30"}, "from"),
        ({"until": "2026-11-30"}, "from"),
        ({"from": "2026-11-30", "until": "2026-11-30", "clinician": "-1"}, "clinician"),
        ({"from": "2026-11-30", "until": "2026-11-30", "clinician": "9" * 30}, "clinician"),
        ({"from": "2026-11-30", "until": "2026-11-30", "type": "een"}, "type"),
    ],
)
def test_window_that_makes_no_sense_is_named(planner, lungs, query, field):
    kind = make.AppointmentTypeFactory(department=lungs)
    response = planner.get("api-slots", {"type": kind.pk} | query)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_raster_is_previewed_then_published_and_again_without_change(planner, lungs, doctor):
    make.usual_types(lungs)
    raster = make.starter_raster("PP-21", department=lungs, clinician=doctor)
    until = {"until": "2026-12-11"}
    shown = planner.get("api-raster", pk=raster.pk).json()
    assert (shown["phase"], shown["blocks"][0]["start"], shown["blocks"][0]["slot_minutes"]) == ("draft", "13:00", 15)
    preview = planner.get("api-raster-publication", until, pk=raster.pk).json()
    assert not ClinicSession.objects.exists()
    done = planner.post("api-raster-publish", until, pk=raster.pk).json()
    assert (len(preview["made"]), done["made"]) == (done["made"], ClinicSession.objects.count())
    assert done["raster"]["published_until"] == "2026-12-11"
    again = planner.post("api-raster-publish", until, pk=raster.pk).json()
    assert (again["made"], again["changed"], again["withdrawn"]) == (0, 0, 0)


def test_publishing_keeps_what_is_booked(planner, lungs, doctor):
    raster = make.starter_raster("PP-21", department=lungs, clinician=doctor)
    planner.post("api-raster-publish", {"until": "2026-12-04"}, pk=raster.pk)
    session = ClinicSession.objects.order_by("date").first()
    kind = session.blocks.first().types.first() or make.AppointmentTypeFactory(department=lungs, duration_minutes=15)
    session.blocks.first().types.add(kind)
    make.appointment(start=session.blocks.first().start, type=kind, clinician=doctor, now=NOW)
    raster.blocks.all().delete()
    preview = planner.get("api-raster-publication", {"until": "2026-12-04"}, pk=raster.pk).json()
    assert [one["id"] for one in preview["closing"]] == [str(session.public_id)]
    done = planner.post("api-raster-publish", {"until": "2026-12-04"}, pk=raster.pk).json()
    assert [one["id"] for one in done["closing"]] == [str(session.public_id)]


@pytest.mark.parametrize("until", ["2026-11-26", "2028-01-01", "ooit"])
def test_publishing_until_a_day_that_makes_no_sense(planner, lungs, doctor, until):
    raster = make.starter_raster("PP-21", department=lungs, clinician=doctor)
    for response in (
        planner.get("api-raster-publication", {"until": until}, pk=raster.pk),
        planner.post("api-raster-publish", {"until": until}, pk=raster.pk),
    ):
        assert list(response.json()["errors"]) == ["until"]
    assert not ClinicSession.objects.exists()


def test_patient_is_found_without_diacritics_in_the_own_department_only(planner, lungs):
    here = make.PatientFactory(department=lungs, particle="", family_name="Özdemir")
    make.PatientFactory(department=make.department("neurologie"), particle="", family_name="Özdemir-Kaya")
    response = planner.post("api-patient-search", {"department": lungs.pk, "q": "ozdem"})
    assert [one["id"] for one in response.json()["patients"]] == [str(here.public_id)]
    assert AccessLog.objects.get(action="search.patient").patient == here


def test_a_name_never_stands_in_an_address(planner, lungs):
    response = planner.get("api-patients", {"department": lungs.pk, "q": "Özdemir"})
    assert (response.status_code, kind_of(response)) == (405, "method-not-allowed")
    assert response["Allow"] == "POST"


NEW = {
    "number": "9900123",
    "salutation": "ms",
    "initials": "A.",
    "particle": "ter",
    "family_name": "Braak-Žižek",
    "birth_date": "1949-02-11",
    "email": "a.terbraak@post.example",
    "mobile": "06 12 34 56 78",
}


def test_registering_a_patient(planner, lungs):
    response = planner.post("api-patients", NEW | {"department": lungs.pk})
    made = Patient.objects.get()
    assert (response.status_code, response["Location"]) == (201, f"/api/v1/patients/{made.public_id}")
    assert (made.full_name, made.mobile, made.search_name) == (
        "A. ter Braak-Žižek",
        "+31612345678",
        "a ter braak zizek",
    )
    assert planner.get(response["Location"]).json()["name"] == "A. ter Braak-Žižek"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mobile": "020-1234567"}, "mobile"),
        ({"mobile": "12"}, "mobile"),
        ({"phone": "geen"}, "phone"),
        ({"email": "a.terbraak"}, "email"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"birth_date": "1849-02-11"}, "birth_date"),
        ({"birth_date": "11-02-1949"}, "birth_date"),
        ({"family_name": ""}, "family_name"),
        ({"family_name": "a\x00b"}, "family_name"),
        ({"number": "9" * 21}, "number"),
        ({"salutation": "drs"}, "salutation"),
    ],
)
def test_registering_says_beside_the_field_what_is_wrong(planner, lungs, wrong, field):
    response = planner.post("api-patients", NEW | {"department": lungs.pk} | wrong)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert not Patient.objects.exists()


def test_patient_of_another_department_is_taken_on_by_number_and_date(planner, lungs):
    known = make.PatientFactory(department=make.department("neurologie"))
    again = planner.post("api-patients", NEW | {"department": lungs.pk, "number": known.number})
    assert (again.status_code, kind_of(again)) == (409, "patient-known")
    wish = {"department": lungs.pk, "number": known.number, "birth_date": known.birth_date.isoformat()}
    wrong_date = planner.post("api-patient-known", wish | {"birth_date": "1950-01-01"})
    wrong_number = planner.post("api-patient-known", wish | {"number": "nooit"})
    assert wrong_date.status_code == 404
    assert wrong_date.content == wrong_number.content
    assert planner.get("api-patient", public_id=known.public_id).status_code == 404
    assert planner.post("api-patient-known", wish).status_code == 201
    assert planner.get("api-patient", public_id=known.public_id).status_code == 200


def test_appointment_of_another_department_is_nothing_but_time(planner, lungs):
    neurology = make.department("neurologie")
    patient = make.PatientFactory(department=lungs)
    make.treated_by(patient, [neurology])
    make.appointment(patient=patient, department=neurology, start=make.amsterdam("2026-11-30", "10.00"), now=NOW)
    told = planner.get("api-patient", public_id=patient.public_id).json()
    assert told["appointments"] == []
    assert told["elsewhere"] == [{"start": "2026-11-30T10:00:00+01:00", "end": "2026-11-30T10:20:00+01:00"}]


def test_preference_is_noted_and_its_history_kept(planner, lungs):
    patient = make.PatientFactory(department=lungs)
    for form in ("video", "unknown"):
        assert planner.put("api-patient-preference", {"preference": form}, public_id=patient.public_id).json() == {
            "preference": form
        }
    assert planner.get("api-patient-preference", public_id=patient.public_id).json() == {"preference": "unknown"}
    assert ContactPreference.objects.count() == 2


def test_call_list_says_whom_to_phone_and_a_task_is_done_once(planner, lungs, staff):
    patient = make.PatientFactory(department=lungs, email="", mobile="", phone="020-7654321")
    held = make.appointment(patient=patient, start=make.amsterdam("2026-11-30", "10.00"), now=NOW)
    (task,) = planner.get("api-call-tasks", {"department": lungs.pk}).json()["tasks"]
    assert (task["appointment"], task["reason"], task["numbers"]) == (
        str(held.public_id),
        "no_channel",
        ["020-7654321"],
    )
    tried = planner.post("api-call-task-complete", {"outcome": "no_answer"}, public_id=task["id"]).json()
    assert (tried["tries"], tried["done_at"]) == (1, None)
    done = planner.post("api-call-task-complete", {"outcome": "reached"}, public_id=task["id"]).json()
    assert done["done_at"]
    again = planner.post("api-call-task-complete", {"outcome": "reached"}, public_id=task["id"])
    assert (again.status_code, kind_of(again)) == (409, "already-done")
    assert CallTask.objects.get().tries == 2


def test_call_list_names_the_parent_of_a_child(planner, lungs):
    child, mother = make.child_with_parent(NOW.date(), years=7, department=lungs)
    mother.email = ""
    mother.save()
    make.appointment(patient=child, start=make.amsterdam("2026-11-30", "10.00"), now=NOW)
    tasks = planner.get("api-call-tasks", {"department": lungs.pk}).json()["tasks"]
    assert all(mother.name in task["call"] for task in tasks)


@pytest.fixture
def two_tasks(lungs):
    """One patient without mail or phone, with two appointments."""
    patient = make.PatientFactory(department=lungs, unreachable=True)
    for clock in ("10.00", "15.00"):
        make.appointment(patient=patient, start=make.amsterdam("2026-11-30", clock), now=NOW)
    return [str(task.public_id) for task in CallTask.objects.order_by("pk")]


def test_patient_on_the_line_is_not_given_to_a_colleague(planner, lungs, staff, two_tasks):
    held = planner.post("api-call-task-hold", public_id=two_tasks[0])
    assert (held.status_code, held.json()["held_until"]) == (200, "2026-11-27T09:10:00+01:00")
    colleague = staff(make.member("helpdesk", lungs))
    for name, body in (("api-call-task-hold", {}), ("api-call-task-complete", {"outcome": "reached"})):
        refused = colleague.post(name, body, public_id=two_tasks[1])
        assert (refused.status_code, kind_of(refused)) == (409, "held-by-other")
    released = planner.delete("api-call-task-hold", public_id=two_tasks[0])
    assert (released.status_code, released.json()["held_until"]) == (200, None)
    assert colleague.post("api-call-task-hold", public_id=two_tasks[1]).status_code == 200


def test_one_call_finishes_all_tasks_it_dealt_with_and_states_a_preference(planner, two_tasks):
    said = {"outcome": "reached", "result": "wants_phone", "note": "Belt liever", "also": two_tasks[1:]}
    done = planner.post("api-call-task-complete", said, public_id=two_tasks[0]).json()
    assert (done["outcome"], done["note"]) == ("reached", "Belt liever")
    assert not CallTask.objects.filter(done_at=None).exists()
    assert ContactPreference.objects.get().preference == "phone"


def test_preference_is_not_stated_by_who_may_not(lungs, staff, two_tasks):
    helpdesk = staff(make.member("helpdesk", lungs))
    said = {"outcome": "reached", "result": "wants_visit"}
    assert helpdesk.post("api-call-task-complete", said, public_id=two_tasks[0]).status_code == 403
    assert CallTask.objects.filter(done_at=None).count() == 2


def test_result_of_a_call_that_reached_nobody_is_refused(planner, two_tasks):
    said = {"outcome": "no_answer", "result": "ready"}
    assert planner.post("api-call-task-complete", said, public_id=two_tasks[0]).status_code == 400


def test_right_number_that_was_heard_is_kept_and_phoned_at_once(planner, two_tasks):
    said = {"outcome": "wrong_number", "right_number": "020-7654321", "also": two_tasks[1:]}
    told = planner.post("api-call-task-complete", said, public_id=two_tasks[0]).json()
    assert (told["numbers"], told["call_after"], told["done_at"]) == (["+31207654321"], None, None)
    assert (told["needs"], told["held_until"]) == (["unreachable"], "2026-11-27T09:10:00+01:00")
    assert AccessLog.objects.filter(action="change.contact", result="allowed").count() == 1


@pytest.mark.parametrize(
    ("outcome", "right"),
    [("reached", "0612"), ("no_answer", "020-7654321"), ("wrong_number", "020-1234567"), ("reached", "x" * 31)],
)
def test_number_that_cannot_be_the_right_one_is_refused(planner, lungs, outcome, right):
    patient = make.PatientFactory(department=lungs, email="", mobile="", phone="+31201234567")
    make.appointment(patient=patient, start=make.amsterdam("2026-11-30", "10.00"), now=NOW)
    task = CallTask.objects.get()
    said = {"outcome": outcome, "right_number": right}
    refused = planner.post("api-call-task-complete", said, public_id=task.public_id)
    assert refused.status_code == 400
    assert "right_number" in str(refused.json())
    task.refresh_from_db()
    assert task.tries == 0


def test_right_number_is_not_kept_for_who_may_not_change_contact(lungs, staff, two_tasks):
    helpdesk = staff(make.member("helpdesk", lungs))
    said = {"outcome": "reached", "right_number": "020-7654321"}
    assert helpdesk.post("api-call-task-complete", said, public_id=two_tasks[0]).status_code == 403
    assert CallTask.objects.filter(done_at=None).count() == 2
    assert AccessLog.objects.filter(action="change.contact", result="refused").exists()


def test_right_number_is_not_kept_of_who_is_not_treated_here(planner, two_tasks):
    CallTask.objects.first().patient.treatment_relations.all().delete()
    said = {"outcome": "reached", "right_number": "020-7654321"}
    assert planner.post("api-call-task-complete", said, public_id=two_tasks[0]).status_code == 404


def test_call_list_by_shelf(planner, lungs, two_tasks):
    def shown(shelf):
        asked = {"department": lungs.pk, "show": shelf}
        return [task["id"] for task in planner.get("api-call-tasks", asked).json()["tasks"]]

    planner.post("api-call-task-complete", {"outcome": "voicemail"}, public_id=two_tasks[0])
    assert (shown("needed"), shown("later"), shown("if_time")) == (two_tasks[1:], two_tasks[:1], [])
    for _ in range(2):
        planner.post("api-call-task-complete", {"outcome": "no_answer"}, public_id=two_tasks[0])
    assert (shown("unreached"), shown("done")) == (two_tasks[:1], two_tasks[:1])
    planner.post("api-call-task-complete", {"outcome": "reached"}, public_id=two_tasks[1])
    assert set(shown("done")) == set(two_tasks)


def test_call_about_an_invitation_has_no_appointment(planner, lungs):
    patient = make.PatientFactory(department=lungs, unreachable=True, phone="+31201234567")
    open_call_task_for_patient(
        patient=patient,
        department=lungs,
        reason=CallTask.Reason.NO_CHANNEL,
        occasion="order 1",
        call_before=NOW,
        now=NOW,
        about="invitation",
    )
    (task,) = planner.get("api-call-tasks", {"department": lungs.pk}).json()["tasks"]
    assert (task["appointment"], task["start"], task["numbers"]) == (None, None, ["+31201234567"])
    done = planner.post("api-call-task-complete", {"outcome": "reached"}, public_id=task["id"])
    assert done.json()["done_at"]


def test_types_and_clinicians_of_a_department(planner, lungs, doctor):
    kind = make.AppointmentTypeFactory(department=lungs, duration_minutes=20)
    make.AppointmentTypeFactory(department=lungs, active=False)
    make.AppointmentTypeFactory(department=make.department("neurologie"))
    make.ClinicianFactory(departments=[make.department("neurologie")])
    types = planner.get("api-types", {"department": lungs.pk}).json()["types"]
    assert [(one["id"], one["modality"], one["duration_minutes"]) for one in types] == [(kind.pk, "video", 20)]
    clinicians = planner.get("api-clinicians", {"department": lungs.pk}).json()["clinicians"]
    assert [one["id"] for one in clinicians] == [doctor.pk]


def test_my_day_is_today_unless_asked(lungs, staff):
    user = make.member("clinician", lungs)
    make.appointment(start=NOW + timedelta(hours=2), clinician=user.clinician, department=lungs, now=NOW)
    make.appointment(start=NOW + timedelta(days=3), clinician=user.clinician, department=lungs, now=NOW)
    program = staff(user)
    today = program.get("api-my-day").json()
    monday = program.get("api-my-day", {"date": "2026-11-30"}).json()
    assert (today["date"], len(today["rows"])) == (timezone.localdate().isoformat(), 1)
    assert (monday["date"], len(monday["rows"])) == ("2026-11-30", 1)

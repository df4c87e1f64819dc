"""Rasters through the API: drafts, versions, publication, exceptions, misfits, runs, workplaces."""

import pytest

from scheduling.actions.publication_runs import start_run
from scheduling.models import Appointment, Misfit, PublicationRun, Raster
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
UNTIL = {"until": "2026-12-11"}
MONDAY = {"day": "2026-11-30", "half_day": "afternoon"}


@pytest.fixture
def lungs(time_machine):
    time_machine.move_to(NOW, tick=False)
    return make.department("longziekten")


@pytest.fixture
def planner(lungs, staff):
    return staff(make.member("planner", lungs))


@pytest.fixture
def lead(lungs, staff):
    return staff(make.member("lead", lungs))


@pytest.fixture
def raster(lungs):
    """Mondays from one to two, published for two weeks."""
    made = make.starter_raster("PP-21", department=lungs, weekdays=[0])
    make.publish(made, now=NOW, **UNTIL)
    made.refresh_from_db()
    return made


def book(raster, clock="13.45"):
    video = raster.department.appointment_types.get(code="cp-video-15")
    start = make.amsterdam("2026-11-30", clock)
    return make.appointment(start=start, clinician=raster.clinician, type=video, now=NOW)


def block(raster, **changed):
    kinds = raster.department.appointment_types.filter(code="cp-video-15")
    usual = {
        "key": raster.blocks.get().key,
        "weekday": 0,
        "start": "13:00",
        "end": "13:30",
        "mode": "fixed",
        "slot_minutes": 15,
        "types": [kind.pk for kind in kinds],
    }
    return usual | changed


def change(program, raster, *changes, base=None, headers=None):
    body = {"base": base or raster.revision, "changes": list(changes)}
    return program.send("patch", "api-raster-draft", body, pk=raster.pk, headers=headers)


# --- Drafts ---------------------------------------------------------------------------------------------------------
def test_draft_changed_block_by_block(planner, raster):
    key = raster.blocks.get().key
    new = block(raster, key=-1, start="15:00", end="16:00")
    done = change(planner, raster, {"put": block(raster)}, {"put": new})
    told = done.json()
    assert done.status_code == 200, told
    shown = planner.get("api-raster", pk=raster.pk).json()
    assert shown["revision"] == told["revision"] == raster.revision + 1
    assert [(one["key"], one["start"], one["end"]) for one in shown["blocks"]] == [
        (key, "13:00", "13:30"),
        (told["keys"]["-1"], "15:00", "16:00"),
    ]


def test_same_block_changed_by_another_is_409_with_that_block(planner, raster, lungs, staff):
    colleague, key = staff(make.member("planner", lungs)), raster.blocks.get().key
    assert change(colleague, raster, {"put": block(raster, end="13:45")}).status_code == 200
    refused = change(planner, raster, {"put": block(raster)})
    assert (refused.status_code, kind_of(refused)) == (409, "changed-meanwhile")
    assert refused.json()["blocks"] == [key]
    again = change(planner, raster, {"put": block(raster)}, base=refused.json()["revision"])
    assert again.status_code == 200


def test_new_block_sent_twice_with_one_key_is_made_once(planner, raster):
    new = {"put": block(raster, key=-1, start="15:00", end="16:00")}
    one, two = (change(planner, raster, new, headers={"Idempotency-Key": "middag"}) for _ in range(2))
    assert one.json() == two.json()
    assert two["Idempotency-Replayed"] == "true"
    assert raster.blocks.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([], ""),
        ("alles", ""),
        ([{"put": {"key": -1}}], "weekday"),
        ([{"set": {"weeks": "soms"}}], "weeks"),
        ([{"remove": "x"}], ""),
        ([{"set": {"valid_from": "2026-12-01", "valid_until": "2026-11-01"}}], "valid_until"),
    ],
)
def test_change_that_cannot_be_read_says_which_and_where(planner, raster, changes, field):
    refused = planner.send("patch", "api-raster-draft", {"base": 1, "changes": changes}, pk=raster.pk)
    assert (refused.status_code, kind_of(refused)) == (400, "invalid")
    assert field in {one["field"] for one in refused.json()["errors"]["changes"]}
    raster.refresh_from_db()
    assert raster.revision == 1


def test_types_of_another_department_are_not_in_reach(planner, raster):
    foreign = make.AppointmentTypeFactory(department=make.department("neurologie"))
    refused = change(planner, raster, {"put": block(raster, types=[foreign.pk])})
    assert refused.status_code == 400


# --- New rasters ----------------------------------------------------------------------------------------------------
def test_new_raster_from_an_example_of_the_plan_and_a_copy_of_it(planner, lungs):
    make.usual_types(lungs)
    doctor = make.ClinicianFactory(departments=[lungs])
    wish = {"department": lungs.pk, "name": "Middag", "valid_from": "2026-12-01", "starter": "fixed_hour"}
    starter = planner.post("api-rasters", wish | {"weekdays": [1, 3], "valid_until": "2027-02-01"})
    assert starter.status_code == 201, starter.json()
    told = starter.json()
    assert (told["clinician"], told["phase"], told["valid_until"]) == (None, "draft", "2027-02-01")
    copy = {"department": lungs.pk, "name": "Middag", "valid_from": "2027-01-04", "copy_of": told["id"]}
    made = planner.post("api-rasters", copy | {"clinician": doctor.pk})
    blocks = planner.get(made["Location"]).json()["blocks"]
    assert [(one["weekday"], one["start"]) for one in blocks] == [(1, "13:00"), (3, "13:00")]
    assert made.json()["clinician"]["id"] == doctor.pk


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "starter"),
        ({"starter": "fixed_hour", "copy_of": 1}, "starter"),
        ({"copy_of": 999999}, "copy_of"),
        ({"starter": "fixed_hour", "valid_until": "2026-01-01"}, "valid_until"),
        ({"starter": "fixed_hour", "clinician": 999999}, "clinician"),
        ({"starter": "fixed_hour", "weekdays": [7]}, "weekdays"),
    ],
)
def test_new_raster_that_makes_no_sense(planner, lungs, wish, field):
    body = {"department": lungs.pk, "name": "Middag", "valid_from": "2026-12-01"} | wish
    refused = planner.post("api-rasters", body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not Raster.objects.exists()


def test_starter_cannot_be_published(planner, lungs):
    starter = make.starter_raster("PP-21", department=lungs, weekdays=[0])
    Raster.objects.update(clinician=None)
    for response in (
        planner.get("api-raster-publication", pk=starter.pk),
        planner.post("api-raster-publish", pk=starter.pk),
        planner.send("put", "api-raster-exception", {"kind": "closed"}, pk=starter.pk, **MONDAY),
    ):
        assert (response.status_code, kind_of(response)) == (409, "no-clinician")


# --- Publishing -----------------------------------------------------------------------------------------------------
def test_preview_tells_misfits_places_and_findings_and_publishing_does_the_same(planner, raster):
    held = book(raster)
    assert change(planner, raster, {"put": block(raster)}).status_code == 200
    preview = planner.get("api-raster-publication", UNTIL, pk=raster.pk).json()
    (misfit,) = preview["misfits"]
    assert (misfit["appointment"], misfit["refusals"][0]["id"]) == (str(held.public_id), "outside_block")
    first, _second = preview["per_date"]
    assert (first["date"], first["before"]["total"], first["after"]["total"]) == ("2026-11-30", 3, 2)
    assert first["difference"] == {"total": -1, "by_form": {"video": -1}}
    assert preview["holidays"] == []
    assert held.patient.family_name not in str(preview)

    done = planner.post("api-raster-publish", UNTIL | {"revision": preview["revision"]}, pk=raster.pk)

    assert (done.status_code, done.json()["changed"], done.json()["misfits"]) == (200, 2, 1)
    assert done.json()["raster"]["version"] == 2


def test_draft_that_changed_since_the_preview_is_not_published(planner, raster):
    assert change(planner, raster, {"put": block(raster)}).status_code == 200
    refused = planner.post("api-raster-publish", UNTIL | {"revision": raster.revision}, pk=raster.pk)
    assert (refused.status_code, kind_of(refused)) == (409, "changed-meanwhile")


def test_block_rules_refuse_in_words_and_a_reason_answers_a_warning(planner, raster):
    early = block(raster, start="06:00", end="07:00")
    assert change(planner, raster, {"put": early}).status_code == 200
    refused = planner.post("api-raster-publish", UNTIL, pk=raster.pk)
    assert (refused.status_code, kind_of(refused)) == (409, "block-rules")
    (finding,) = refused.json()["findings"]
    assert (finding["id"], finding["severity"], finding["weekday"]) == ("outside_opening_hours", "warning", 0)
    assert finding["sentence"]
    reason = {"finding": finding["id"], "weekday": finding["weekday"], "text": "Vroeg spreekuur"}
    done = planner.post("api-raster-publish", UNTIL | {"reasons": [reason]}, pk=raster.pk)
    assert done.status_code == 200
    latest = planner.get("api-raster-versions", pk=raster.pk).json()["versions"][0]
    assert latest["reasons"] == [reason]


def test_final_is_for_who_may_approve(planner, lead, raster, lungs, staff):
    administrator = staff(make.member("administrator", lungs))
    assert planner.post("api-raster-publish", {"phase": "final"}, pk=raster.pk).status_code == 403
    assert planner.post("api-raster-approve", pk=raster.pk).status_code == 403
    other = lead.post("api-raster-approve", {"version": 2}, pk=raster.pk)
    assert (other.status_code, kind_of(other)) == (409, "changed-meanwhile")
    approved = lead.post("api-raster-approve", {"version": 1}, pk=raster.pk).json()
    assert (approved["number"], approved["phase"]) == (1, "final")
    assert change(planner, raster, {"put": block(raster)}).status_code == 200
    done = administrator.post("api-raster-publish", UNTIL | {"phase": "final"}, pk=raster.pk).json()
    assert (done["raster"]["version"], done["raster"]["phase"]) == (2, "final")


def test_draft_alone_cannot_be_approved(lead, lungs):
    draft = make.starter_raster("PP-21", department=lungs, weekdays=[0])
    refused = lead.post("api-raster-approve", pk=draft.pk)
    assert (refused.status_code, kind_of(refused)) == (409, "not-published")


# --- Versions -------------------------------------------------------------------------------------------------------
def test_versions_differ_and_an_earlier_one_comes_back(planner, raster):
    change(planner, raster, {"put": block(raster)}, {"set": {"name": "Kort"}})
    planner.post("api-raster-publish", UNTIL, pk=raster.pk)
    versions = planner.get("api-raster-versions", pk=raster.pk).json()["versions"]
    assert [one["number"] for one in versions] == [2, 1]
    one = planner.get("api-raster-version", pk=raster.pk, number=1).json()
    assert [each["end"] for each in one["content"]["blocks"]] == ["14:00"]
    diff = planner.get("api-raster-difference", {"to": "2"}, pk=raster.pk, number=1).json()
    (changed,) = diff["changed"]
    assert (diff["fields"], changed["before"]["end"], changed["after"]["end"]) == (["name"], "14:00", "13:30")
    assert planner.get("api-raster-difference", pk=raster.pk, number=2).json()["changed"] == []

    raster.refresh_from_db()
    stale = planner.post("api-raster-restore", {"revision": raster.revision - 1}, pk=raster.pk, number=1)
    assert (stale.status_code, kind_of(stale)) == (409, "changed-meanwhile")
    back = planner.post("api-raster-restore", {"revision": raster.revision}, pk=raster.pk, number=1)
    assert back.status_code == 200
    assert planner.post("api-raster-publish", UNTIL, pk=raster.pk).json()["raster"]["version"] == 3
    assert planner.get("api-raster-difference", {"to": "3"}, pk=raster.pk, number=1).json()["changed"] == []


@pytest.mark.parametrize("to", ["x", "-1", "99999999999999"])
def test_difference_with_what_is_no_version(planner, raster, to):
    assert planner.get("api-raster-difference", {"to": to}, pk=raster.pk, number=1).status_code == 400
    assert planner.get("api-raster-difference", {"to": "9"}, pk=raster.pk, number=1).status_code == 404


# --- Exceptions -----------------------------------------------------------------------------------------------------
def put(program, raster, body, **where):
    return program.send("put", "api-raster-exception", body, pk=raster.pk, **(MONDAY | where))


def test_exception_is_put_listed_and_taken_back(planner, raster):
    done = put(planner, raster, {"kind": "shifted", "shift_minutes": 30, "reason": "Overleg"})
    assert (done.status_code, done.json()["published"]["changed"]) == (200, 1)
    (listed,) = planner.get("api-raster-exceptions", pk=raster.pk).json()["exceptions"]
    assert (listed["date"], listed["shift_minutes"], listed["reason"]) == ("2026-11-30", 30, "Overleg")
    assert planner.get("api-raster-exceptions", {"since": "2026-12-01"}, pk=raster.pk).json()["exceptions"] == []
    back = planner.delete("api-raster-exception", pk=raster.pk, **MONDAY).json()
    assert back["published"]["changed"] == 1
    assert planner.delete("api-raster-exception", pk=raster.pk, **MONDAY).json()["published"] is None


def test_exception_with_blocks_of_its_own(planner, raster):
    own = {name: value for name, value in block(raster).items() if name not in ("key", "weekday")}
    body = {"kind": "own_blocks", "blocks": [own | {"start": "9.00", "end": "9.30"}]}
    done = put(planner, raster, body, half_day="morning")
    assert done.json()["published"]["made"] == 1
    (listed,) = planner.get("api-raster-exceptions", pk=raster.pk).json()["exceptions"]
    assert [(one["key"], one["start"]) for one in listed["blocks"]] == [(1, "09:00")]


@pytest.mark.parametrize(
    ("body", "where", "status", "kind"),
    [
        ({"kind": "closed"}, {"day": "2026-11-28"}, 409, "in-past"),
        ({"kind": "closed"}, {"day": "morgen"}, 404, "not-found"),
        ({"kind": "closed"}, {"day": "1999-01-01"}, 404, "not-found"),
        ({"kind": "closed"}, {"half_day": "evening"}, 404, "not-found"),
        ({"kind": "shifted"}, {}, 400, "invalid"),
        ({"kind": "shifted", "shift_minutes": 241}, {}, 400, "invalid"),
        ({"kind": "shifted", "shift_minutes": -60}, {}, 400, "invalid"),
        ({"kind": "shifted", "shift_minutes": 30}, {"half_day": "morning"}, 409, "nothing-there"),
        ({"kind": "own_blocks"}, {}, 400, "invalid"),
        ({"kind": "own_blocks", "blocks": [{}]}, {}, 400, "invalid"),
        ({"kind": "own_blocks", "blocks": "x"}, {}, 400, "invalid"),
        ({"kind": "weg"}, {}, 400, "invalid"),
    ],
)
def test_exception_that_cannot_be(planner, raster, body, where, status, kind):
    refused = put(planner, raster, body, **where)
    assert (refused.status_code, kind_of(refused)) == (status, kind)
    assert not raster.exceptions.exists()


def test_own_blocks_in_the_wrong_half_or_over_each_other(planner, raster):
    own = {name: value for name, value in block(raster).items() if name not in ("key", "weekday")}
    wrong = put(planner, raster, {"kind": "own_blocks", "blocks": [own]}, half_day="morning")
    assert (wrong.status_code, kind_of(wrong)) == (400, "invalid")
    twice = put(planner, raster, {"kind": "own_blocks", "blocks": [own, own]})
    assert (twice.status_code, kind_of(twice)) == (409, "block-rules")
    assert "overlaps" in {one["id"] for one in twice.json()["findings"]}


# --- Misfits --------------------------------------------------------------------------------------------------------
def test_misfits_are_listed_and_left_with_a_reason(planner, raster, lungs):
    held = book(raster)
    put(planner, raster, {"kind": "closed"})
    (listed,) = planner.get("api-misfits", {"department": lungs.pk}).json()["misfits"]
    assert (listed["appointment"], listed["patient"]["name"]) == (str(held.public_id), held.patient.full_name)
    assert listed["refusals"][0]["sentence"]
    assert planner.post("api-misfit-leave", {"reason": " "}, pk=listed["id"]).status_code == 400
    left = planner.post("api-misfit-leave", {"reason": "Komt toch"}, pk=listed["id"]).json()
    assert (left["ended_as"], left["reason"]) == ("left", "Komt toch")
    again = planner.post("api-misfit-leave", {"reason": "Nog eens"}, pk=listed["id"])
    assert (again.status_code, kind_of(again)) == (409, "already-done")
    assert planner.get("api-misfits", {"department": lungs.pk}).json()["misfits"] == []
    assert Appointment.objects.get().is_active


def test_misfits_ask_the_database_as_often_for_three_as_for_one(planner, raster, lungs, count_queries):
    def measured():
        planner.get("api-misfits", {"department": lungs.pk})
        with count_queries() as queries:
            found = planner.get("api-misfits", {"department": lungs.pk}).json()["misfits"]
        return len(found), queries

    clocks = ["13.00", "13.15", "13.30"]
    held = [book(raster, clock) for clock in clocks]
    Misfit.objects.create(appointment=held[0], department=lungs, found_at=NOW, found_by="system")
    one = measured()
    for each in held[1:]:
        Misfit.objects.create(appointment=each, department=lungs, found_at=NOW, found_by="system")
    three = measured()
    assert (one[0], three[0]) == (1, 3)
    assert three[1].count == one[1].count, f"{one[1]}\n\n{three[1]}"


def test_publication_asks_the_database_as_often_for_many_dates_as_for_one(planner, raster, count_queries):
    change(planner, raster, {"put": block(raster)})

    def measured(until):
        planner.get("api-raster-publication", {"until": until}, pk=raster.pk)
        with count_queries() as queries:
            preview = planner.get("api-raster-publication", {"until": until}, pk=raster.pk).json()
        return len(preview["per_date"]), queries

    few, many = measured("2026-12-11"), measured("2027-05-28")
    assert many[0] > 20 > few[0]
    assert many[1].count == few[1].count, f"{few[1]}\n\n{many[1]}"


# --- Runs -----------------------------------------------------------------------------------------------------------
def test_run_is_started_read_and_stopped(planner, raster, lungs, django_capture_on_commit_callbacks):
    body = {"department": lungs.pk, "kind": "drafts", "rasters": [raster.pk]}
    with django_capture_on_commit_callbacks() as handed_over:
        begun = planner.post("api-publication-runs", body)
    run = begun.json()
    assert (begun.status_code, run["state"], run["total"], run["done"]) == (201, "waiting", 1, 0)
    assert len(handed_over) == 1
    again = planner.post("api-publication-runs", body)
    assert (again.status_code, kind_of(again)) == (409, "already-running")
    stopped = planner.post("api-publication-run-stop", pk=run["id"]).json()
    assert (stopped["state"], stopped["done"]) == ("stopped", 0)
    assert planner.get("api-publication-run", pk=run["id"]).json() == stopped
    listed = planner.get("api-publication-runs", {"department": lungs.pk}).json()["runs"]
    assert listed == [stopped]


def test_run_of_chosen_rasters_only_of_the_own_department(planner, raster, lungs):
    other = make.starter_raster("PP-21", department=make.department("neurologie"), weekdays=[0])
    body = {"department": lungs.pk, "kind": "drafts"}
    for chosen in ({}, {"rasters": []}, {"rasters": [raster.pk, other.pk]}):
        refused = planner.post("api-publication-runs", body | chosen)
        assert list(refused.json()["errors"]) == ["rasters"]
    assert planner.post("api-publication-runs", body | {"rasters": [raster.pk]}).json()["total"] == 1


def test_run_without_a_worker_waits(planner, raster, lungs):
    start_run(department=lungs, kind=PublicationRun.Kind.HORIZON, rasters=[raster], by="system", now=NOW)
    (run,) = planner.get("api-publication-runs", {"department": lungs.pk}).json()["runs"]
    assert (run["kind"], run["state"], run["failed"]) == ("horizon", "waiting", [])


# --- Workplaces -----------------------------------------------------------------------------------------------------
def test_checklist_of_a_workplace_at_home_is_confirmed(planner, lungs):
    home = make.WorkplaceFactory(department=lungs, name="Thuis", kind="home")
    cabin = make.WorkplaceFactory(department=lungs, name="Cabine 1")
    done = planner.post("api-workplace-checklist", pk=home.pk).json()
    assert done["checklist_confirmed_at"] == "2026-11-29T12:00:00+01:00"
    listed = planner.get("api-workplaces", {"department": lungs.pk}).json()["workplaces"]
    assert [(one["name"], bool(one["checklist_confirmed_at"])) for one in listed] == [
        ("Cabine 1", False),
        ("Thuis", True),
    ]
    refused = planner.post("api-workplace-checklist", pk=cabin.pk)
    assert (refused.status_code, kind_of(refused)) == (409, "not-at-home")

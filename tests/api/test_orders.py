"""Orders and care pathways through the API."""

import pytest

from scheduling.models import Appointment, FollowUpOrder, PathwayRun
from tests import factories as make
from tests.api.conftest import kind_of

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-27", "9.00")
MONDAY = "2026-11-30"
WINDOW = {"earliest": "2026-11-30", "latest": "2026-12-18"}


class Clinic:
    """Dr. Zwart has room for three on Monday."""

    def __init__(self, staff):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, modality="video", duration_minutes=20)
        self.zwart = make.ClinicianFactory(departments=[self.department], name="dr. Zwart")
        make.session_with(self.zwart, MONDAY, "13.00", "14.00")
        self.planner = staff(make.member("planner", self.department))
        self.lead = staff(make.member("lead", self.department))
        self.patient = make.PatientFactory(department=self.department)

    def order(self, *, headers=None, **more):
        body = {"patient": str(self.patient.public_id), "type": self.video.pk, **more}
        return self.planner.post("api-orders", body, headers=headers)

    def post(self, name, body, **kwargs):
        return self.planner.post(name, {"department": self.department.pk, **body}, **kwargs)


@pytest.fixture
def clinic(time_machine, staff):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def test_ordered_over_three_months_listed_changed_and_dropped(clinic):
    made = clinic.order(after=3, unit="months", margin_days=14, note="Met dochter")
    assert made.status_code == 201
    order = made.json()
    assert (order["earliest"], order["latest"], order["clinician"]) == ("2027-02-13", "2027-03-13", None)
    assert clinic.planner.client.get(made["Location"]).json() == order
    listed = clinic.planner.get("api-orders", {"department": clinic.department.pk}).json()
    assert listed["counts"] == {"overdue": 0, "due": 0, "open": 0, "later": 1}
    assert [each["id"] for each in listed["orders"]] == [order["id"]]
    change = {"type": clinic.video.pk, "clinician": clinic.zwart.pk, **WINDOW, "revision": 1}
    changed = clinic.planner.post("api-order-change", change, pk=order["id"]).json()
    assert (changed["latest"], changed["clinician"]["name"], changed["revision"]) == ("2026-12-18", "dr. Zwart", 2)
    assert kind_of(clinic.planner.post("api-order-change", change, pk=order["id"])) == "changed-meanwhile"
    dropped = clinic.planner.post("api-order-drop", {"reason": "Verhuisd", "revision": 2}, pk=order["id"])
    assert dropped.json()["drop_reason"] == "Verhuisd"
    again = clinic.planner.post("api-order-drop", {"reason": "Verhuisd", "revision": 3}, pk=order["id"])
    assert kind_of(again) == "changed-meanwhile"


@pytest.mark.parametrize(
    ("query", "shown"),
    [({"pressing": "due"}, 0), ({"pressing": "open"}, 0), ({"pressing": "later"}, 1), ({"until": "2026-12-01"}, 0)],
)
def test_list_is_filtered(clinic, query, shown):
    clinic.order(after=3)
    found = clinic.planner.get("api-orders", {"department": clinic.department.pk, **query}).json()["orders"]
    assert len(found) == shown


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "after"),
        ({"after": 3, **WINDOW}, "after"),
        ({"earliest": "2026-12-01"}, "after"),
        ({"earliest": "2026-12-18", "latest": "2026-12-01"}, "latest"),
        ({"earliest": "2026-01-01", "latest": "2026-01-02"}, "latest"),
        ({"after": 100, "unit": "months"}, "after"),
        ({"after": 3, "unit": "years"}, "unit"),
        ({"after": 3, "minutes": 7}, "minutes"),
        ({"after": 3, "clinician": 999999}, "clinician"),
    ],
)
def test_what_is_no_order_is_refused(clinic, body, field):
    answer = clinic.order(**body)
    assert kind_of(answer) == "invalid"
    assert list(answer.json()["errors"]) == [field]
    assert not FollowUpOrder.objects.exists()


def test_sent_twice_with_one_key_is_ordered_once(clinic):
    ids = {clinic.order(after=3, headers={"Idempotency-Key": "vervolg"}).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    assert FollowUpOrder.objects.count() == 1


def test_many_get_places_together_and_are_planned_each_by_itself(clinic):
    orders = [
        make.FollowUpOrderFactory(department=clinic.department, type=clinic.video, **WINDOW, patient=patient)
        for patient in (make.PatientFactory(department=clinic.department) for _ in range(4))
    ]
    asked = clinic.post("api-order-places", {"orders": [each.pk for each in orders]}).json()["orders"]
    assert [len(each["places"]) > 0 for each in asked] == [True, True, True, False]
    assert asked[0]["places"][0]["reasons"]
    choices = [
        {
            "order": each["id"],
            "revision": each["revision"],
            "start": each["places"][0]["start"],
            "clinician": each["places"][0]["clinician"]["id"],
        }
        for each in asked
        if each["places"]
    ]
    choices[1]["revision"] = 7
    choices[2]["start"] = choices[0]["start"]
    done = clinic.post("api-orders-plan", {"choices": choices}).json()["outcomes"]
    ends = {each["order"]: each["ended"] for each in done}
    assert ends == {orders[0].pk: "done", orders[1].pk: "changed", orders[2].pk: "refused"}
    assert [bool(each["refusals"]) for each in done] == [each["ended"] == "refused" for each in done]
    again = clinic.post("api-orders-plan", {"choices": choices[:1]}).json()["outcomes"]
    assert [each["ended"] for each in again] == ["changed"]
    assert Appointment.objects.count() == 1
    planned = clinic.planner.get("api-order", pk=orders[0].pk).json()
    assert planned["appointment"] == str(Appointment.objects.get().public_id)


def test_form_that_known_facts_speak_against_is_planned_with_a_reason(clinic):  # PP-03
    child = make.PatientFactory(department=clinic.department, birth_date="2020-01-01")
    order = make.FollowUpOrderFactory(department=clinic.department, type=clinic.video, **WINDOW, patient=child)
    (asked,) = clinic.post("api-order-places", {"orders": [order.pk]}).json()["orders"]
    choice = {"order": order.pk, "revision": 1, "start": asked["places"][0]["start"]}
    choice["clinician"] = asked["places"][0]["clinician"]["id"]
    refused = clinic.post("api-orders-plan", {"choices": [choice]}).json()["outcomes"]
    assert [(each["ended"], each["lacks"]) for each in refused] == [("refused", "overruled_reason")]
    choice["overruled_reason"] = "De oma brengt het kind"
    done = clinic.post("api-orders-plan", {"choices": [choice]}).json()["outcomes"]
    assert [(each["ended"], each["lacks"]) for each in done] == [("done", "")]


def test_order_of_another_department_is_not_planned(clinic):
    stranger = make.FollowUpOrderFactory(department=make.department("neurologie"))
    choice = {"order": stranger.pk, "revision": 1, "start": f"{MONDAY}T13:00:00+01:00", "clinician": clinic.zwart.pk}
    assert kind_of(clinic.post("api-orders-plan", {"choices": [choice]})) == "invalid"
    assert clinic.post("api-order-places", {"orders": [stranger.pk]}).json() == {"orders": []}


class TestPathways:
    def steps(self, clinic, *days):
        return [{"type": clinic.video.pk, "after_days": each, "margin_days": 14} for each in days]

    def made(self, clinic, *days, name="Astma"):
        body = {"department": clinic.department.pk, "name": name, "steps": self.steps(clinic, *days)}
        return clinic.lead.post("api-pathways", body)

    def start(self, clinic, pathway, **more):
        body = {"pathway": pathway["id"], "begins": MONDAY, "revision": pathway["revision"], **more}
        return clinic.planner.post("api-patient-pathways", body, public_id=clinic.patient.public_id)

    def test_made_changed_started_and_stopped(self, clinic):
        pathway = self.made(clinic, 0, 91).json()
        change = {"name": "Astma", "steps": self.steps(clinic, 0, 91, 182), "revision": 1}
        changed = clinic.lead.put("api-pathway", change, pk=pathway["id"]).json()
        assert [step["after_days"] for step in changed["steps"]] == [0, 91, 182]
        assert kind_of(clinic.lead.put("api-pathway", change, pk=pathway["id"])) == "changed-meanwhile"
        assert kind_of(self.start(clinic, pathway)) == "changed-meanwhile"
        started = self.start(clinic, changed, clinician=clinic.zwart.pk)
        assert started.status_code == 201
        assert [each["latest"] for each in started.json()["orders"]] == ["2026-12-14", "2027-03-15", "2027-06-14"]
        assert kind_of(self.start(clinic, changed)) == "already-follows"
        (run,) = clinic.planner.get("api-patient-pathways", public_id=clinic.patient.public_id).json()["runs"]
        assert run == started.json()
        stopped = clinic.planner.post("api-pathway-run-stop", {"reason": "Te zwaar"}, pk=run["id"]).json()
        assert {each["drop_reason"] for each in stopped["orders"]} == {"Te zwaar"}
        again = clinic.planner.post("api-pathway-run-stop", {"reason": "Te zwaar"}, pk=run["id"])
        assert kind_of(again) == "changed-meanwhile"
        (listed,) = clinic.planner.get("api-pathways", {"department": clinic.department.pk}).json()["pathways"]
        assert listed["running"] == 0

    @pytest.mark.parametrize(("days", "wrong"), [((), "0"), ((0, 20), "2"), ((91, 0), "2")])
    def test_steps_that_are_no_pattern_are_refused(self, clinic, days, wrong):
        answer = self.made(clinic, *days)
        assert kind_of(answer) == "invalid"
        assert list(answer.json()["errors"]["steps"]) == [wrong]

    def test_name_stands_for_one(self, clinic):
        self.made(clinic, 0)
        assert kind_of(self.made(clinic, 0)) == "name-taken"

    def test_type_of_another_department_is_no_step(self, clinic):
        stranger = make.AppointmentTypeFactory(department=make.department("neurologie"))
        step = {"type": stranger.pk, "after_days": 0, "margin_days": 0}
        body = {"department": clinic.department.pk, "name": "Astma", "steps": [step]}
        assert kind_of(clinic.lead.post("api-pathways", body)) == "invalid"

    @pytest.mark.parametrize("begins", ["2026-11-01", "2098-01-01", "x"])
    def test_beginning_that_cannot_be_is_refused(self, clinic, begins):
        answer = self.start(clinic, self.made(clinic, 0).json(), begins=begins)
        assert kind_of(answer) == "invalid"
        assert list(answer.json()["errors"]) == ["begins"]
        assert not PathwayRun.objects.exists()

"""Booking over the API: what it would mean, what was answered, what others did meanwhile, urgent and overbooked."""

import pytest
from django.utils import timezone

from people import permissions
from people.models import AccessLog
from people.permissions import Permission
from scheduling.actions.preferences import state_preference
from scheduling.models import Appointment, SessionBlock, SuitabilityCheck
from scheduling.models.minutes import to_minute
from tests import factories as make
from tests.api.conftest import kind_of
from tests.api.test_appointments import NOW, START, Clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(staff, time_machine):
    time_machine.move_to(NOW, tick=False)
    return Clinic(staff)


def preview(clinic, **fields):
    return clinic.program.post("api-appointment-preview", clinic.wish(**fields))


class TestPreview:
    def test_says_what_is_asked_known_and_told_and_books_nothing(self, clinic):
        response = preview(clinic)
        assert response.status_code == 200
        told = response.json()
        assert (told["suited"], told["findings"]) == (True, [])
        assert [each["id"] for each in told["questions"]][:2] == ["emergency", "medically_sound"]
        assert all(each["sentence"] and each["answer"] is None for each in told["questions"])
        assert told["known"]["video_held_before"] == 0
        (letter,) = told["letters"]
        assert letter["recipient"] == clinic.patient.full_name
        assert (letter["kind"], "email" in letter["channels"]) == ("confirmation", True)
        assert "13.00" in letter["body"]
        assert [each["kind"] for each in told["reminders"]] == ["day_before", "hour_before"]
        assert told["seen"] == "none"
        assert not Appointment.objects.exists()
        assert AccessLog.objects.get(action="preview.appointment").patient == clinic.patient

    def test_weighs_what_is_answered(self, clinic):
        told = preview(clinic, answers={"unsafe_at_home": "yes"}).json()
        assert not told["suited"]
        (found,) = told["findings"]
        assert (found["id"], found["rule"], found["severity"], found["proposes"]) == (
            "unsafe_at_home",
            "PP-03",
            "warning",
            "visit",
        )
        assert found["sentence"]
        assert {each["id"]: each["answer"] for each in told["questions"]}["unsafe_at_home"] == "yes"

    @pytest.mark.parametrize("answers", [{"horoscope": "yes"}, {"emergency": "perhaps"}, [], "yes"])
    def test_what_is_no_answer_is_refused(self, clinic, answers):
        response = preview(clinic, answers=answers)
        assert (response.status_code, list(response.json()["errors"])) == (400, ["answers"])

    def test_asks_the_database_as_much_for_many_as_for_one(self, clinic, count_queries):
        preview(clinic)
        with count_queries() as one:
            preview(clinic)
        for n in range(3):
            make.appointment(
                patient=clinic.patient,
                type=clinic.type,
                clinician=clinic.clinician,
                start=make.amsterdam("2026-11-30", f"{14 + n}.00"),
                now=NOW,
            )
        with count_queries() as four:
            preview(clinic)
        assert four.count == one.count, str(four)


class TestSuitability:
    def test_warned_form_needs_a_reason_and_keeps_it(self, clinic):
        asked = {"answers": {"examination_needed": "yes"}, "decided_by": "clinician"}
        refused = clinic.book(**asked)
        assert (refused.status_code, kind_of(refused)) == (400, "invalid")
        assert list(refused.json()["errors"]) == ["overruled_reason"]
        assert not Appointment.objects.exists()
        assert clinic.book(**asked, overruled_reason="Huisarts onderzoekt").status_code == 201
        kept = SuitabilityCheck.objects.get()
        assert (kept.answers, kept.overruled_reason, kept.decided_by) == (
            {"examination_needed": "yes"},
            "Huisarts onderzoekt",
            "clinician",
        )

    def test_nothing_has_to_be_answered(self, clinic):
        assert clinic.book().status_code == 201
        assert not SuitabilityCheck.objects.exists()

    def test_another_form_in_place_is_weighed_too(self, clinic):
        phone = make.AppointmentTypeFactory(department=clinic.department, modality="phone", duration_minutes=20)
        for block in SessionBlock.objects.all():
            block.types.add(phone)
        where = clinic.book(type=phone.pk)["Location"]
        change = {"type": clinic.type.pk, "version": 1, "answers": {"unsafe_at_home": "yes"}}
        refused = clinic.program.post(f"{where}/form", change)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["overruled_reason"])
        done = clinic.program.post(f"{where}/form", change | {"overruled_reason": "Belt vanaf het werk"})
        assert (done.status_code, done.json()["modality"]) == (200, "video")
        assert SuitabilityCheck.objects.get().modality == "video"


class TestMeanwhile:
    def test_what_others_booked_is_told_and_the_new_token_goes_on(self, clinic):
        seen = preview(clinic).json()["seen"]
        other = make.appointment(
            patient=clinic.patient,
            type=clinic.type,
            clinician=clinic.clinician,
            start=make.amsterdam("2026-11-30", "15.00"),
            now=NOW,
        )
        response = clinic.book(seen=seen)
        assert (response.status_code, kind_of(response)) == (409, "changed-meanwhile")
        told = response.json()
        assert [each["id"] for each in told["meanwhile"]] == [str(other.public_id)]
        assert Appointment.objects.count() == 1
        assert clinic.book(seen=told["seen"]).status_code == 201

    def test_without_a_token_nothing_is_compared(self, clinic):
        clinic.book()
        assert clinic.book(start="2026-11-30T15:00:00+01:00").status_code == 201

    def test_token_of_nobody_is_refused(self, clinic):
        assert list(clinic.book(seen="0").json()["errors"]) == ["seen"]


class TestPlan:
    def test_as_long_as_asked(self, clinic):
        assert clinic.book(minutes=45).json()["duration_minutes"] == 45
        assert list(clinic.book(minutes=7).json()["errors"]) == ["minutes"]

    def test_held_place_only_for_an_urgent_consult(self, clinic):  # PP-32
        SessionBlock.objects.update(released=to_minute(make.amsterdam("2026-11-30", "12.00")))
        assert [each["id"] for each in clinic.book().json()["refusals"]] == ["held_for_urgent"]
        window = {"type": clinic.type.pk, "from": "2026-11-30", "until": "2026-11-30"}
        assert clinic.program.get("api-slots", window).json()["slots"] == []
        assert clinic.program.get("api-slots", window | {"urgent": "true"}).json()["slots"]
        assert clinic.book(urgent=True).status_code == 201

    def test_overbooking_needs_a_reason_and_the_permission(self, clinic, monkeypatch):
        clinic.book()
        other = make.PatientFactory(department=clinic.department)
        wish = {"patient": str(other.public_id), "overbook": True}
        assert list(clinic.book(**wish).json()["errors"]) == ["overbook_reason"]
        with monkeypatch.context() as patch:
            patch.setitem(permissions.ROLES, Permission.OVERBOOK, frozenset())
            assert clinic.book(**wish, overbook_reason="Kan niet wachten").status_code == 403
        assert clinic.book(**wish, overbook_reason="Kan niet wachten").status_code == 201
        assert Appointment.objects.get(patient=other).overbook_reason == "Kan niet wachten"

    def test_order_is_planned_by_it_once(self, clinic):
        order = make.FollowUpOrderFactory(department=clinic.department, patient=clinic.patient, type=clinic.type)
        assert clinic.book(order=order.pk).status_code == 201
        order.refresh_from_db()
        assert order.appointment == Appointment.objects.get()
        again = clinic.book(order=order.pk, start="2026-11-30T15:00:00+01:00")
        assert (again.status_code, kind_of(again)) == (409, "changed-meanwhile")

    def test_order_of_another_patient_is_refused(self, clinic):
        order = make.FollowUpOrderFactory(department=clinic.department, type=clinic.type)
        assert list(clinic.book(order=order.pk).json()["errors"]) == ["order"]


def test_every_form_is_proposed_with_the_wish_as_a_reason(clinic):  # PP-01
    phone = make.AppointmentTypeFactory(department=clinic.department, modality="phone", duration_minutes=10)
    for block in SessionBlock.objects.all():
        block.types.add(phone)
    state_preference(patient=clinic.patient, preference="phone", by="system", now=timezone.now())
    asked = {
        "type": clinic.type.pk,
        "patient": str(clinic.patient.public_id),
        "from": "2026-11-30",
        "until": "2026-12-04",
    }
    own = clinic.program.get("api-proposals", asked).json()["proposals"]
    assert {(each["type"], each["minutes"]) for each in own} == {(clinic.type.pk, 20)}
    best = clinic.program.get("api-proposals", asked | {"any_form": "true"}).json()["proposals"][0]
    assert (best["type"], best["minutes"]) == (phone.pk, 10)
    assert "preferred_form" in [reason["id"] for reason in best["reasons"]]
    longer = clinic.program.get("api-proposals", asked | {"minutes": "45"}).json()["proposals"]
    assert {each["minutes"] for each in longer} == {45}


def test_start_is_the_moment_that_was_wished(clinic):
    assert clinic.book(answers={"emergency": "no"}).json()["start"] == START

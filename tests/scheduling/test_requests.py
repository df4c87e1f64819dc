"""PP-07: another form is asked; it is granted in one step, declined with a reason, withdrawn or overtaken."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from events.models import Event
from scheduling.actions import requests
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.placing import ChangedMeanwhile, NotPlaced, Plan, plan_of
from scheduling.actions.preferences import state_preference
from scheduling.actions.replanning import replan_appointment
from scheduling.actions.requests import (
    AlreadyAnswered,
    NoReason,
    decline_request,
    end_past_requests,
    grant_request,
    request_form,
    withdraw_request,
)
from scheduling.actions.undoing import put_back
from scheduling.models import AppointmentStatus, ModalityRequest
from scheduling.queries.preferences import wish_for
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "9.00")
MONDAY = "2026-11-30"
LINK = "link:00000000-0000-4000-8000-000000000001"
CLERK = "user:7"


class Clinic:
    """Dr. Zwart on Monday from 13.00: video and phone of 20 minutes; a visit of 30 does not fit in place."""

    def __init__(self):
        self.department = make.department("longziekten")
        self.video = make.AppointmentTypeFactory(department=self.department, duration_minutes=20)
        self.phone = make.AppointmentTypeFactory(department=self.department, modality="phone", duration_minutes=20)
        self.visit = make.AppointmentTypeFactory(department=self.department, modality="visit", duration_minutes=30)
        self.zwart = make.ClinicianFactory(departments=[self.department], name="dr. Zwart")
        make.session_with(self.zwart, MONDAY, "13.00", "16.00", department=self.department)
        self.held = self.book("13.00")
        self.book("13.20")

    def book(self, clock):
        return make.appointment(clinician=self.zwart, type=self.video, start=make.amsterdam(MONDAY, clock), now=NOW)

    def in_place(self, kind=None):
        return replace(plan_of(self.held), type=kind or self.phone, minutes=None)


@pytest.fixture
def clinic():
    return Clinic()


def ask(held, asked="phone", by=LINK):
    return request_form(appointment=held, asked=asked, by=by, now=NOW)


def facts(kind):
    return list(Event.objects.filter(kind=kind).values_list("actor", "data__modality"))


class TestAsking:
    def test_request_is_kept_with_who_asked_and_when(self, clinic):
        request = request_form(
            appointment=clinic.held, asked="phone", by=CLERK, now=NOW, note="Geen camera", asked_by="representative"
        )
        assert (request.department, request.note, request.asked_by, request.asked_at, request.end) == (
            clinic.department,
            "Geen camera",
            CLERK,
            NOW,
            "",
        )
        (fact,) = Event.objects.filter(kind="form.requested")
        assert (fact.actor, fact.data["modality"], fact.data["asked_by"]) == (CLERK, "phone", "representative")

    def test_asking_the_same_twice_is_one_request(self, clinic):
        assert ask(clinic.held) == ask(clinic.held, by=CLERK)
        assert facts("form.requested") == [(LINK, "phone")]

    def test_asking_something_else_takes_the_place_of_what_was_asked(self, clinic):
        first, second = ask(clinic.held), ask(clinic.held, "visit")
        first.refresh_from_db()
        assert (first.end, second.is_open) == ("withdrawn", True)

    def test_form_that_it_has_is_nothing_to_answer(self, clinic):
        ask(clinic.held, "phone")
        assert ask(clinic.held, "video") is None
        assert not ModalityRequest.objects.filter(ended_at=None).exists()

    @pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"start": NOW - timedelta(minutes=1)}])
    def test_what_is_over_is_not_asked_of(self, clinic, fields):
        type(clinic.held).objects.filter(pk=clinic.held.pk).update(**fields)
        assert ask(clinic.held) is None


class TestWish:
    def say(self, held, preference, **more):
        state_preference(patient=held.patient, preference=preference, by=LINK, now=NOW, appointment=held, **more)

    def test_wish_that_differs_becomes_a_request_and_stays_a_wish(self, clinic):
        self.say(clinic.held, "visit", note="Liever zien")
        (request,) = ModalityRequest.objects.all()
        assert (request.asked, request.note, wish_for(clinic.held)) == ("visit", "Liever zien", "visit")

    @pytest.mark.parametrize("wish", ["video", "unknown"])
    def test_who_wants_it_as_it_is_or_does_not_know_asks_for_nothing_any_more(self, clinic, wish):
        self.say(clinic.held, "phone")
        self.say(clinic.held, wish)
        (request,) = ModalityRequest.objects.all()
        assert (request.end, request.ended_by) == ("withdrawn", LINK)

    def test_wish_in_general_asks_nothing_of_an_appointment(self, clinic):
        state_preference(patient=clinic.held.patient, preference="phone", by=LINK, now=NOW)
        assert not ModalityRequest.objects.exists()


class TestGranting:
    def grant(self, clinic, request, plan=None, **more):
        return grant_request(request=request, plan=plan or clinic.in_place(), by=CLERK, now=NOW, **more)

    def test_in_place_the_form_changes_and_the_request_is_answered(self, clinic):
        request = ask(clinic.held)
        done = self.grant(clinic, request, expected_version=1)
        request.refresh_from_db()
        assert (done.modality, done.start, done.decided_by) == ("phone", clinic.held.start, "together")
        assert (request.end, request.granted, request.ended_by) == ("granted", "phone", CLERK)
        change = done.changes.last()
        assert (change.kind, change.reason, change.asked_by) == ("form", "patient_asked", "patient")
        assert facts("form_request.granted") == [(CLERK, "phone")]

    def test_elsewhere_it_is_moved_in_the_same_step(self, clinic):
        request = ask(clinic.held, "visit")
        done = self.grant(clinic, request, Plan(make.amsterdam(MONDAY, "14.00"), clinic.zwart, clinic.visit))
        request.refresh_from_db()
        assert (done.modality, done.duration_minutes, request.granted) == ("visit", 30, "visit")

    def test_what_the_rules_refuse_leaves_it_as_it_was(self, clinic):
        request = ask(clinic.held, "visit")
        assert isinstance(self.grant(clinic, request, clinic.in_place(clinic.visit)), NotPlaced)
        request.refresh_from_db()
        clinic.held.refresh_from_db()
        assert (request.is_open, clinic.held.modality, clinic.held.schedule_version) == (True, "video", 1)
        assert facts("form_request.granted") == []

    def test_another_form_than_asked_is_no_grant(self, clinic):
        with pytest.raises(ValueError, match="asked was phone"):
            self.grant(clinic, ask(clinic.held), clinic.in_place(clinic.visit))

    def test_second_clerk_is_told(self, clinic):
        request = ask(clinic.held)
        self.grant(clinic, ModalityRequest.objects.get(pk=request.pk))
        with pytest.raises(AlreadyAnswered):
            self.grant(clinic, request)

    def test_moved_meanwhile_is_said_and_nothing_is_done(self, clinic):
        request = ask(clinic.held)
        later = replace(plan_of(clinic.held), start=make.amsterdam(MONDAY, "15.00"))
        replan_appointment(appointment=clinic.held, plan=later, by="user:8", now=NOW)
        fresh = ModalityRequest.objects.get(pk=request.pk)
        with pytest.raises(ChangedMeanwhile):
            self.grant(clinic, fresh, replace(plan_of(fresh.appointment), type=clinic.phone), expected_version=1)
        assert ModalityRequest.objects.get(pk=request.pk).is_open


class TestDeclining:
    def test_reason_is_kept_for_the_patient(self, clinic):
        request = ask(clinic.held)
        decline_request(request=request, reason="  De longarts wil u onderzoeken. ", by=CLERK, now=NOW)
        request.refresh_from_db()
        assert (request.end, request.reason, request.reason_words) == (
            "declined",
            "De longarts wil u onderzoeken.",
            "De longarts wil u onderzoeken.",
        )
        assert facts("form_request.declined") == [(CLERK, "phone")]

    def test_prepared_reason_is_a_sentence(self, clinic):
        request = ask(clinic.held)
        decline_request(request=request, reason="no_place", by=CLERK, now=NOW)
        assert request.reason_words not in ("", "no_place")

    def test_without_a_reason_nothing_is_done(self, clinic):
        request = ask(clinic.held)
        with pytest.raises(NoReason):
            decline_request(request=request, reason="  ", by=CLERK, now=NOW)
        assert ModalityRequest.objects.get().is_open

    def test_after_the_patient_withdrew_nobody_is_told_no(self, clinic):
        request = ask(clinic.held)
        withdraw_request(request=ModalityRequest.objects.get(), by=LINK, now=NOW)
        with pytest.raises(AlreadyAnswered):
            decline_request(request=request, reason="no_place", by=CLERK, now=NOW)
        assert facts("form_request.declined") == []
        assert facts("form_request.withdrawn") == [(LINK, "phone")]


class TestOvertaken:
    def end(self):
        return ModalityRequest.objects.get().end

    def test_by_cancelling(self, clinic):
        ask(clinic.held)
        cancel_appointment(appointment=clinic.held, by=CLERK, now=NOW)
        assert self.end() == "overtaken"

    def test_by_the_form_that_was_asked_and_by_no_other(self, clinic):
        ask(clinic.held)
        for clock, kind, end in (("15.00", clinic.visit, ""), ("15.00", clinic.phone, "overtaken")):
            clinic.held.refresh_from_db()
            plan = Plan(make.amsterdam(MONDAY, clock), clinic.zwart, kind)
            replan_appointment(appointment=clinic.held, plan=plan, by=CLERK, now=NOW)
            assert self.end() == end

    def test_by_its_beginning(self, clinic):
        ask(clinic.held)
        assert end_past_requests(now=clinic.held.start - timedelta(minutes=1)) == 0
        assert end_past_requests(now=clinic.held.start) == 1
        assert self.end() == "overtaken"

    @pytest.mark.parametrize("how", ["granted", "cancelled"])
    def test_undone_it_is_asked_again(self, clinic, how):
        request = ask(clinic.held)
        if how == "granted":
            done = grant_request(request=request, plan=clinic.in_place(), by=CLERK, now=NOW)
        else:
            done = cancel_appointment(appointment=clinic.held, by=CLERK, now=NOW)
        put_back(changes=[done.changes.last()], by=CLERK, now=NOW + timedelta(minutes=1))
        request.refresh_from_db()
        assert (request.is_open, request.granted, request.ended_by) == (True, "", "")

    def test_undone_to_the_form_that_is_asked_nothing_is_left_to_ask(self, clinic):
        phoned = replan_appointment(appointment=clinic.held, plan=clinic.in_place(), by=CLERK, now=NOW)
        ask(phoned, "video")
        put_back(changes=[phoned.changes.last()], by=CLERK, now=NOW + timedelta(minutes=1))
        assert self.end() == "overtaken"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    ROUNDS = 5

    def test_one_answer_whoever_is_first(self):
        clinic = Clinic()
        for _round in range(self.ROUNDS):
            ModalityRequest.objects.all().delete()
            clinic.held.refresh_from_db()
            if clinic.held.modality == "phone":
                replan_appointment(appointment=clinic.held, plan=clinic.in_place(clinic.video), by=CLERK, now=NOW)
            request = ask(type(clinic.held).objects.get(pk=clinic.held.pk))

            def answer(act, row=request):
                own = ModalityRequest.objects.select_related("appointment").get(pk=row.pk)
                with suppress(AlreadyAnswered, ChangedMeanwhile):
                    act(own)
                    return 1
                return 0

            acts = (
                lambda own: grant_request(request=own, plan=clinic.in_place(), by=CLERK, now=NOW),
                lambda own: decline_request(request=own, reason="no_place", by="user:8", now=NOW),
                lambda own: withdraw_request(request=own, by=LINK, now=NOW),
            )
            done = together(*(lambda act=act: answer(act) for act in acts))
            held, request = clinic.held.__class__.objects.get(pk=clinic.held.pk), ModalityRequest.objects.get()
            assert sum(done) == 1
            assert (held.modality == "phone") == (request.end == "granted")
            assert held.status == AppointmentStatus.BOOKED

    def test_two_who_ask_at_once_ask_once(self):
        clinic = Clinic()
        together(*(lambda: ask(clinic.held) for _ in range(4)))
        assert ModalityRequest.objects.count() == 1

    def test_without_the_guard_one_request_gets_two_answers(self, monkeypatch):
        """So the race above can fail."""
        monkeypatch.setattr(requests, "_open", ModalityRequest.objects.all)
        clinic = Clinic()
        request = ask(clinic.held)
        one, other = (ModalityRequest.objects.get(pk=request.pk) for _answer in range(2))
        together(
            lambda: decline_request(request=one, reason="no_place", by=CLERK, now=NOW),
            lambda: withdraw_request(request=other, by=LINK, now=NOW),
        )
        assert len(facts("form_request.declined") + facts("form_request.withdrawn")) == 2

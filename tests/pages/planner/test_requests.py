"""Verzoeken: a clerk grants in one press or says why not; the nearest appointment first, and nothing done unseen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog
from scheduling.actions.requests import withdraw_request
from scheduling.models import Appointment, ModalityRequest
from tests import factories as make


def offered(desk, modality, minutes):
    kind = make.AppointmentTypeFactory(department=desk.department, modality=modality, duration_minutes=minutes)
    for block in desk.clinic.blocks.all():
        block.types.add(kind)
    return kind


@pytest.fixture
def phone(desk):
    return offered(desk, "phone", 20)


@pytest.fixture
def visit(desk):
    return offered(desk, "visit", 30)


def book(desk, clock, **more):
    patient = make.PatientFactory(department=desk.department)
    return make.appointment(patient=patient, clinician=desk.clinician, type=desk.type, start=desk.at(clock), **more)


@pytest.fixture
def asked(desk, phone, visit):
    """Would rather be phoned; by video at 9.40, with somebody right after."""
    book(desk, "10.00")
    return make.modality_request(book(desk, "9.40"), "phone")


def rows(desk):
    return desk.client.get(reverse("requests")).context["rows"]


def url(name, request):
    return reverse(f"request-{name}", args=[request.pk])


def grant(desk, request, place=None, version=1):
    (option, *_more) = [place] if place else [option.value for option in rows(desk)[0].options]
    return desk.client.post(url("grant", request), {"place": option, "version": version})


class TestList:
    def test_row_says_what_is_asked_how_long_ago_and_what_can_be(self, desk, asked):
        ModalityRequest.objects.update(asked_at=timezone.now() - timedelta(days=5))
        (row,) = rows(desk)
        assert (row.request, row.days, row.late, row.fits, row.asker) == (asked, 5, True, True, "")
        assert [(option.start, option.type.modality) for option in row.options] == [(desk.at("9.40"), "phone")]

    def test_nearest_appointment_comes_first_and_what_is_over_waits_for_nobody(self, desk, asked):
        later = make.modality_request(book(desk, "11.00"), "phone")
        over = make.modality_request(book(desk, "11.20"), "phone")
        Appointment.objects.filter(pk=over.appointment_id).update(start=timezone.now() - timedelta(minutes=5))
        assert [row.request for row in rows(desk)] == [asked, later]

    def test_what_does_not_fit_there_has_other_places_and_says_why(self, desk, asked):
        ModalityRequest.objects.update(asked="visit")
        (row,) = rows(desk)
        assert (row.fits, bool(row.why_not), {option.type.modality for option in row.options}) == (
            False,
            True,
            {"visit"},
        )

    def test_form_that_nobody_offers_has_no_place(self, desk, asked):
        ModalityRequest.objects.update(asked="written")
        (row,) = rows(desk)
        assert (row.has_no_type, row.options) == (True, ())

    def test_colleague_who_wrote_it_down_is_named(self, desk, asked):
        ModalityRequest.objects.update(asked_by=desk.planner.actor)
        assert rows(desk)[0].asker == "Samira Bouzid"

    def test_who_was_shown_is_logged(self, desk, asked):
        desk.client.get(reverse("requests"))
        assert AccessLog.objects.filter(action="view.requests", appointment_id=asked.appointment_id).count() == 1

    def test_as_many_queries_for_four_as_for_one(self, desk, asked, count_queries):
        def ask():
            with count_queries() as queries:
                desk.client.get(reverse("requests"))
            return queries

        ask()
        one = ask()
        for clock, form in (("10.40", "phone"), ("11.00", "visit"), ("11.20", "visit")):
            make.modality_request(book(desk, clock), form, asked_by=desk.planner.actor)
        ask()
        some = ask()
        make.modality_request(book(desk, "11.40"), "visit", asked_by=desk.planner.actor)
        four = ask()
        # Who does not fit where they stand is the first for whom other places are looked up.
        assert four.count == some.count, str(four)
        assert some.count - one.count <= 8, str(some)


class TestGrant:
    def test_one_press_changes_the_form_and_answers(self, desk, asked):
        assert grant(desk, asked)["Location"] == reverse("requests")
        held = Appointment.objects.get(pk=asked.appointment_id)
        asked.refresh_from_db()
        assert (held.modality, held.start, asked.end) == ("phone", desk.at("9.40"), "granted")
        assert AccessLog.objects.filter(action="grant.request", appointment_id=held.pk, result="allowed").exists()

    def test_at_another_place_it_is_moved(self, desk, asked):
        ModalityRequest.objects.update(asked="visit")
        grant(desk, asked)
        held = Appointment.objects.get(pk=asked.appointment_id)
        assert held.modality == "visit"
        assert held.start != desk.at("9.40")

    def test_moved_meanwhile_is_said_and_nothing_is_done(self, desk, asked):
        option = rows(desk)[0].options[0].value
        make.move_appointment(appointment=asked.appointment, start=desk.at("11.20"), by="system", now=timezone.now())
        answer = grant(desk, asked, option)
        assert answer.status_code == 409
        assert "11.20" in answer.context["problems"][0]
        assert ModalityRequest.objects.get().is_open

    def test_taken_meanwhile_shows_fresh_places(self, desk, asked):
        ModalityRequest.objects.update(asked="visit")
        place = f"{desk.slot('10.00')}.{make_kind(desk, 'visit').pk}"
        answer = grant(desk, asked, place)
        assert (answer.status_code, bool(answer.context["rows"][0].problems)) == (409, True)
        assert Appointment.objects.get(pk=asked.appointment_id).schedule_version == 1

    def test_withdrawn_meanwhile_is_said(self, desk, asked):
        option = rows(desk)[0].options[0].value
        withdraw_request(request=ModalityRequest.objects.get(), by="link:1", now=timezone.now())
        assert grant(desk, asked, option)["Location"] == reverse("requests")
        assert Appointment.objects.get(pk=asked.appointment_id).modality == "video"

    @pytest.mark.parametrize("place", ["", "here", "1.2.3", "99999999.1.1"])
    def test_place_that_is_none_is_refused(self, desk, asked, place):
        answer = desk.client.post(url("grant", asked), {"place": place, "version": 1})
        assert answer.status_code == 422
        assert ModalityRequest.objects.get().is_open

    def test_type_of_another_form_is_refused(self, desk, asked):
        place = f"{desk.slot('9.40')}.{make_kind(desk, 'visit').pk}"
        assert grant(desk, asked, place).status_code == 422


def make_kind(desk, modality):
    return desk.department.appointment_types.get(modality=modality)


class TestDecline:
    def test_prepared_reason(self, desk, asked):
        assert desk.client.post(url("decline", asked), {"reason": "no_place"})["Location"] == reverse("requests")
        asked.refresh_from_db()
        assert (asked.end, asked.reason) == ("declined", "no_place")

    def test_own_words(self, desk, asked):
        desk.client.post(url("decline", asked), {"reason": "other", "words": "Wij willen u zien"})
        asked.refresh_from_db()
        assert asked.reason == "Wij willen u zien"

    @pytest.mark.parametrize(
        ("sent", "wrong"),
        [({}, "reason"), ({"reason": "other", "words": " "}, "words"), ({"reason": "because"}, "reason")],
    )
    def test_without_a_reason_nothing_is_done(self, desk, asked, sent, wrong):
        answer = desk.client.post(url("decline", asked), sent)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
        assert ModalityRequest.objects.get().is_open

    def test_answered_before_leads_back(self, desk, asked):
        desk.client.post(url("decline", asked), {"reason": "no_place"})
        assert desk.client.get(url("decline", asked))["Location"] == reverse("requests")
        desk.client.post(url("decline", asked), {"reason": "discuss_first"})
        assert ModalityRequest.objects.get().reason == "no_place"


def test_patient_takes_it_back_by_phone(desk, asked):
    desk.client.post(url("withdraw", asked))
    asked.refresh_from_db()
    assert (asked.end, asked.ended_by) == ("withdrawn", desk.planner.actor)


def test_staff_notes_a_request_from_the_appointment_with_who_asked(desk, phone):
    held = book(desk, "9.40")
    said = {"preference": "phone", "asked_by": "representative", "note": "Geen camera"}
    desk.client.post(reverse("appointment-preference", args=[held.public_id]), said)
    (request,) = ModalityRequest.objects.all()
    assert (request.asked, request.note, request.asked_by) == ("phone", "Geen camera", desk.planner.actor)
    shown = desk.client.get(reverse("appointment", args=[held.public_id]))
    assert shown.context["asked"] == request
    assert url("grant", request).rpartition("/toekennen")[0].split("/")[-1] in shown.content.decode()

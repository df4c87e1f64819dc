"""Vandaag: clinics with the raster they come from, statuses, free places, delays, and the call list beside them."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from notifications.actions.calls import open_call_task
from notifications.models import CallOutcome, CallTask
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import AppointmentStatus, ClinicSession
from tests import factories as make
from waitingroom.actions.presence import arrive


def day_url(day):
    return reverse("today", query={"datum": day.isoformat()})


def book(desk, clock, **more):
    return make.appointment(
        clinician=desk.clinician,
        type=desk.type,
        start=desk.at(clock),
        patient=make.PatientFactory(department=desk.department),
        **more,
    )


def test_clinics_of_the_day_with_free_places_breaks_and_patients(desk):
    booked = book(desk, "9.40")
    (lane,) = desk.client.get(day_url(desk.clinic.date)).context["board"].lanes
    (session,) = lane.sessions
    assert lane.clinician == desk.clinician
    assert (session.start, session.end) == (desk.at("9.00"), desk.at("12.00"))
    # 9.00-9.40 holds two consults of 20 minutes, 10.00-12.00 holds six.
    assert session.free == 8
    assert [entry.row.appointment for entry in session.entries] == [booked]


def test_raster_a_clinic_comes_from_is_named_and_linked(desk):
    raster = make.starter_raster(
        "PP-22", department=desk.department, clinician=desk.clinician, valid_from=timezone.localdate()
    )
    make.publish(raster)
    body = desk.client.get(day_url(make.next_workday())).content.decode()
    assert reverse("raster", args=[raster.pk]) in body
    assert raster.name in body


def test_breaks_stand_between_the_appointments_in_order_of_time(desk):
    raster = make.starter_raster(
        "PP-22", department=desk.department, clinician=desk.clinician, valid_from=timezone.localdate()
    )
    ClinicSession.objects.all().delete()
    make.publish(raster)
    book(desk, "10.20")
    (lane,) = desk.client.get(day_url(make.next_workday())).context["board"].lanes
    kinds = ["pause" if entry.pause else "patient" for entry in lane.sessions[0].entries]
    assert kinds == ["pause", "patient", "pause"]


def test_who_waits_too_long_is_counted_and_the_clinician_runs_late(desk, client_of):
    booked = book(desk, "9.40")
    patient = booked.participants.get(role="patient")
    with time_machine.travel(desk.at("9.35"), tick=False) as clock:
        arrive(participant=patient, now=timezone.now(), by="system")
        clock.move_to(desk.at("9.56"))
        context = client_of(desk.planner).get(reverse("today")).context
    assert context["late"] == 1
    assert context["board"].lanes[0].delay.minutes == 16


def test_early_patient_is_not_shown_as_waiting(desk, client_of):
    booked = book(desk, "9.40")
    with time_machine.travel(desk.at("9.30"), tick=False):
        arrive(participant=booked.participants.get(role="patient"), now=timezone.now(), by="system")
        context = client_of(desk.planner).get(reverse("today")).context
    assert (context["late"], context["waiting"]) == (0, 0)
    assert context["board"].rows[0].early


def test_appointment_of_a_withdrawn_clinic_stays_on_the_board(desk):
    booked = book(desk, "9.40")
    ClinicSession.objects.update(status=ClinicSession.Status.CANCELLED)
    (lane,) = desk.client.get(day_url(desk.clinic.date)).context["board"].lanes
    assert lane.sessions[0].free is None
    assert [entry.row.appointment for entry in lane.sessions[0].entries] == [booked]


@pytest.mark.parametrize("asked", ["morgen", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-24'--"])
def test_day_that_is_none_shows_today_and_says_so(desk, asked):
    answer = desk.client.get(reverse("today"), {"datum": asked})
    assert answer.status_code == 404
    assert answer.context["wrong_day"]
    assert answer.context["day"] == timezone.localdate()


@pytest.mark.parametrize("distance", [timedelta(days=-400), timedelta(days=400)])
def test_past_and_far_days_open_empty(desk, distance):
    answer = desk.client.get(day_url(timezone.localdate() + distance))
    assert answer.status_code == 200
    assert answer.context["board"].lanes == ()


def test_day_before_and_after_lead_on(desk):
    context = desk.client.get(day_url(desk.clinic.date)).context
    assert (context["previous"], context["next"]) == (
        desk.clinic.date - timedelta(days=1),
        desk.clinic.date + timedelta(days=1),
    )


def test_each_patient_on_the_board_is_logged_once_however_often_it_refreshes(desk):
    booked = book(desk, "9.40")
    url = reverse("today-board", query={"datum": desk.clinic.date.isoformat()})
    desk.client.get(day_url(desk.clinic.date))
    for _ in range(3):
        desk.client.get(url, headers={"X-Requested-With": "live"})
    assert AccessLog.objects.filter(action="view.day", appointment_id=booked.pk).count() == 1


def test_new_patient_in_a_refresh_is_logged(desk):
    desk.client.get(day_url(desk.clinic.date))
    booked = book(desk, "9.40")
    desk.client.get(reverse("today-board", query={"datum": desk.clinic.date.isoformat()}))
    assert AccessLog.objects.filter(action="view.day", appointment_id=booked.pk).count() == 1


def test_refresh_without_a_change_is_not_sent_again(desk):
    url = reverse("today-board", query={"datum": desk.clinic.date.isoformat()})
    first = desk.client.get(url)
    assert desk.client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    book(desk, "9.40")
    assert desk.client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_board_asks_a_fixed_number_of_queries(desk, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(day_url(desk.clinic.date))
        return queries

    book(desk, "9.40")
    ask()
    one = ask()
    for name in ("dr. K. Sørensen", "J. Dijkstra"):
        colleague = make.ClinicianFactory(departments=[desk.department], name=name)
        make.session_with(
            colleague, desk.clinic.date, "9.00", "12.00", breaks=[("10.00", "10.15")], department=desk.department
        )
        make.appointment(
            clinician=colleague,
            type=desk.type,
            start=desk.at("9.00"),
            patient=make.PatientFactory(department=desk.department),
        )
    three = ask()
    assert three.count == one.count, str(three)


@pytest.fixture
def calls(desk):
    first = book(desk, "9.40")
    second = book(desk, "10.20")
    return [
        open_call_task(
            appointment=held,
            reason=CallTask.Reason.ASKED,
            occasion="test",
            now=timezone.now(),
            call_before=timezone.now() + timedelta(minutes=minutes),
        )
        for held, minutes in ((first, 10), (second, 20))
    ]


def outcome(desk, task, value):
    return desk.client.post(
        reverse("call-outcome", args=[task.public_id]), {"outcome": value}, headers={"HX-Request": "true"}
    )


def test_most_pressing_call_is_open_and_the_next_follows(desk, calls):
    shown = desk.client.get(reverse("today")).context["calls"]
    assert [call.task for call in shown] == calls
    assert shown[0].numbers == (calls[0].appointment.patient.mobile,)


def test_who_waits_is_counted_apart_from_whom_to_phone(desk, calls):
    context = desk.client.get(reverse("today")).context
    assert (context["waiting"], context["to_phone"]) == (0, len(calls))


def test_reached_closes_the_call_and_opens_the_next(desk, calls):
    answer = outcome(desk, calls[0], "reached")
    calls[0].refresh_from_db()
    assert (calls[0].outcome, calls[0].done_by) == (CallOutcome.REACHED, desk.planner.actor)
    assert [call.task for call in answer.context["calls"]] == [calls[1]]
    assert "data-autofocus" in answer.content.decode()


@pytest.mark.parametrize("value", ["no_answer", "voicemail"])
def test_call_without_an_answer_stays_open_and_is_counted(desk, calls, value):
    outcome(desk, calls[0], value)
    calls[0].refresh_from_db()
    assert (calls[0].tries, calls[0].is_open) == (1, True)


@pytest.mark.parametrize("value", ["", "not_needed", "shrug"])
def test_other_outcomes_are_refused(desk, calls, value):
    assert outcome(desk, calls[0], value).status_code == 422
    calls[0].refresh_from_db()
    assert calls[0].is_open


def test_call_that_a_colleague_made_is_said_to_be_done(desk, calls):
    CallTask.objects.filter(pk=calls[0].pk).update(done_at=timezone.now(), done_by="user:0", outcome="reached")
    answer = outcome(desk, calls[0], "no_answer")
    calls[0].refresh_from_db()
    assert calls[0].outcome == "reached"
    assert "notice warn" in answer.content.decode()


def test_parent_is_phoned_for_a_child(desk):
    child, parent = make.child_with_parent(desk.clinic.date, department=desk.department)
    held = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("11.00"), patient=child)
    open_call_task(
        appointment=held, reason=CallTask.Reason.ASKED, occasion="test", now=timezone.now(), call_before=held.start
    )
    (call,) = desk.client.get(reverse("today")).context["calls"]
    assert call.numbers == (parent.mobile,)
    assert parent.name in call.stands_in


def test_patient_without_mail_or_phone_is_on_the_list_without_a_number(desk):
    lonely = make.PatientFactory(department=desk.department, unreachable=True)
    make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("11.00"), patient=lonely)
    (call,) = desk.client.get(reverse("today")).context["calls"]
    assert (call.task.reason, call.numbers) == (CallTask.Reason.NO_CHANNEL, ())


def test_call_list_asks_a_fixed_number_of_queries(desk, calls, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(reverse("calls"))
        return queries

    ask()
    two = ask()
    for clock in ("11.00", "11.40"):
        held = book(desk, clock)
        open_call_task(
            appointment=held, reason=CallTask.Reason.ASKED, occasion="t", now=timezone.now(), call_before=held.start
        )
    ask()  # who is new on the page is logged once
    assert ask().count == two.count


def test_cancelled_row_is_over(desk):
    booked = book(desk, "9.40")
    cancel_appointment(appointment=booked, by="system", now=timezone.now())
    (row,) = desk.client.get(day_url(desk.clinic.date)).context["board"].rows
    assert row.over
    assert row.appointment.status == AppointmentStatus.CANCELLED

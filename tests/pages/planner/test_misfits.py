"""The worklist of booked appointments that no longer fit: move, leave with a reason, cancel."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog
from scheduling.models import Misfit, Raster
from tests import factories as make


@pytest.fixture
def shortened(desk):
    """An hour that became a half: mevrouw Zandbergen has its last quarter."""
    make.usual_types(desk.department)
    raster = make.starter_raster(
        "PP-21", department=desk.department, clinician=desk.clinician, valid_from=timezone.localdate()
    )
    make.publish(raster)
    patient = make.PatientFactory(department=desk.department, family_name="Zandbergen")
    held = booked(desk, "13.45", patient=patient)
    raster.blocks.update(end="13:30")
    make.publish(Raster.objects.get(pk=raster.pk))
    return held


def booked(desk, clock, *, day=None, **more):
    return make.appointment(
        clinician=desk.clinician,
        type=desk.department.appointment_types.get(code="cp-video-15"),
        start=make.amsterdam(day or make.next_workday(), clock),
        **more,
    )


def leave(misfit):
    return reverse("misfit-leave", args=[misfit.pk])


def test_worklist_says_who_when_and_why_with_a_way_to_each_decision(desk, shortened):
    answer = desk.client.get(reverse("misfits"))
    text = answer.content.decode()
    misfit = Misfit.objects.get()
    (day,) = answer.context["days"]
    assert (day.date, day.lines[0].misfit) == (make.next_workday(), misfit)
    assert day.lines[0].why[0] in text
    for address in (
        reverse("appointment-move", args=[shortened.public_id]),
        reverse("appointment-cancel", args=[shortened.public_id]),
        leave(misfit),
    ):
        assert f'href="{address}"' in text
    assert AccessLog.objects.filter(action="view.misfits", appointment_id=shortened.pk).count() == 1


def test_open_page_is_logged_once_a_day_however_often_it_is_read_again(desk, shortened):
    desk.client.get(reverse("misfits"))
    for _time in range(2):
        desk.client.get(reverse("misfit-list"), headers={"X-Requested-With": "live"})
    assert AccessLog.objects.filter(action="view.misfits", appointment_id=shortened.pk).count() == 1


def test_menu_counts_what_waits_for_a_decision(desk, shortened):
    def count():
        answer = desk.client.get(reverse("misfits"))
        return next(item.count for item in answer.context["navigation"] if item.current)

    assert count() == 1
    desk.client.post(leave(Misfit.objects.get()), {"reason": "De dokter blijft langer"})
    assert count() == 0


def test_count_of_another_department_is_not_ours(shortened, client_of):
    elsewhere = make.member("planner", make.department("neurologie"))
    answer = client_of(elsewhere).get(reverse("misfits"))
    assert [item.count for item in answer.context["navigation"]] == [0] * len(answer.context["navigation"])
    assert answer.context["days"] == []


def test_leaving_keeps_the_appointment_the_reason_and_who(desk, shortened):
    misfit = Misfit.objects.get()
    answer = desk.client.post(leave(misfit), {"reason": "De dokter blijft langer"})
    assert answer["Location"] == reverse("misfits")
    misfit.refresh_from_db()
    shortened.refresh_from_db()
    assert (misfit.end, misfit.reason) == (Misfit.End.LEFT, "De dokter blijft langer")
    assert misfit.ended_by == desk.planner.actor
    history = desk.client.get(reverse("appointment", args=[shortened.public_id])).context["history"]
    assert (history[0].who, history[0].detail) == (str(desk.planner), "De dokter blijft langer")
    assert shortened.is_active


@pytest.mark.parametrize("reason", ["", "   "])
def test_leaving_without_a_reason_is_an_error_beside_the_field(desk, shortened, reason):
    answer = desk.client.post(leave(Misfit.objects.get()), {"reason": reason})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]
    assert Misfit.objects.get().ended_at is None


def test_what_a_colleague_dealt_with_is_not_dealt_with_again(desk, shortened):
    misfit = Misfit.objects.get()
    desk.client.post(leave(misfit), {"reason": "De dokter blijft langer"})
    desk.client.post(leave(misfit), {"reason": "Iets anders"})
    misfit.refresh_from_db()
    assert misfit.reason == "De dokter blijft langer"
    assert desk.client.get(leave(misfit))["Location"] == reverse("misfits")


def test_what_was_decided_stays_in_view_below(desk, shortened):
    desk.client.post(leave(Misfit.objects.get()), {"reason": "De dokter blijft langer"})
    answer = desk.client.get(reverse("misfits"))
    assert answer.context["days"] == []
    assert [line.misfit.reason for line in answer.context["past"]] == ["De dokter blijft langer"]


def test_appointment_whose_time_has_passed_waits_for_nobody(desk, shortened, client_of, time_machine):
    time_machine.move_to(shortened.end + timedelta(hours=1), tick=False)
    answer = client_of(desk.planner).get(reverse("misfits"))
    assert (answer.context["days"], answer.context["count"]) == ([], 0)
    assert [line.misfit.appointment for line in answer.context["past"]] == [shortened]


def test_worklist_asks_a_fixed_number_of_queries(desk, shortened, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(reverse("misfits"))
        return queries

    ask()
    one = ask()
    for clock in ("9.00", "9.20", "9.40"):
        held = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at(clock))
        Misfit.objects.create(
            appointment=held, department=desk.department, found_at=timezone.now(), found_by="user:1"
        )
    assert ask().count == one.count

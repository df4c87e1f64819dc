"""Publishing a raster: the preview, a reason for each warning, trial or final, and what happened meanwhile."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from pages.planner import raster_publishing
from people.models import AccessLog
from scheduling.actions.publishing import needs_reason
from scheduling.contents import draft_content
from scheduling.locks import Busy
from scheduling.models import ClinicSession, Misfit, Raster, RasterPhase
from scheduling.queries.surroundings import findings_of
from tests import factories as make


@pytest.fixture
def usual(desk):
    make.usual_types(desk.department)
    return desk


@pytest.fixture
def raster(usual):
    """The fixed hour of the plan on workdays, in a room, so that no rule has a word to say."""
    made = make.starter_raster(
        "PP-21", department=usual.department, clinician=usual.clinician, valid_from=timezone.localdate()
    )
    made.blocks.update(workplace=make.WorkplaceFactory(department=usual.department))
    return made


def address(raster):
    return reverse("raster-publish", args=[raster.pk])


def form_for(raster, **more):
    """What the page sends: the revision that it showed, and a reason for each warning."""
    raster.refresh_from_db()
    found = needs_reason(findings_of(raster, draft_content(raster), today=timezone.localdate()))
    reasons = {raster_publishing.field_name(each.id.value): "Afgesproken" for each in found}
    return {"revision": raster.revision, **reasons, **more}


def three_hours_without_a_pause(raster):
    """A warning of PP-25, which needs a reason."""
    long = [raster.department.appointment_types.get(code="cp-video-20")]
    for weekday in (0, 1):
        make.raster_block(raster, weekday, "9.00", "12.00", types=long, workplace=raster.blocks.first().workplace)


def changed(raster, **fields):
    """As a colleague's change of the draft would."""
    raster.blocks.update(**fields)
    Raster.objects.filter(pk=raster.pk).update(revision=raster.revision + 1)


def booked_at_13_45(usual, raster):
    """In the last quarter of the hour on the next workday."""
    make.publish(raster)
    return make.appointment(
        clinician=usual.clinician,
        type=usual.department.appointment_types.get(code="cp-video-15"),
        patient=make.PatientFactory(department=usual.department, family_name="Zandbergen"),
        start=make.amsterdam(make.next_workday(), "13.45"),
    )


def test_preview_counts_exactly_what_publishing_then_does(usual, raster):
    preview = usual.client.get(address(raster)).context["preview"]
    assert not ClinicSession.objects.filter(raster=raster).exists()
    answer = usual.client.post(address(raster), form_for(raster))
    assert answer["Location"] == reverse("raster", args=[raster.pk])
    raster.refresh_from_db()
    assert ClinicSession.objects.filter(raster=raster).count() == len(preview.plan.made) > 100
    assert raster.phase == RasterPhase.TRIAL
    again = usual.client.get(address(raster)).context["preview"]
    assert (again.changes_nothing, again.plan.unchanged) == (True, len(preview.plan.made))


def test_preview_counts_free_places_now_and_after_per_date(usual, raster):
    booked_at_13_45(usual, raster)
    changed(raster, end="13:30")
    preview = usual.client.get(address(raster)).context["preview"]
    day = next(day for month in preview.months for day in month.days if day.date == make.next_workday())
    assert (day.before.total, day.after.total, day.difference.total) == (3, 2, -1)
    assert preview.difference == preview.after - preview.before < 0


def test_booking_that_would_lose_its_place_is_named_with_the_reason_before_it_happens(usual, raster):
    held = booked_at_13_45(usual, raster)
    changed(raster, end="13:30")
    answer = usual.client.get(address(raster))
    (losing,) = answer.context["preview"].misfits
    assert losing.appointment == held
    assert losing.why[0] in answer.content.decode()
    assert held.patient.family_name in answer.content.decode()
    assert AccessLog.objects.filter(action="view.raster_misfits", appointment_id=held.pk).exists()
    assert not Misfit.objects.exists()


def test_editor_counts_who_would_lose_a_place_before_anyone_publishes(usual, raster):
    booked_at_13_45(usual, raster)
    url = reverse("raster-losses", args=[raster.pk])
    assert usual.client.get(url).context["count"] == 0
    changed(raster, end="13:30")
    answer = usual.client.get(url)
    assert answer.context["count"] == 1
    assert address(raster) in answer.content.decode()
    assert usual.client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_administrator_sees_which_time_but_not_who(usual, raster, client_of):
    held = booked_at_13_45(usual, raster)
    changed(raster, end="13:30")
    answer = client_of(make.member("administrator", usual.department)).get(address(raster))
    assert len(answer.context["preview"].misfits) == 1
    assert held.patient.family_name not in answer.content.decode()
    assert not AccessLog.objects.filter(action="view.raster_misfits").exists()


def test_after_publishing_the_misfit_is_in_the_worklist_and_the_message_leads_there(usual, raster):
    held = booked_at_13_45(usual, raster)
    changed(raster, end="13:30")
    answer = usual.client.post(address(raster), form_for(raster))
    assert Misfit.objects.get(ended_at=None).appointment == held
    (message,) = get_messages(answer.wsgi_request)
    assert reverse("misfits") in str(message)
    held.refresh_from_db()
    assert held.is_active


def test_booked_clinics_that_go_from_the_raster_are_named(usual, raster):
    booked_at_13_45(usual, raster)
    raster.blocks.all().delete()
    make.raster_block(raster, 6, "9.00", "10.00")
    answer = usual.client.get(address(raster))
    assert [session.date for session in answer.context["preview"].plan.closing] == [make.next_workday()]
    assert f"datum={make.next_workday().isoformat()}" in answer.content.decode()


def test_holidays_are_left_out_by_name(usual, raster, client_of):
    with time_machine.travel(make.amsterdam("2026-12-01", "9.00"), tick=False):
        answer = client_of(usual.planner).get(address(raster))
    assert answer.context["preview"].plan.holidays[date(2026, 12, 25)] == "Eerste kerstdag"
    assert "Eerste kerstdag" in answer.content.decode()


def test_block_in_the_hour_that_the_clock_skips_is_said_to_be_left_out(usual, client_of):
    raster = make.RasterFactory(department=usual.department, clinician=usual.clinician, valid_from=date(2027, 3, 1))
    make.raster_block(raster, 0, "2.15", "2.45")
    make.policy(usual.department, closed_on_holidays=False)
    make.raster_block(raster, 6, "2.15", "2.45")
    with time_machine.travel(make.amsterdam("2027-03-15", "9.00"), tick=False):
        answer = client_of(usual.planner).get(address(raster))
    assert [block.date for block in answer.context["preview"].plan.skipped] == [date(2027, 3, 28)]
    assert "2.15–2.45" in answer.content.decode()


def test_warning_without_a_reason_is_an_error_beside_its_field(usual, raster):
    three_hours_without_a_pause(raster)
    fields = [name for name in form_for(raster) if name.startswith("reason_")]
    assert fields
    answer = usual.client.post(address(raster), {"revision": raster.revision, fields[0]: "  "})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(fields)
    assert not ClinicSession.objects.filter(raster=raster).exists()


def test_reasons_are_kept_with_the_version_and_offered_again(usual, raster):
    three_hours_without_a_pause(raster)
    usual.client.post(address(raster), form_for(raster))
    version = raster.versions.get()
    # One answer for the rule, on both days.
    assert sorted(each["weekday"] for each in version.reasons) == [0, 1]
    assert {each["text"] for each in version.reasons} == {"Afgesproken"}
    form = usual.client.get(address(raster)).context["form"]
    assert {field.value() for _question, field in form.asked()} == {"Afgesproken"}


def test_error_of_the_rules_blocks_and_leads_back_to_the_editor(usual, raster):
    make.raster_block(raster, 0, "13.30", "14.30", types=[])
    answer = usual.client.get(address(raster))
    assert answer.context["errors"]
    assert f'href="{reverse("raster", args=[raster.pk])}">' in answer.content.decode()
    assert usual.client.post(address(raster), form_for(raster)).status_code == 409
    assert not ClinicSession.objects.filter(raster=raster).exists()


def test_draft_that_a_colleague_changed_is_shown_afresh_with_typed_reasons_kept(usual, raster):
    three_hours_without_a_pause(raster)
    sent = form_for(raster)
    changed(raster, note="in overleg")
    answer = usual.client.post(address(raster), sent)
    assert answer.status_code == 409
    assert answer.context["problem"]
    assert not ClinicSession.objects.filter(raster=raster).exists()
    assert {field.value() for _question, field in answer.context["form"].asked()} == {"Afgesproken"}
    raster.refresh_from_db()
    assert f'name="revision" value="{raster.revision}"' in answer.content.decode()


def test_new_warning_of_a_colleague_s_change_is_told_as_such(usual, raster):
    sent = form_for(raster)
    three_hours_without_a_pause(raster)
    changed(raster, note="in overleg")
    answer = usual.client.post(address(raster), sent)
    assert (answer.status_code, bool(answer.context["problem"])) == (409, True)


def test_busy_keeps_what_was_typed_and_says_so(usual, raster, monkeypatch):
    def busy(**_kwargs):
        raise Busy

    monkeypatch.setattr(raster_publishing, "publish_raster", busy)
    answer = usual.client.post(address(raster), form_for(raster))
    assert answer.status_code == 503
    assert answer.context["problem"] == raster_publishing.busy_sentence()


@pytest.mark.parametrize(("role", "phase"), [("planner", RasterPhase.TRIAL), ("administrator", RasterPhase.FINAL)])
def test_only_who_may_approve_publishes_as_final(usual, raster, client_of, role, phase):
    client = client_of(make.member(role, usual.department))
    client.post(address(raster), form_for(raster, phase="final"))
    raster.refresh_from_db()
    assert raster.phase == phase


def test_starter_is_copied_before_it_is_published(usual):
    starter = make.RasterFactory(department=usual.department, clinician=None)
    assert usual.client.get(address(starter))["Location"] == reverse("raster-copy", args=[starter.pk])


def test_preview_asks_a_fixed_number_of_queries(usual, raster, count_queries):
    booked_at_13_45(usual, raster)
    changed(raster, end="13:30")

    def ask():
        with count_queries() as queries:
            usual.client.get(address(raster))
        return queries

    ask()
    one = ask()
    for clock in ("13.00", "13.15", "13.30"):
        day = make.next_workday() + timedelta(days=7)
        make.appointment(
            clinician=usual.clinician,
            type=usual.department.appointment_types.get(code="cp-video-15"),
            start=make.amsterdam(day, clock),
        )
    assert ask().count == one.count

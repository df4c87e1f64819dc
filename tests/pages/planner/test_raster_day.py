"""Alleen deze dag and vanaf deze dag: shown first, then done; taken back; nothing that was typed is lost."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from praktijkplan.slots import BlockMode
from scheduling.models import ClinicSession, Misfit, Raster, RasterException
from tests import factories as make


@pytest.fixture
def raster(desk):
    """Visits every workday from 13.00 to 17.00 in Kamer 3, published."""
    make.usual_types(desk.department)
    made = make.RasterFactory(
        department=desk.department, clinician=desk.clinician, name="Middagen", valid_from=timezone.localdate()
    )
    room = make.WorkplaceFactory(department=desk.department, name="Kamer 3", kind="consulting_room")
    visits = [desk.department.appointment_types.get(code="cp-visit-20")]
    for weekday in range(5):
        make.raster_block(made, weekday, "13.00", "17.00", types=visits, workplace=room)
    make.publish(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def held(desk, raster):
    kind = desk.department.appointment_types.get(code="cp-visit-20")
    patient = make.PatientFactory(department=desk.department, family_name="Zandbergen")
    return make.appointment(
        clinician=desk.clinician, type=kind, patient=patient, start=make.amsterdam(make.next_workday(), "16.00")
    )


def address(raster, day=None, half_day="afternoon"):
    on = (day or make.next_workday()).isoformat()
    return reverse("raster-day", args=[raster.pk], query={"datum": on, "dagdeel": half_day})


def said(kind="closed", *rows, **more):
    """What the form sends: each row as (from, until, what)."""
    sent = {"kind": kind, "minutes": "", "reason": "overleg", "rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        sent |= {f"rows-{number}-{name}": value for name, value in zip(("start", "end", "what"), row, strict=True)}
    return sent | more


def do(client, url, sent):
    """Look, then do what was shown."""
    looked = client.post(url, sent | {"step": "look"})
    assert looked.status_code == 200, looked.context["form"].errors
    return looked, client.post(url, sent | {"step": "do", "seen": looked.context["seal"]})


def session_of(raster):
    return ClinicSession.objects.get(raster=raster, date=make.next_workday())


def test_looking_names_who_loses_the_place_and_changes_nothing(desk, raster, held):
    answer = desk.client.post(address(raster), said(step="look"))
    (losing,) = answer.context["misfits"]
    assert losing.appointment == held
    assert held.patient.family_name in answer.content.decode()
    assert session_of(raster).status == ClinicSession.Status.PLANNED
    assert not Misfit.objects.exists()
    assert not RasterException.objects.exists()


def test_closed_half_day_keeps_who_is_booked_and_gives_a_task(desk, raster, held):
    _looked, answer = do(desk.client, address(raster), said())
    assert answer.status_code == 302
    assert session_of(raster).status == ClinicSession.Status.CLOSING
    assert Misfit.objects.get().appointment == held
    exception = RasterException.objects.get()
    assert (exception.kind, exception.reason, exception.made_by) == ("closed", "overleg", desk.planner.actor)


def test_taken_back_the_half_day_is_as_the_raster_says(desk, raster, held):
    do(desk.client, address(raster), said())
    do(desk.client, address(raster), said("follow", reason=""))
    assert session_of(raster).status == ClinicSession.Status.PLANNED
    assert not RasterException.objects.exists()
    assert Misfit.objects.get().end == Misfit.End.FITS_AGAIN


@pytest.mark.parametrize(("minutes", "first"), [(30, time(13, 30)), (-30, time(12, 30))])
def test_shifted_half_day_begins_so_much_later_or_earlier(desk, raster, minutes, first):
    do(desk.client, address(raster), said("shifted", minutes=minutes))
    begins = min(block.start for block in session_of(raster).blocks.all())
    assert timezone.localtime(begins).time() == first


def test_other_blocks_hold_on_this_day_alone(desk, raster):
    block = raster.blocks.first()
    phone = desk.department.appointment_types.get(code="cp-phone-10")
    rows = [
        ("13.00", "14.00", f"key:{block.key}"),
        ("14.00", "14.15", "break"),
        ("14.15", "15", f"type:{phone.pk}"),
        ("", "", ""),
    ]
    do(desk.client, address(raster), said("own_blocks", *rows))
    blocks = list(session_of(raster).blocks.order_by("starts"))
    spans = [
        (timezone.localtime(b.start).strftime("%H.%M"), timezone.localtime(b.end).strftime("%H.%M")) for b in blocks
    ]
    assert spans == [("13.00", "14.00"), ("14.00", "14.15"), ("14.15", "15.00")]
    assert [block.mode for block in blocks] == [BlockMode.FLEXIBLE, BlockMode.BREAK, BlockMode.FLEXIBLE]
    assert list(blocks[2].types.all()) == [phone]
    others = ClinicSession.objects.filter(raster=raster).exclude(date=make.next_workday())
    assert {session.blocks.count() for session in others} == {1}


def test_form_begins_with_the_blocks_of_the_raster_and_later_with_the_own_ones(desk, raster):
    def times():
        rows = desk.client.get(address(raster)).context["rows"]
        return [(row.initial["start"], row.initial["end"]) for row in rows.forms if row.initial]

    assert times() == [(time(13), time(17))]
    block = raster.blocks.first()
    do(desk.client, address(raster), said("own_blocks", ("13.00", "14.00", f"key:{block.key}")))
    assert times() == [(time(13), time(14))]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (("14.00", "13.00", "break"), "end"),
        (("13.00", "", "break"), "end"),
        (("", "13.00", "break"), "start"),
        (("13.02", "14.00", "break"), "start"),
        (("9.00", "10.00", "break"), "start"),
        (("later", "14.00", "break"), "start"),
        (("13.00", "14.00", "type:0"), "what"),
        (("13.00", "14.00", "key:999"), "what"),
    ],
)
def test_wrong_row_is_an_error_beside_its_field_and_nothing_is_lost(desk, raster, row, field):
    answer = desk.client.post(address(raster), said("own_blocks", row, reason="Drukte"))
    assert answer.status_code == 422
    assert list(answer.context["rows"].forms[0].errors) == [field]
    assert answer.context["form"]["reason"].value() == "Drukte"
    assert answer.context["rows"].forms[0]["start"].value() == row[0]
    assert not RasterException.objects.exists()


def test_blocks_that_overlap_are_an_error_beside_the_second(desk, raster):
    block = raster.blocks.first()
    rows = [("13.00", "14.00", f"key:{block.key}"), ("13.30", "14.30", f"key:{block.key}")]
    answer = desk.client.post(address(raster), said("own_blocks", *rows))
    assert answer.status_code == 422
    assert [bool(row.errors) for row in answer.context["rows"].forms] == [False, True]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (said("shifted"), "minutes"),
        (said("shifted", minutes="7"), "minutes"),
        (said("shifted", minutes="300"), "minutes"),
        (said("shifted", minutes="-120"), "minutes"),  # out of the afternoon
        (said("own_blocks"), "kind"),
        (said("own_blocks", ("13.00", "13.30", "break")), "kind"),
        (said("nonsense"), "kind"),
        (said(reason=" "), "reason"),
        (said("follow"), "kind"),  # there is nothing to take back
    ],
)
def test_wrong_change_is_an_error_beside_its_field(desk, raster, sent, field):
    answer = desk.client.post(address(raster), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_what_is_filled_in_otherwise_after_looking_is_shown_before_it_is_done(desk, raster):
    looked = desk.client.post(address(raster), said("shifted", minutes=30))
    answer = desk.client.post(address(raster), said(step="do", seen=looked.context["seal"]))
    assert answer.status_code == 200
    assert answer.context["seal"] != looked.context["seal"]
    assert not RasterException.objects.exists()


@pytest.mark.parametrize("asked", ["2020-01-01", "morgen", "2026-02-30"])
def test_day_that_is_over_or_no_date_is_asked_again(desk, raster, asked):
    answer = desk.client.get(reverse("raster-day", args=[raster.pk], query={"datum": asked}))
    assert answer.status_code == 422
    assert answer.context["problem"]


def test_day_page_leads_to_the_half_day(desk, raster, client_of):
    day = reverse("today", query={"datum": make.next_workday().isoformat()})
    link = address(raster).replace("&", "&amp;")
    assert link in desk.client.get(day).content.decode()
    helpdesk = client_of(make.member("helpdesk", desk.department))
    assert link not in helpdesk.get(day).content.decode()


# --- Vanaf deze dag -------------------------------------------------------------------------------------------------
def continued(raster, day, **more):
    return {"day": day.isoformat(), "name": "Middagen zomer", "revision": raster.revision, **more}


def test_raster_goes_on_as_another_one_and_ends_the_day_before(desk, raster, held):
    url, day = reverse("raster-continue", args=[raster.pk]), make.next_workday()
    looked = desk.client.post(url, continued(raster, day))
    assert looked.context["asked"]
    assert [each.appointment for each in looked.context["ending"].misfits] == [held]
    assert Raster.objects.count() == 1
    answer = desk.client.post(url, continued(raster, day, step="do"))
    made = Raster.objects.get(name="Middagen zomer")
    assert answer["Location"] == reverse("raster", args=[made.pk])
    raster.refresh_from_db()
    assert (raster.valid_until, made.valid_from, made.valid_until) == (day - timedelta(days=1), day, None)
    assert made.blocks.count() == raster.blocks.count()


def test_bookings_go_along_when_both_are_published(desk, raster, held):
    day = make.next_workday()
    desk.client.post(reverse("raster-continue", args=[raster.pk]), continued(raster, day, step="do"))
    for each in (Raster.objects.get(pk=raster.pk), Raster.objects.get(name="Middagen zomer")):
        make.publish(each)
    held.refresh_from_db()
    assert held.session.raster.name == "Middagen zomer"
    assert not Misfit.objects.filter(ended_at=None).exists()


def test_colleague_s_change_meanwhile_is_not_overwritten(desk, raster):
    sent = continued(raster, make.next_workday(), step="do")
    Raster.objects.filter(pk=raster.pk).update(revision=9, fields_revision=9)
    answer = desk.client.post(reverse("raster-continue", args=[raster.pk]), sent)
    assert (answer.status_code, Raster.objects.count()) == (409, 1)
    raster.refresh_from_db()
    assert raster.valid_until is None


@pytest.mark.parametrize("days", [0, -1, 400])
def test_day_outside_the_validity_is_an_error_beside_the_field(desk, raster, days):
    Raster.objects.filter(pk=raster.pk).update(valid_until=raster.valid_from + timedelta(days=200))
    answer = desk.client.post(
        reverse("raster-continue", args=[raster.pk]),
        continued(raster, raster.valid_from + timedelta(days=days)),
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["day"]

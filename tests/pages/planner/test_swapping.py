"""Ruilen: who fits where is shown, both are told, and neither is swapped unseen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, AppointmentChange
from tests import factories as make


@pytest.fixture
def pair(desk):
    """At 9.00 and at 10.00 with one clinician."""
    names = ("Veen", "Zandbergen")
    return [
        make.appointment(
            patient=make.PatientFactory(department=desk.department, particle="", family_name=name),
            clinician=desk.clinician,
            type=desk.type,
            start=desk.at(clock),
        )
        for name, clock in zip(names, ("9.00", "10.00"), strict=True)
    ]


def address(appointment, name="appointment-swap"):
    return reverse(name, args=[appointment.public_id])


def wish(pair, **more):
    other = pair[1]
    return {"met": f"{other.public_id}.1", "version": 1, "reason": "patient_asked", **more}


def starts(pair):
    return [Appointment.objects.get(pk=each.pk).start for each in pair]


def test_swap_shows_both_sides_and_both_letters(desk, pair):
    page = desk.client.get(address(pair[0]))
    assert page.context["chosen"].other == pair[1]
    assert [preview.recipient for preview in page.context["previews"]] == [each.patient.full_name for each in pair]
    text = page.content.decode()
    assert all(preview.body in text.replace("&#x27;", "'") for preview in page.context["previews"])
    assert text.count("Zandbergen") >= 2
    assert AccessLog.objects.filter(action="view.swap", appointment_id=pair[1].pk).exists()


def test_what_does_not_fit_cannot_be_chosen_and_says_why(desk, pair):
    phone = make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)
    for block in desk.clinic.blocks.all():
        block.types.set([desk.type])
    other = make.ClinicianFactory(departments=[desk.department])
    call = make.appointment(clinician=other, type=phone, start=desk.at("11.00"), department=desk.department)
    page = desk.client.get(address(pair[0]), {"met": f"{call.public_id}.1"})
    [cannot] = [each for each in page.context["swaps"] if not each.fits]
    assert cannot.other == call
    assert len(cannot.why_not) == 2
    assert f"{call.public_id}.1" not in page.content.decode()
    assert "chosen" not in page.context


def test_two_are_swapped_and_what_was_done_is_shown(desk, pair):
    answer = desk.client.post(address(pair[0]), wish(pair))
    change = AppointmentChange.objects.get(appointment=pair[0], kind="swapped")
    assert answer["Location"] == reverse("together", args=[change.batch])
    assert starts(pair) == [desk.at("10.00"), desk.at("9.00")]
    assert (change.by, change.reason) == (desk.planner.actor, "patient_asked")
    assert AccessLog.objects.filter(action="swap.appointment").values("appointment_id").distinct().count() == 2
    done = desk.client.get(answer["Location"])
    assert done.context["may_undo"] == 2
    assert done.context["letters"] > 0


def test_undone_from_the_page_after_it(desk, pair):
    done = desk.client.post(address(pair[0]), wish(pair))["Location"]
    answer = desk.client.post(done + "ongedaan/")
    assert answer["Location"] == done
    assert starts(pair) == [desk.at("9.00"), desk.at("10.00")]
    after = desk.client.get(done)
    assert (after.context["all_undone"], after.context["may_undo"]) == (True, 0)
    again = desk.client.post(done + "ongedaan/")
    assert again.status_code == 409
    assert all(row.problems for row in again.context["rows"])
    assert AccessLog.objects.filter(action="undo.together", appointment_id=pair[0].pk).exists()


def test_page_of_the_appointment_leads_to_what_was_done_together(desk, pair):
    desk.client.post(address(pair[0]), wish(pair))
    batch = AppointmentChange.objects.filter(kind="swapped").first().batch
    page = desk.client.get(address(pair[1], "appointment"))
    assert (page.context["together"], page.context["may_undo"]) == (batch, False)


@pytest.mark.parametrize("which", [0, 1])
def test_either_changed_meanwhile_is_said_and_nothing_is_swapped(desk, pair, which):
    make.move_appointment(appointment=pair[which], start=desk.at("11.00"), by="user:1", now=timezone.now())
    there = starts(pair)
    answer = desk.client.post(address(pair[0]), wish(pair, reason="clinic_changed"))
    assert answer.status_code == 409
    [said] = answer.context["problems"]
    assert pair[which].patient.family_name in said
    assert "11.00" in said
    assert starts(pair) == there
    assert answer.context["form"]["reason"].value() == "clinic_changed"


def test_other_cancelled_meanwhile_is_said(desk, pair):
    cancel_appointment(appointment=pair[1], by="system", now=timezone.now())
    answer = desk.client.post(address(pair[0]), wish(pair))
    assert answer.status_code == 409
    assert "Zandbergen" in answer.context["problems"][0]


def test_what_does_not_fit_names_whose_it_is(desk, pair):
    longer = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("10.20"), minutes=35)
    answer = desk.client.post(address(pair[1]), wish(pair, met=f"{longer.public_id}.1"))
    assert answer.status_code == 409
    assert longer.patient.full_name in answer.context["problems"][0]


def test_sent_twice_is_done_once(desk, pair):
    found = {desk.client.post(address(pair[0]), wish(pair))["Location"] for _ in range(2)}
    assert len(found) == 1
    assert AppointmentChange.objects.filter(kind="swapped").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"met": ""}, {"met": "x"}, {"met": "x.1"}, {"met": "1" * 400}, {"reason": "because"}, {"version": ""}],
)
def test_nonsense_is_refused(desk, pair, wrong):
    assert desk.client.post(address(pair[0]), wish(pair, **wrong)).status_code == 422
    assert AppointmentChange.objects.filter(kind="swapped").count() == 0


def test_neither_itself_nor_one_of_another_department(desk, pair):
    theirs = make.appointment(department=make.department("neurologie"), start=desk.at("11.00"))
    for other in (pair[0], theirs):
        answer = desk.client.post(address(pair[0]), wish(pair, met=f"{other.public_id}.1"))
        assert answer.status_code == 422
        assert answer.context["form"].errors["met"]


@pytest.mark.parametrize("day", ["31 februari", "0001-01-01", "9999-12-31"])
def test_day_that_is_none_shows_nobody_and_says_so(desk, pair, day):
    page = desk.client.get(address(pair[0]), {"dag": day})
    assert page.context["swaps"] == []
    assert page.context["asked"].errors["dag"]


def test_cancelled_one_is_not_swapped(desk, pair):
    cancel_appointment(appointment=pair[0], by="system", now=timezone.now())
    assert desk.client.get(address(pair[0]))["Location"] == address(pair[0], "appointment")


def test_asks_as_many_queries_for_two_as_for_four(desk, pair, count_queries):
    def asked():
        with count_queries() as queries:
            desk.client.get(address(pair[0]))
        return queries

    asked()
    two = asked()
    for clock in ("10.20", "10.40", "11.00"):
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at(clock))
    assert asked().count == two.count, str(two)

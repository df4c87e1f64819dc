"""Verzetten en afzeggen: said before it is done, and nobody overwrites unseen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.actions.texts import save_text
from notifications.content.defaults import default_text
from notifications.content.text import TextKey
from notifications.models import CallTask, Message, MessageState
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import AppointmentStatus
from tests import factories as make


@pytest.fixture
def held(desk):
    patient = make.PatientFactory(department=desk.department, family_name="Veen", particle="van der", initials="W.")
    return make.appointment(
        patient=patient, clinician=desk.clinician, type=desk.type, start=desk.at("9.40"), by=desk.planner.actor
    )


def move_url(appointment):
    return reverse("appointment-move", args=[appointment.public_id])


def cancel_url(appointment):
    return reverse("appointment-cancel", args=[appointment.public_id])


def moving(desk, clock, **more):
    return {"slot": desk.slot(clock), "reason": "patient_asked", "version": 1, **more}


def told(appointment):
    Message.objects.filter(appointment=appointment, kind="confirmation").update(
        state=MessageState.SENT, sent_at=timezone.now(), offered_at=timezone.now()
    )


def test_move_goes_to_the_chosen_place_and_says_why(desk, held):
    answer = desk.client.post(move_url(held), moving(desk, "11.00"))
    held.refresh_from_db()
    assert answer["Location"] == reverse("appointment-done", args=[held.public_id])
    assert (held.start, held.schedule_version) == (desk.at("11.00"), 2)
    assert AccessLog.objects.filter(action="move.appointment", appointment_id=held.pk).exists()


def test_old_and_new_stand_side_by_side_with_the_letter(desk, held):
    told(held)
    answer = desk.client.get(reverse("appointment-move-preview", args=[held.public_id]), {"slot": desk.slot("11.00")})
    body = answer.content.decode()
    assert "09.40" in body
    assert "11.00" in body
    (preview,) = answer.context["previews"]
    assert preview.kind == "moved"
    assert "11.00" in preview.body
    assert preview.reaches


def test_preview_is_in_the_words_of_the_department(desk, held):
    told(held)
    key = TextKey("moved", "mail", "nl", "video")
    body = default_text(key).body.replace("De oude afspraak geldt niet meer.", "Streep de oude tijd door.")
    save_text(
        department=desk.department, **key._asdict(), body=body, base_version=0, by=desk.planner, now=timezone.now()
    )
    answer = desk.client.get(reverse("appointment-move-preview", args=[held.public_id]), {"slot": desk.slot("11.00")})
    (preview,) = answer.context["previews"]
    assert "Streep de oude tijd door." in preview.body


def test_preview_for_who_was_not_told_yet_is_a_first_confirmation(desk, held):
    answer = desk.client.get(reverse("appointment-move-preview", args=[held.public_id]), {"slot": desk.slot("11.00")})
    assert [preview.kind for preview in answer.context["previews"]] == ["confirmation"]


def test_preview_holds_no_working_link(desk, held):
    answer = desk.client.get(reverse("appointment-move-preview", args=[held.public_id]), {"slot": desk.slot("11.00")})
    assert "/v/" not in answer.content.decode()


def test_preview_of_nonsense_is_refused(desk, held):
    url = reverse("appointment-move-preview", args=[held.public_id])
    assert desk.client.get(url, {"slot": "x"}).status_code == 422


def test_second_tab_does_not_overwrite_the_first_unseen(desk, held, client_of):
    colleague = make.member("planner", desk.department, name="Bo de Ruijter")
    client_of(colleague).post(move_url(held), moving(desk, "11.00"))
    answer = desk.client.post(move_url(held), moving(desk, "10.00", reason="clinic_changed", dagdeel="morning"))
    held.refresh_from_db()
    assert answer.status_code == 409
    assert held.start == desk.at("11.00")
    assert "11.00" in answer.context["problems"][0]
    assert answer.context["form"]["reason"].value() == "clinic_changed"
    assert answer.context["chosen_slot"] == desk.slot("10.00")
    assert answer.context["version"] == 2
    again = desk.client.post(move_url(held), moving(desk, "10.00", version=answer.context["version"]))
    held.refresh_from_db()
    assert again.status_code == 302
    assert held.start == desk.at("10.00")


def test_refused_form_keeps_the_version_its_sender_saw(desk, held):
    make.move_appointment(appointment=held, start=desk.at("11.00"), by="system", now=timezone.now())
    answer = desk.client.post(move_url(held), moving(desk, "10.00", reason="because"))
    assert answer.status_code == 422
    assert str(answer.context["version"]) == "1"


def test_move_sent_twice_is_done_once(desk, held):
    first = desk.client.post(move_url(held), moving(desk, "11.00"))
    second = desk.client.post(move_url(held), moving(desk, "11.00"))
    held.refresh_from_db()
    assert first["Location"] == second["Location"]
    assert held.schedule_version == 2


def test_move_to_a_place_taken_meanwhile_keeps_the_appointment(desk, held):
    make.appointment(
        patient=make.PatientFactory(department=desk.department),
        clinician=desk.clinician,
        type=desk.type,
        start=desk.at("11.00"),
    )
    answer = desk.client.post(move_url(held), moving(desk, "11.00"))
    held.refresh_from_db()
    assert answer.status_code == 409
    assert held.start == desk.at("9.40")
    assert answer.context["offer"].places


def test_move_to_a_clinician_of_another_department_is_refused(desk, held):
    other = make.ClinicianFactory(departments=[make.department("neurologie")])
    minute = desk.slot("11.00").split(".")[0]
    answer = desk.client.post(move_url(held), moving(desk, "11.00", slot=f"{minute}.{other.pk}"))
    assert answer.status_code == 422


def test_cancelled_appointment_cannot_be_moved(desk, held):
    cancel_appointment(appointment=held, by="system", now=timezone.now())
    assert desk.client.get(move_url(held)).status_code == 302
    assert desk.client.post(move_url(held), moving(desk, "11.00")).status_code == 302
    held.refresh_from_db()
    assert held.start == desk.at("9.40")


def test_cancelling_needs_a_reason(desk, held):
    answer = desk.client.post(cancel_url(held), {"reason": "", "asked_by": "patient", "version": 1})
    held.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert held.status == AppointmentStatus.BOOKED


def test_cancelling_frees_the_place_and_keeps_the_reason(desk, held):
    desk.client.post(cancel_url(held), {"reason": "de patiënt zegt af", "asked_by": "patient", "version": 1})
    held.refresh_from_db()
    assert (held.status, held.cancel_reason) == (AppointmentStatus.CANCELLED, "de patiënt zegt af")


def test_cancelling_says_first_who_will_hear_of_it(desk, held):
    told(held)
    (preview,) = desk.client.get(cancel_url(held)).context["previews"]
    assert preview.kind == "cancelled"


def test_cancelling_what_a_colleague_moved_asks_again(desk, held):
    make.move_appointment(appointment=held, start=desk.at("11.00"), by="system", now=timezone.now())
    answer = desk.client.post(cancel_url(held), {"reason": "niet meer nodig", "asked_by": "clinic", "version": 1})
    held.refresh_from_db()
    assert answer.status_code == 409
    assert held.status == AppointmentStatus.BOOKED
    assert answer.context["form"]["reason"].value() == "niet meer nodig"
    assert answer.context["version"] == 2


@pytest.mark.parametrize("asked_by", ["patient", "representative", "clinician", "clinic"])
def test_cancelling_keeps_who_asked_for_it(desk, held, asked_by):
    desk.client.post(cancel_url(held), {"reason": "griep", "asked_by": asked_by, "version": 1})
    change = held.changes.get(kind="cancelled")
    assert (change.asked_by, change.note, change.by) == (asked_by, "griep", desk.planner.actor)


@pytest.mark.parametrize(("ticked", "calls"), [({"new_time": "on"}, 1), ({}, 0)])
def test_who_needs_a_new_appointment_comes_on_the_call_list(desk, held, ticked, calls):
    sent = {"reason": "griep", "asked_by": "patient", "version": 1, **ticked}
    desk.client.post(cancel_url(held), sent)
    assert CallTask.objects.filter(appointment=held, reason="new_time", done_at=None).count() == calls


def test_what_a_cancellation_tells_is_shown_with_and_without_a_new_appointment(desk, held):
    told(held)
    shown = desk.client.get(cancel_url(held)).context
    assert [len(shown["previews"]), len(shown["previews_without"])] == [1, 1]
    assert "nieuwe tijd" in shown["previews"][0].body
    assert "nieuwe tijd" not in shown["previews_without"][0].body


@pytest.mark.parametrize("asked_by", ["", "the neighbour"])
def test_cancelling_needs_to_know_who_asked_for_it(desk, held, asked_by):
    answer = desk.client.post(cancel_url(held), {"reason": "griep", "asked_by": asked_by, "version": 1})
    held.refresh_from_db()
    assert (answer.status_code, held.status) == (422, AppointmentStatus.BOOKED)
    assert list(answer.context["form"].errors) == ["asked_by"]
    assert answer.context["form"]["reason"].value() == "griep"

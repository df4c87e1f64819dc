"""The pages of an appointment and of a patient: facts and history in words, other departments as taken time only."""

import uuid
from dataclasses import asdict, fields

import pytest
from django.urls import reverse
from django.utils import timezone

from events import catalogue
from events.log import OWN_COLUMNS
from events.models import Event
from notifications.models import Message, MessageState
from pages.planner.history import SENTENCES
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import ContactPreference
from tests import factories as make


@pytest.fixture
def held(desk):
    patient = make.PatientFactory(department=desk.department, family_name="d'Hooghe-Noël", particle="", initials="J.")
    return make.appointment(
        patient=patient, clinician=desk.clinician, type=desk.type, start=desk.at("9.40"), by=desk.planner.actor
    )


def url(appointment):
    return reverse("appointment", args=[appointment.public_id])


def test_history_says_who_did_what_when_and_why(desk, held):
    now = timezone.now()
    moved = make.move_appointment(
        appointment=held, start=desk.at("11.00"), by=desk.planner.actor, now=now, reason="patient_asked"
    )
    cancel_appointment(appointment=moved, by=desk.planner.actor, now=now, note="griep")
    lines = desk.client.get(url(held)).context["history"]
    assert [line.who for line in lines] == ["Samira Bouzid"] * 3
    cancelled, move, booked = lines
    assert cancelled.detail == "griep"
    assert "09.40" in move.what
    assert "11.00" in move.what
    assert move.detail
    assert "09.40" in booked.what


def test_every_fact_of_an_appointment_has_a_sentence():
    facts = [
        fact
        for fact in vars(catalogue).values()
        if isinstance(fact, type) and issubclass(fact, catalogue.AppointmentFact) and hasattr(fact, "kind")
    ]
    assert {fact.kind for fact in facts} <= set(SENTENCES)


def test_every_sentence_can_be_said(desk, held):
    """The rows alone: what follows from such a fact needs more than a plain value."""
    words = {"message_kind": "confirmation", "channel": "email", "reason": "denied", "outcome": "reached"}
    words["link"] = str(uuid.uuid4())
    for fact in vars(catalogue).values():
        if not (isinstance(fact, type) and issubclass(fact, catalogue.AppointmentFact) and hasattr(fact, "kind")):
            continue
        if fact.kind.startswith("appointment.") or fact.kind.startswith(("participant.call", "call.continued")):
            continue
        values = {each.name: words.get(each.name, _plain(each.type)) for each in fields(fact)}
        values |= {"appointment": held.pk, "session": held.session_id, "department": held.department_id}
        data = {name: value for name, value in asdict(fact(**values)).items() if name not in OWN_COLUMNS}
        Event.objects.create(kind=fact.kind, at=timezone.now(), actor="system", appointment_id=held.pk, data=data)
    lines = desk.client.get(url(held)).context["history"]
    assert len(lines) > 10
    assert all(line.what and "%(" not in line.what for line in lines)


def _plain(kind):
    return {"int": 1, "int | None": None, "bool": False}.get(str(getattr(kind, "__name__", kind)), "x")


def test_messages_can_be_read_with_their_state(desk, held):
    Message.objects.filter(kind="confirmation", channel="email").update(
        state=MessageState.SENT, sent_at=timezone.now(), subject="Uw afspraak", body="U gaat beeldbellen. /v/••••"
    )
    body = desk.client.get(url(held)).content.decode()
    assert "U gaat beeldbellen." in body
    assert "Uw afspraak" in body


def test_lost_link_is_sent_again_at_once_but_not_twice_in_ten_minutes(desk, held):
    address = reverse("appointment-resend", args=[held.public_id])
    first = desk.client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert held.patient.family_name.split("'")[1] in first
    (again,) = Message.objects.filter(occasion_key__contains=":again:")
    assert (again.kind, again.state, again.due_at <= timezone.now()) == ("confirmation", MessageState.PLANNED, True)
    second = desk.client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert "notice warn" in second
    assert Message.objects.filter(occasion_key__contains=":again:").count() == 1


def test_link_is_not_sent_again_to_who_has_no_mail(desk):
    lonely = make.PatientFactory(department=desk.department, unreachable=True)
    held = make.appointment(patient=lonely, clinician=desk.clinician, type=desk.type, start=desk.at("10.20"))
    body = desk.client.post(reverse("appointment-resend", args=[held.public_id])).content.decode()
    assert "notice warn" in body
    assert not Message.objects.filter(occasion_key__contains=":again:").exists()


def test_clinician_sees_the_appointment_but_not_its_messages(desk, held, client_of):
    answer = client_of(desk.clinician.user).get(url(held))
    assert answer.context["letters"] is None


def test_names_with_marks_are_shown_whole_and_escaped(desk, held):
    assert "J. d&#x27;Hooghe-Noël" in desk.client.get(url(held)).content.decode()


def test_appointment_elsewhere_is_taken_time_and_nothing_else(desk, held):
    neurology = make.department("neurologie")
    make.treated_by(held.patient, [neurology])
    visit = make.AppointmentTypeFactory(department=neurology, modality="visit", duration_minutes=30)
    neurologist = make.ClinicianFactory(name="drs. Q. Xanthopoulos", departments=[neurology])
    elsewhere = make.appointment(patient=held.patient, type=visit, clinician=neurologist, start=desk.at("13.00"))
    for page in (url(held), reverse("patient", args=[held.patient.public_id])):
        body = desk.client.get(page).content.decode()
        assert "13.00" in body
        for secret in (str(elsewhere.public_id), elsewhere.clinician.name, elsewhere.type.name, "eurologie"):
            assert secret not in body


def test_cancelled_appointment_elsewhere_takes_no_time(desk, held):
    neurology = make.department("neurologie")
    elsewhere = make.appointment(patient=held.patient, department=neurology, start=desk.at("13.00"))
    cancel_appointment(appointment=elsewhere, by="system", now=timezone.now())
    assert desk.client.get(url(held)).context["elsewhere"] == []


def test_preference_for_an_appointment_is_noted_on_behalf_of_the_patient(desk, held):
    desk.client.post(reverse("appointment-preference", args=[held.public_id]), {"preference": "phone"})
    row = ContactPreference.objects.get()
    assert (row.patient, row.appointment, row.preference, row.stated_by) == (
        held.patient,
        held,
        "phone",
        desk.planner.actor,
    )


def test_preference_in_general_comes_back_to_where_it_was_asked(desk, held):
    back = reverse("book", args=[held.patient.public_id])
    answer = desk.client.post(
        reverse("patient-preference", args=[held.patient.public_id]), {"preference": "unknown", "next": back}
    )
    assert answer["Location"] == back
    assert ContactPreference.objects.get().appointment is None


@pytest.mark.parametrize("next_page", ["https://elders.example/", "//elders.example", "javascript:alert(1)"])
def test_preference_leads_to_no_other_site(desk, held, next_page):
    answer = desk.client.post(
        reverse("patient-preference", args=[held.patient.public_id]), {"preference": "video", "next": next_page}
    )
    assert answer["Location"] == reverse("patient", args=[held.patient.public_id])


def test_every_form_and_not_knowing_can_be_noted_on_both_pages(desk, held):
    for address in (url(held), reverse("patient", args=[held.patient.public_id])):
        body = desk.client.get(address).content.decode()
        for value in ("video", "phone", "visit", "written", "unknown"):
            assert f'name="preference" value="{value}"' in body


@pytest.mark.parametrize("of", ["appointment", "patient"])
def test_preference_noted_meanwhile_is_not_overwritten_unseen(desk, held, of):
    key = (held if of == "appointment" else held.patient).public_id
    address = reverse(f"{of}-preference", args=[key])
    desk.client.post(address, {"preference": "visit", "stood": ""})
    late = desk.client.post(address, {"preference": "phone", "stood": "", "note": "Belt\0 liever"}, follow=True)
    assert [row.preference for row in ContactPreference.objects.all()] == ["visit"]
    assert ("Belt liever" in late.content.decode()) == (of == "appointment")
    desk.client.post(address, {"preference": "phone", "stood": "visit"})
    assert ContactPreference.objects.latest("pk").preference == "phone"


def test_unknown_preference_is_not_noted(desk, held):
    desk.client.post(reverse("appointment-preference", args=[held.public_id]), {"preference": "fax"})
    assert not ContactPreference.objects.exists()


def test_opening_an_appointment_is_logged(desk, held):
    desk.client.get(url(held))
    row = AccessLog.objects.get(action="view.appointment")
    assert (row.actor, row.role, row.patient, row.appointment_id) == (
        desk.planner.actor,
        "planner",
        held.patient,
        held.pk,
    )


def test_appointment_page_asks_a_fixed_number_of_queries(desk, held, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(url(held))
        return queries

    current = make.move_appointment(appointment=held, start=desk.at("9.20"), by="system", now=timezone.now())
    ask()
    one = ask()
    for clock in ("10.20", "11.00"):
        current = make.move_appointment(
            appointment=current, start=desk.at(clock), by=desk.planner.actor, now=timezone.now()
        )
    three = ask()
    assert three.count == one.count, str(three)


def test_patient_page_asks_a_fixed_number_of_queries(desk, held, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(reverse("patient", args=[held.patient.public_id]))
        return queries

    ask()
    one = ask()
    for clock in ("10.20", "11.00"):
        make.appointment(patient=held.patient, clinician=desk.clinician, type=desk.type, start=desk.at(clock))
    assert ask().count == one.count

"""The waiting room: who enters, what the page says, and that only a click enters."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.catalogue import ParticipantArrived
from events.models import Event
from notifications.models import CallTask
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from waitingroom.actions.call import end_call
from waitingroom.actions.closing import close_consult
from waitingroom.actions.presence import admit, arrive, expire_presences
from waitingroom.models import Presence

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def at(minutes, **fields):
    """An appointment that begins in so many minutes, on the five-minute grid."""
    start = timezone.now().replace(second=0, microsecond=0) + minutes * MINUTE
    return make.appointment(start=start - start.minute % 5 * MINUTE, **fields)


@pytest.fixture
def into(phone):
    """The address of the waiting room, behind the birth date."""

    def go(appointment):
        path = make.personal_link(appointment)[1]
        return phone.enter_with(path, appointment.patient.birth_date) + "wachtkamer/"

    return go


def state(phone, room):
    answer = phone.get(room)
    assert answer.status_code == 200
    return answer.context["place"].state.value


def test_before_the_room_opens_nobody_enters(phone, into):
    room = into(at(90))

    phone.post(room)

    assert state(phone, room) == "early"
    assert not Presence.objects.exists()


def test_open_room_is_entered_by_a_click_only(phone, into):
    appointment = at(20)
    room = into(appointment)

    assert state(phone, room) == "open"
    phone.get(room)
    phone.post(room + "teken/")
    assert not Presence.objects.exists()

    answer = phone.post(room)

    assert (answer.status_code, answer["Location"]) == (303, room)
    assert state(phone, room) == "on_time"
    arrived = Event.objects.get(kind=ParticipantArrived.kind)
    assert (arrived.appointment_id, arrived.actor.startswith("link:")) == (appointment.pk, True)
    assert AccessLog.objects.filter(action="enter.waitingroom", result="allowed").count() == 1


def test_entering_twice_is_one_arrival(phone, into):
    room = into(at(20))

    phone.post(room)
    phone.post(room)

    assert Event.objects.filter(kind=ParticipantArrived.kind).count() == 1


def test_sign_of_life_keeps_the_place(phone, into):
    room = into(at(20))
    phone.post(room)
    Presence.objects.update(last_seen_at=timezone.now() - 10 * MINUTE)

    assert phone.post(room + "teken/").status_code == 204
    assert expire_presences(now=timezone.now()) == 0


def test_phone_that_slept_is_back_on_its_place_by_itself(phone, into):
    room = into(at(20))
    phone.post(room)
    arrived = Presence.objects.get().arrived_at
    expire_presences(now=timezone.now() + 10 * MINUTE)

    assert phone.get(room).context["place"].beats
    phone.post(room + "teken/")

    assert (Presence.objects.get().place, Presence.objects.get().arrived_at) == ("waiting", arrived)
    assert state(phone, room) == "on_time"


def test_a_delay_without_a_forecast_is_unknown_and_promises_nothing(phone, into):
    room = into(at(-20))
    phone.post(room)

    page = phone.get(room)

    assert page.context["place"].state.value == "unknown"
    assert "Wij weten nog niet hoe lang." in page.content.decode()


def test_who_comes_after_the_running_consult_is_next(phone, into):
    clinician = make.ClinicianFactory(departments=[make.department()])
    first, second, third = (
        at(minutes, clinician=clinician, patient=make.PatientFactory()) for minutes in (-40, -20, 0)
    )
    for appointment in (first, second):
        arrive(participant=patient_of(appointment), now=timezone.now(), by="system")
    room = into(third)
    phone.post(room)

    admit(appointment=first, by="user:1", now=timezone.now())
    assert state(phone, room) != "next"

    end_call(appointment=first, by="user:1", now=timezone.now())
    admit(appointment=second, by="user:1", now=timezone.now())
    assert state(phone, room) == "next"


def test_waiting_asks_as_many_queries_with_one_and_with_three_before(phone, into, count_queries):
    clinician = make.ClinicianFactory(departments=[make.department()])
    at(-60, clinician=clinician)
    last = at(0, clinician=clinician, patient=make.PatientFactory())
    room = into(last)
    phone.post(room)
    with count_queries() as one:
        phone.get(room + "stand/")
    at(-40, clinician=clinician, patient=make.PatientFactory())
    at(-20, clinician=clinician, patient=make.PatientFactory())
    with count_queries() as three:
        phone.get(room + "stand/")

    assert one.count == three.count <= 14, str(three)


def test_admitted_patient_sees_the_call(phone, into):
    appointment = at(0)
    room = into(appointment)
    phone.post(room)

    admit(appointment=appointment, by="user:1", now=timezone.now())

    page = phone.get(room)
    assert page.context["place"].state.value == "start"
    assert f"/ws/call/{appointment.public_id}/?link=" in page.content.decode()


def test_hanging_up_leaves_and_the_way_back_is_open(phone, into):
    appointment = at(0)
    room = into(appointment)
    phone.post(room)
    admit(appointment=appointment, by="user:1", now=timezone.now())

    answer = phone.post(room + "ophangen/")

    assert answer["Location"] == room.removesuffix("wachtkamer/")
    assert Presence.objects.get().place == "left"
    assert "data-beat" not in phone.get(room).content.decode()
    phone.post(room + "teken/")
    assert state(phone, room) == "open"
    phone.post(room)
    assert state(phone, room) == "start"


def test_going_on_by_phone_is_said_with_the_number(phone, into):
    appointment = at(0)
    room = into(appointment)
    phone.post(room)
    admit(appointment=appointment, by="user:1", now=timezone.now())

    phone.post(room + "telefoon/")

    page = phone.get(room)
    assert page.context["place"].state.value == "phone"
    assert "06-…78" in page.content.decode()
    assert CallTask.objects.filter(appointment=appointment, done_at__isnull=True).exists()


def test_rather_be_called_becomes_a_task_and_keeps_the_place(phone, into):
    appointment = at(20)
    room = into(appointment)
    phone.post(room)

    phone.post(room + "bel-mij/")

    task = CallTask.objects.exclude(reason="prepare").get()
    assert (task.appointment, task.reason) == (appointment, "asked")
    assert state(phone, room) == "asked"
    assert Presence.objects.get().place == "waiting"
    assert AccessLog.objects.filter(action="request.call").count() == 1


def test_promise_to_call_ends_with_the_task(phone, into):
    room = into(at(20))
    phone.post(room)
    phone.post(room + "bel-mij/")

    CallTask.objects.update(done_at=timezone.now())

    assert state(phone, room) == "on_time"


def test_without_a_number_nobody_promises_to_call(phone, into):
    appointment = at(20, patient=make.PatientFactory(mobile="", phone=""))
    room = into(appointment)
    phone.post(room)

    page = phone.get(room).content.decode()

    assert "bel-mij" not in page
    assert f"Bel {appointment.department.phone}" in page


def test_cancelled_while_waiting_is_said_on_the_spot(phone, into):
    appointment = at(20)
    room = into(appointment)
    phone.post(room)

    cancel_appointment(appointment=appointment, by="user:1", now=timezone.now())

    assert state(phone, room) == "cancelled"
    assert "Uw afspraak gaat niet door" in phone.get(room + "stand/").content.decode()
    phone.post(room)
    assert Presence.objects.get().place == "left"


@pytest.mark.parametrize(
    ("outcome", "held", "says"),
    [
        ("held", "video", "afterwards"),
        ("held_by_phone", "phone", "afterwards"),
        ("technical_failure", "", "failed"),
    ],
)
def test_afterwards_the_page_says_how_it_ended(phone, into, outcome, held, says):
    appointment = at(0)
    room = into(appointment)
    phone.post(room)
    admit(appointment=appointment, by="user:1", now=timezone.now())
    end_call(appointment=appointment, by="user:1", now=timezone.now())
    assert state(phone, room) == "afterwards"

    close(appointment, outcome, held)

    assert state(phone, room) == says


def test_next_steps_wait_for_a_login(phone, into):
    """The level table: what was said about the patient's health is not behind a birth date."""
    appointment = at(0)
    room = into(appointment)
    phone.post(room)
    admit(appointment=appointment, by="user:1", now=timezone.now())
    close(appointment, "held", "video", next_steps="Metoprolol 50 mg", next_contact="phone")

    page = phone.get(room).content.decode()

    assert "Metoprolol" not in page
    assert "De volgende keer: bellen." in page


def test_the_day_after_nobody_enters_any_more(phone, into, time_machine_at):
    appointment = at(0)
    room = into(appointment)

    with time_machine_at(appointment.end + timedelta(hours=23, minutes=30)):
        assert state(phone, room) == "missed"
        phone.post(room)

    assert not Presence.objects.exists()


def test_fragment_without_news_is_not_modified_and_not_logged(phone, into):
    room = into(at(20))
    phone.post(room)
    first = phone.get(room + "stand/")
    rows = AccessLog.objects.count()

    again = phone.get(room + "stand/", headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert AccessLog.objects.count() == rows
    assert "no-store" in first["Cache-Control"]


def test_other_forms_have_no_waiting_room(phone, into):
    appointment = at(20, modality="phone")
    room = into(appointment)

    assert phone.get(room)["Location"] == room.removesuffix("wachtkamer/")
    phone.post(room)
    assert not Presence.objects.exists()


def test_parent_waits_for_a_child(phone, into):
    child, mother = make.child_with_parent(timezone.localdate())
    room = into(at(20, patient=child))

    phone.post(room)

    assert Presence.objects.get().participant.representative == mother


def test_replaced_link_keeps_who_is_inside(phone, into):
    appointment = at(20)
    room = into(appointment)
    phone.post(room)
    appointment.participants.first().links.update(replaced_at=timezone.now())

    assert phone.post(room + "teken/").status_code == 204
    assert state(phone, room) == "on_time"


def patient_of(appointment):
    return appointment.participants.exclude(role="clinician").get()


def close(appointment, outcome, held, **fields):
    closed = close_consult(
        appointment=appointment,
        outcome=outcome,
        modality_held=held,
        comparable=True,
        by="user:1",
        now=timezone.now(),
        **{"next_contact": "", "next_steps": "", **fields},
    )
    assert closed.pk, closed

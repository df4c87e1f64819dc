"""The door of the call, attacked: who gets in, who is sent away, and what a browser may not say."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from events.models import Event
from people.models import AccessLog, Membership
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.links import mint_link
from scheduling.models import Appointment, ParticipantRole
from scheduling.patient_session import COOKIE, Level, keep_level
from tests import factories as make
from tests.waitingroom.visits import at
from waitingroom import sockets
from waitingroom.actions import seats
from waitingroom.actions.call import continue_by_phone, end_call
from waitingroom.actions.presence import admit, arrive
from waitingroom.models import CallSeat, Presence

SOON = 5.0


@pytest.fixture
def consult(site: str) -> Iterator[Appointment]:
    """Two minutes past the start: mevrouw Jansen waits for dr. Van der Veen."""
    with time_machine.travel(at("14.12"), tick=True):
        yield make.appointment(start=at("14.10"))


@pytest.fixture
def knock(site: str) -> Iterator[Callable[..., ClientConnection]]:
    """`knock(appointment, cookie=…, link=…)`: a browser at the door of the call, from a page of ours."""

    def open_socket(
        appointment: Appointment | uuid.UUID, *, cookie: str = "", link: object = "", **options: Any
    ) -> Any:
        public_id = appointment if isinstance(appointment, uuid.UUID) else appointment.public_id
        address = f"{site.replace('http', 'ws', 1)}/ws/call/{public_id}/" + (f"?link={link}" if link else "")
        options.setdefault("origin", site)
        headers = {"Cookie": cookie} if cookie else {}
        return opened.enter_context(
            connect(address, additional_headers=headers, compression=None, open_timeout=SOON, **options)
        )

    with ExitStack() as opened:
        yield open_socket


def staff_cookie(appointment: Appointment) -> str:
    return cookie_of(appointment.clinician.user)


def cookie_of(user: Any) -> str:
    client = Client()
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return f"{django_settings.SESSION_COOKIE_NAME}={client.cookies[django_settings.SESSION_COOKIE_NAME].value}"


def patient_cookie(appointment: Appointment, level: Level = Level.BIRTH_DATE) -> tuple[str, uuid.UUID]:
    link, _token = mint_link(participant=the_patient(appointment), now=timezone.now())
    response = HttpResponse()
    keep_level(response, {}, link.ref, level)
    return f"{COOKIE}={response.cookies[COOKIE].value}", link.ref


def the_patient(appointment: Appointment) -> Any:
    return appointment.participants.exclude(role=ParticipantRole.CLINICIAN).get()


def let_in(appointment: Appointment) -> None:
    now = timezone.now()
    assert isinstance(arrive(participant=the_patient(appointment), now=now, by="link:x"), Presence)
    admit(appointment=appointment, by="user:1", now=now)


def hear(socket: ClientConnection) -> dict[str, Any]:
    return json.loads(socket.recv(timeout=SOON))


def hear_until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while (message := hear(socket))["type"] != kind:
        pass
    return message


def closed_with(socket: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=SOON)
    return socket.close_code


def say(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


# --- At the door ----------------------------------------------------------------------------------------------------


def test_clinician_of_the_appointment_enters(consult: Appointment, knock: Any):
    snapshot = hear(knock(consult, cookie=staff_cookie(consult)))
    assert snapshot["type"] == "snapshot"
    assert [peer for peer, _seq, _role in snapshot["peers"]] == [snapshot["you"]]
    assert AccessLog.objects.filter(action="join.call", result="allowed", patient=consult.patient).count() == 1


def test_patient_before_admission_is_refused(consult: Appointment, knock: Any):
    cookie, link = patient_cookie(consult)
    arrive(participant=the_patient(consult), now=timezone.now(), by=f"link:{link}")
    with pytest.raises(InvalidStatus):
        knock(consult, cookie=cookie, link=link)
    assert AccessLog.objects.filter(action="join.call", result="refused", patient=consult.patient).count() == 1
    assert not CallSeat.objects.exists()


def test_patient_after_admission_enters(consult: Appointment, knock: Any):
    cookie, link = patient_cookie(consult)
    let_in(consult)
    assert hear(knock(consult, cookie=cookie, link=link))["type"] == "snapshot"


def test_patient_without_the_birth_date_is_refused(consult: Appointment, knock: Any):
    cookie, link = patient_cookie(consult, Level.LINK)
    let_in(consult)
    with pytest.raises(InvalidStatus):
        knock(consult, cookie=cookie, link=link)


def test_patient_of_another_appointment_is_refused(consult: Appointment, knock: Any):
    other = make.appointment(start=consult.start)
    let_in(consult)
    let_in(other)
    cookie, link = patient_cookie(other)
    with pytest.raises(InvalidStatus):
        knock(consult, cookie=cookie, link=link)


def test_forged_cookie_is_refused(consult: Appointment, knock: Any):
    let_in(consult)
    _cookie, link = patient_cookie(consult)
    for forged in (f'{COOKIE}={{"{link}": 2}}', f"{COOKIE}=", "x=y"):
        with pytest.raises(InvalidStatus):
            knock(consult, cookie=forged, link=link)


def test_strangers_are_refused(consult: Appointment, knock: Any):
    department = consult.department
    strangers = {
        "nobody": "",
        "colleague": cookie_of(make.member("clinician", department, name="S. Ramdin")),
        "clerk": cookie_of(make.member("planner", department)),
        "elsewhere": cookie_of(make.member("clinician", make.department("neurologie"), name="dr. A. Çelik")),
    }
    let_in(consult)
    for name, cookie in strangers.items():
        with pytest.raises(InvalidStatus):
            pytest.fail(f"{name} got in: {knock(consult, cookie=cookie)}")
    assert AccessLog.objects.filter(action="join.call", result="refused").count() == len(strangers)


def test_unknown_appointment_is_refused_like_a_foreign_one(consult: Appointment, knock: Any):
    with pytest.raises(InvalidStatus) as unknown:
        knock(uuid.uuid4(), cookie=staff_cookie(consult))
    assert unknown.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9", "http://127.0.0.1", "null", None])
def test_foreign_origin_is_refused(consult: Appointment, knock: Any, origin: str | None):
    with pytest.raises(InvalidStatus):
        knock(consult, cookie=staff_cookie(consult), origin=origin)


def test_cancelled_appointment_is_refused(consult: Appointment, knock: Any):
    cookie = staff_cookie(consult)
    cancel_appointment(appointment=consult, by="user:1", now=timezone.now())
    with pytest.raises(InvalidStatus):
        knock(consult, cookie=cookie)


# --- Inside ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def both(consult: Appointment, knock: Any) -> tuple[ClientConnection, ClientConnection]:
    """Clinician first, then the patient; everything said so far is heard."""
    let_in(consult)
    cookie, link = patient_cookie(consult)
    clinician = knock(consult, cookie=staff_cookie(consult))
    hear(clinician)
    patient = knock(consult, cookie=cookie, link=link)
    hear(patient)
    hear_until(clinician, "joined")
    return clinician, patient


def test_newcomer_is_told_who_is_there_and_the_others_that_they_came(consult: Appointment, knock: Any):
    let_in(consult)
    cookie, link = patient_cookie(consult)
    clinician = knock(consult, cookie=staff_cookie(consult))
    first = hear(clinician)
    patient = knock(consult, cookie=cookie, link=link)
    second = hear(patient)
    assert second["peers"] == [[first["you"], 1, "clinician"], [second["you"], 2, "patient"]]
    assert hear(clinician) == {"type": "joined", "seq": 2, "peer": second["you"], "role": "patient", "replaces": ""}
    patient.close()
    assert hear(clinician) == {"type": "left", "seq": 3, "peer": second["you"]}
    assert CallSeat.objects.count() == 1


def test_signals_reach_the_other_only(both: Any):
    clinician, patient = both
    say(clinician, type="look")
    peers = hear_until(clinician, "snapshot")
    other = next(peer for peer, _seq, role in peers["peers"] if role == "patient")
    say(clinician, type="signal", to=other, data={"candidates": [{"candidate": "x"}]})
    assert hear_until(patient, "signal") == {
        "type": "signal",
        "from": peers["you"],
        "data": {"candidates": [{"candidate": "x"}]},
    }


def test_signals_do_not_cross_to_another_room(both: Any, knock: Any):
    clinician, _patient = both
    foreign = make.appointment(start=at("14.10"))
    elsewhere = knock(foreign, cookie=staff_cookie(foreign))
    target = hear(elsewhere)["you"]
    say(clinician, type="signal", to=target, data={"description": {"type": "offer", "sdp": "x"}})
    say(elsewhere, type="ping")
    assert hear(elsewhere) == {"type": "pong"}


def test_second_window_takes_over_the_first(consult: Appointment, knock: Any):
    cookie = staff_cookie(consult)
    first = knock(consult, cookie=cookie)
    hear(first)
    second = knock(consult, cookie=cookie)
    assert len(hear(second)["peers"]) == 1
    assert hear_until(first, "elsewhere")
    assert closed_with(first) == sockets.TAKEN_OVER
    say(second, type="ping")
    assert hear(second) == {"type": "pong"}
    assert CallSeat.objects.count() == 1


def test_more_than_three_sockets_of_a_session_are_refused(consult: Appointment, knock: Any):
    cookie = staff_cookie(consult)
    start = consult.start
    rooms = [consult]
    for minutes in (30, 60, 90):
        later = start + timedelta(minutes=minutes)
        rooms.append(make.appointment(start=later, clinician=consult.clinician, type=consult.type))
    for room in rooms[: seats.SEATS_PER_SESSION]:
        hear(knock(room, cookie=cookie))
    with pytest.raises(InvalidStatus):
        knock(rooms[3], cookie=cookie)
    hear(knock(rooms[3], cookie=staff_cookie(consult)))


def test_ping_is_a_sign_of_life(both: Any):
    _clinician, patient = both
    Presence.objects.update(last_seen_at=timezone.now() - timedelta(minutes=1))
    say(patient, type="ping")
    assert hear_until(patient, "pong")
    assert timezone.now() - Presence.objects.get().last_seen_at < timedelta(seconds=5)


def test_connected_is_a_fact_once_per_side(both: Any, consult: Appointment):
    clinician, patient = both
    for socket in (clinician, patient, patient):
        say(socket, type="connected")
        say(socket, type="ping")
        hear_until(socket, "pong")
    told = Event.objects.filter(kind="call.connected").values_list("data__role", flat=True)
    assert sorted(told) == ["clinician", "patient"]


def test_failing_technique_is_a_fact(both: Any):
    _clinician, patient = both
    say(patient, type="failed", reason="denied")
    say(patient, type="ping")
    hear_until(patient, "pong")
    event = Event.objects.get(kind="technique.failed")
    assert (event.data["role"], event.data["reason"]) == ("patient", "denied")
    assert event.actor.startswith("link:")


# --- Shown out ------------------------------------------------------------------------------------------------------


def test_cancellation_ends_the_call_at_once(both: Any, consult: Appointment):
    consult.refresh_from_db()
    cancel_appointment(appointment=consult, by="user:1", now=timezone.now())
    for socket in both:
        assert hear_until(socket, "over")["reason"] in ("over", "unknown")
        assert closed_with(socket) == sockets.REFUSED


@pytest.mark.parametrize("end", [end_call, continue_by_phone])
def test_end_of_the_call_shows_the_patient_out(both: Any, consult: Appointment, end: Any):
    end(appointment=consult, by="user:1", now=timezone.now())
    assert hear_until(both[1], "over") == {"type": "over", "reason": "not_admitted"}
    assert closed_with(both[1]) == sockets.REFUSED


def test_lost_permission_is_noticed_with_the_next_message(both: Any, consult: Appointment):
    clinician, _patient = both
    Membership.objects.filter(user=consult.clinician.user).delete()
    say(clinician, type="ping")
    assert hear_until(clinician, "over")
    assert closed_with(clinician) == sockets.REFUSED


def test_signing_out_is_noticed_with_the_next_message(consult: Appointment, knock: Any):
    from django.contrib.sessions.models import Session

    clinician = knock(consult, cookie=staff_cookie(consult))
    hear(clinician)
    Session.objects.all().delete()
    say(clinician, type="ping")
    assert closed_with(clinician) == sockets.REFUSED


def test_lost_permission_is_noticed_without_a_message(
    consult: Appointment, knock: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sockets, "RECHECK_SECONDS", 0.1)
    clinician = knock(consult, cookie=staff_cookie(consult))
    hear(clinician)
    Membership.objects.filter(user=consult.clinician.user).delete()
    assert hear(clinician)["type"] == "over"


# --- What a browser may not say -------------------------------------------------------------------------------------

LONG = "x" * sockets.FRAME_BYTES
TOO_LONG = "x" * sockets.SDP_BYTES


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", sockets.MALFORMED),
        ("[]", sockets.MALFORMED),
        ("1", sockets.MALFORMED),
        ("[" * 3000, sockets.MALFORMED),
        (json.dumps({"type": "shout"}), sockets.MALFORMED),
        (json.dumps({"type": "signal", "to": 1, "data": {}}), sockets.MALFORMED),
        (json.dumps({"type": "signal", "to": "x", "data": "y"}), sockets.MALFORMED),
        (json.dumps({"type": "failed", "reason": "because"}), sockets.MALFORMED),
        (b"\x00\x01", sockets.MALFORMED),
        (json.dumps({"type": "signal", "to": "x", "data": {"candidates": LONG}}), sockets.TOO_LARGE),
        (json.dumps({"type": "ping", "data": {"description": LONG}}), sockets.TOO_LARGE),
        (json.dumps({"type": "signal", "to": "x", "data": {"description": TOO_LONG}}), sockets.TOO_LARGE),
    ],
)
def test_bad_frames_close_the_socket(consult: Appointment, knock: Any, frame: Any, code: int):
    socket = knock(consult, cookie=staff_cookie(consult))
    hear(socket)
    socket.send(frame)
    assert closed_with(socket) == code


def test_a_long_description_passes(both: Any):
    clinician, patient = both
    say(clinician, type="look")
    other = next(peer for peer, _seq, role in hear_until(clinician, "snapshot")["peers"] if role == "patient")
    say(clinician, type="signal", to=other, data={"description": {"type": "offer", "sdp": LONG}})
    assert len(hear_until(patient, "signal")["data"]["description"]["sdp"]) == len(LONG)


def test_more_than_ten_messages_a_second_close_the_socket(
    consult: Appointment, knock: Any, monkeypatch: pytest.MonkeyPatch
):
    # However slow the machine, all of them within one second.
    monkeypatch.setattr(sockets, "monotonic", lambda: 7.0)
    socket = knock(consult, cookie=staff_cookie(consult))
    hear(socket)
    for _ in range(sockets.MESSAGES_PER_SECOND + 1):
        say(socket, type="look")
    assert closed_with(socket) == sockets.TOO_FAST


def test_a_seat_that_outlived_its_server_is_dropped(consult: Appointment, knock: Any):
    let_in(consult)
    gone = seats.take_seat(
        participant=the_patient(consult),
        channel="gone!x",
        holder="link:x",
        now=timezone.now() - seats.STALE_AFTER * 2,
    )
    snapshot = hear(knock(consult, cookie=staff_cookie(consult)))
    assert gone is not None
    assert gone.peer not in [peer for peer, _seq, _role in snapshot["peers"]]

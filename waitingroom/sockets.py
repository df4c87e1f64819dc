"""Signalling of a call: browsers find each other and exchange how to connect. Sound and picture pass us by.

    to the browser    snapshot {seq, you, peers: [[peer, seq, role]]} · joined {seq, peer, role, replaces}
                      left {seq, peer} · signal {from, data} · pong · elsewhere · over {reason}
    from the browser  signal {to, data} · look (asks for a snapshot) · ping · connected · failed {reason}

`joined` and `left` are hints: whoever misses a number asks for a snapshot. Only who came later offers.
"""

import asyncio
import json
import uuid
from collections import deque
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from events.hub import listening
from waitingroom.actions import seats
from waitingroom.actions.call import TECHNIQUE_REASONS, call_connected, technique_failed
from waitingroom.actions.presence import beat
from waitingroom.call_access import Entrant, Knock, Turned, log_knock, who_enters

log = structlog.get_logger("videopoli.call")

FRAME_BYTES = 4 * 1024
SDP_BYTES = 16 * 1024
MESSAGES_PER_SECOND = 10
RECHECK_SECONDS = 60.0

# Close codes of our own (4000-4999 are free for applications); the browser comes back only after other ones.
MALFORMED, REFUSED, TAKEN_OVER, TOO_LARGE, TOO_FAST = 4400, 4403, 4409, 4413, 4429
UNGUARDED = 1011


class Malformed(Exception):
    pass


class CallConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    seated: seats.Seated | None = None
    entrant: Entrant
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.knock = _knock(self.scope)
        self.sent: deque[float] = deque(maxlen=MESSAGES_PER_SECOND)
        self.group = f"call.{self.knock.appointment.hex}"
        if not _same_origin(self.scope) or not await self._come_in():
            await self.close(REFUSED)
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        if not await self._sit_down():
            await self.channel_layer.group_discard(self.group, self.channel_name)
            await self.close(TOO_FAST)
            return
        self.watch = asyncio.create_task(self._watch())

    async def _come_in(self) -> bool:
        answer = await database_sync_to_async(who_enters)(self.knock, timezone.now())
        await database_sync_to_async(log_knock)(self.knock, answer)
        if isinstance(answer, Turned):
            return False
        self.entrant = answer
        return True

    async def _sit_down(self) -> bool:
        participant, now = self.entrant.participant, timezone.now()
        self.seated = await database_sync_to_async(seats.take_seat)(
            participant=participant, channel=self.channel_name, holder=self.knock.holder, now=now
        )
        if self.seated is None:
            return False
        if self.entrant.is_patient_side:
            await database_sync_to_async(beat)(participant=participant, now=now, by=self.entrant.actor)
        await self.accept()
        await self._tell_snapshot(self.seated.snapshot)
        await self._tell_joined(self.seated)
        return True

    async def _tell_joined(self, seated: seats.Seated) -> None:
        former_peer = ""
        if seated.replaced:
            channel, former_peer = seated.replaced
            await self.channel_layer.send(channel, {"type": "seat.taken"})
        role = self.entrant.participant.role
        await self._tell_room(
            "room.joined", peer=seated.peer, seq=seated.snapshot.seq, role=role, replaces=former_peer
        )

    async def disconnect(self, code: int) -> None:
        if self.watch is not None:
            self.watch.cancel()
        if self.seated is None:
            return
        seq = await database_sync_to_async(seats.give_up_seat)(
            appointment_id=self.entrant.participant.appointment_id, peer=self.seated.peer
        )
        if seq is not None:
            await self._tell_room("room.left", peer=self.seated.peer, seq=seq)
        await self.channel_layer.group_discard(self.group, self.channel_name)

    # --- From the browser ---------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._too_fast():
            await self.close(TOO_FAST)
        elif text_data is None:
            await self.close(MALFORMED)
        elif len(text_data.encode()) > SDP_BYTES:
            await self.close(TOO_LARGE)
        else:
            await self._answer(text_data)

    async def _answer(self, text: str) -> None:
        try:
            message = _parsed(text)
            if len(text.encode()) > FRAME_BYTES and not _is_sdp(message):
                await self.close(TOO_LARGE)
            elif await self._may_stay():
                await self._act_on(message)
        except Malformed:
            await self.close(MALFORMED)

    async def _act_on(self, message: dict[str, Any]) -> None:
        participant, actor, now = self.entrant.participant, self.entrant.actor, timezone.now()
        match message:
            case {"type": "signal", "to": str(to), "data": dict(data)}:
                await self._pass_on(to, data)
            case {"type": "look"}:
                snapshot = await database_sync_to_async(seats.look_around)(appointment_id=participant.appointment_id)
                await self._tell_snapshot(snapshot)
            case {"type": "ping"}:
                await self._keep_alive()
            case {"type": "connected"}:
                await database_sync_to_async(call_connected)(participant=participant, by=actor, now=now)
            case {"type": "failed", "reason": str(reason)} if reason in TECHNIQUE_REASONS:
                await database_sync_to_async(technique_failed)(
                    participant=participant, reason=reason, by=actor, now=now
                )
            case _:
                raise Malformed

    async def _pass_on(self, peer: str, data: dict[str, Any]) -> None:
        channel = await database_sync_to_async(seats.channel_of)(
            appointment_id=self.entrant.participant.appointment_id, peer=peer
        )
        if channel is not None and self.seated is not None:
            await self.channel_layer.send(channel, {"type": "signal.pass", "from": self.seated.peer, "data": data})

    async def _keep_alive(self) -> None:
        now = timezone.now()
        if self.seated is not None:
            await database_sync_to_async(seats.keep_seat)(peer=self.seated.peer, now=now)
        if self.entrant.is_patient_side:
            await database_sync_to_async(beat)(participant=self.entrant.participant, now=now, by=self.entrant.actor)
        await self._tell("pong")

    def _too_fast(self) -> bool:
        now = monotonic()
        full = len(self.sent) == MESSAGES_PER_SECOND and now - self.sent[0] < 1.0
        self.sent.append(now)
        return full

    # --- Permission -----------------------------------------------------------------------------------------------

    async def _may_stay(self) -> bool:
        answer = await database_sync_to_async(who_enters)(self.knock, timezone.now())
        if isinstance(answer, Entrant):
            return True
        await self._tell("over", reason=answer.reason)
        await self.close(REFUSED)
        return False

    async def _watch(self) -> None:
        """Ask again every minute, and as soon as anything happened to the appointment."""
        topic = f"appointment:{self.entrant.participant.appointment_id}"
        try:
            async with listening(lambda topics: [topic] if topic in topics else []) as listener:
                while await self._may_stay():
                    await listener.wait(RECHECK_SECONDS)
        except Exception:
            # Nobody stays in a call that we cannot guard; the browser comes back by itself.
            log.exception("call unguarded")
            await self.close(UNGUARDED)

    # --- To the browser -------------------------------------------------------------------------------------------

    async def room_joined(self, event: dict[str, Any]) -> None:
        if self.seated is not None and event["peer"] != self.seated.peer:
            told = {name: event[name] for name in ("seq", "peer", "role", "replaces")}
            await self._tell("joined", **told)

    async def room_left(self, event: dict[str, Any]) -> None:
        if self.seated is not None and event["peer"] != self.seated.peer:
            await self._tell("left", seq=event["seq"], peer=event["peer"])

    async def signal_pass(self, event: dict[str, Any]) -> None:
        await self._tell("signal", **{"from": event["from"], "data": event["data"]})

    async def seat_taken(self, event: dict[str, Any]) -> None:
        await self._tell("elsewhere")
        await self.close(TAKEN_OVER)

    async def _tell_snapshot(self, snapshot: seats.Snapshot) -> None:
        if self.seated is not None:
            await self._tell("snapshot", seq=snapshot.seq, you=self.seated.peer, peers=snapshot.peers)

    async def _tell(self, kind: str, **values: Any) -> None:
        await self.send(text_data=json.dumps({"type": kind, **values}))

    async def _tell_room(self, kind: str, **values: Any) -> None:
        await self.channel_layer.group_send(self.group, {"type": kind, **values})


def _parsed(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(message, dict):
        raise Malformed
    return message


def _is_sdp(message: dict[str, Any]) -> bool:
    data = message.get("data")
    return message.get("type") == "signal" and isinstance(data, dict) and "description" in data


def _knock(scope: dict[str, Any]) -> Knock:
    cookies = scope.get("cookies", {})
    query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
    return Knock(
        appointment=uuid.UUID(str(scope["url_route"]["kwargs"]["public_id"])),
        link=query.get("link", [""])[0],
        session_key=cookies.get(settings.SESSION_COOKIE_NAME, ""),
        cookies=cookies,
    )


def _same_origin(scope: dict[str, Any]) -> bool:
    """A page of another site would come with our cookies; the browser says where the page is from."""
    headers = dict(scope["headers"])
    origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    host = headers.get(b"host", b"").decode("latin-1")
    trusted = {urlsplit(address).netloc for address in settings.CSRF_TRUSTED_ORIGINS}
    return bool(origin.netloc) and origin.netloc in {host, *trusted}

"""What a department told its patients, what became of it, and how the sending goes as a whole."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.messages import (
    ConversationOut,
    MessagePage,
    MessagesQuery,
    OneMessageOut,
    OperationsOut,
    ResendIn,
)
from notifications.actions.resending import NotResent, resend_message
from notifications.models import Channel, Message
from notifications.queries.operations import operations
from notifications.queries.outbox import Asked, Box, message_by, messages_in
from notifications.queries.paging import Place, page_of, write_place
from notifications.queries.patients import MOST_SHOWN, replies_of, told_to
from notifications.resending_words import not_resent_words
from notifications.standing import since, standing_of
from people.desks import Desk, desk_in
from people.models import Patient
from people.permissions import Permission
from scheduling.localtime import AMSTERDAM


class DepartmentMessages(StaffEndpoint):
    @describe(
        "messages_list",
        "The messages of a department; box `problems` holds what did not arrive and was not made good.",
        MessagePage,
        parameters=[MessagesQuery],
    )
    def get(self, request: Request) -> Response:
        asked, now = self.asked(MessagesQuery), self.clock()
        desk = self.desk(asked["department"], Permission.SEE_MESSAGES, "view.outbox")
        box = Box(asked["box"])
        rows = messages_in(desk.department, _asked(asked, box), now=now)
        page = page_of(rows, next_first=box.next_first, place=asked.get("cursor"), size=asked["limit"])
        desk.log_list("view.outbox", {(one.patient_id, one.appointment_id) for one in page.messages})
        shown = {
            "messages": _standing(page.messages, now),
            "next": _cursor(page.further),
            "previous": _cursor(page.earlier),
        }
        return Response(MessagePage(shown).data)


class OneMessage(StaffEndpoint):
    @describe("messages_read", "One message, as it was sent, and what became of it.", OneMessageOut)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        _desk, message = _at(self, public_id, "view.message")
        [shown] = _standing([message], self.clock())
        return Response(OneMessageOut(shown).data)


class ResendMessage(StaffEndpoint):
    @describe(
        "messages_resend",
        "Send once more, with a fresh link; at most once in ten minutes.",
        OneMessageOut,
        status=201,
        request=ResendIn,
        refusals=[409],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted = self.sent(ResendIn)
        _desk, message = _at(self, public_id, "resend.message")
        own = Channel.EMAIL if message.channel == Channel.INBOX else message.channel
        channel = Channel(wanted.get("channel", own))
        done = resend_message(message=message, channel=channel, now=self.clock())
        if isinstance(done, NotResent):
            title = not_resent_words(done, channel)
            raise Refused(Problem("not-resent", title, 409, extra={"reason": done.why.value}))
        [shown] = _standing([done], self.clock())
        return Response(OneMessageOut(shown).data, status=201)


class PatientConversation(StaffEndpoint):
    @describe("patients_messages", "All that was told to a patient, and what came back.", ConversationOut)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, patient = self.desk_treating(public_id, Permission.SEE_MESSAGES, "view.messages")
        told = list(told_to(patient, desk.department)[: MOST_SHOWN + 1])
        lines = [*_told(told[:MOST_SHOWN], self.clock()), *_happened(patient, desk)]
        lines.sort(key=lambda line: line["at"], reverse=True)
        return Response(ConversationOut({"lines": lines, "more": len(told) > MOST_SHOWN}).data)


class MessageOperations(StaffEndpoint):
    @describe("operations_messages", "How the sending goes, over all departments. Nobody is named.", OperationsOut)
    def get(self, request: Request) -> Response:
        held = (
            desk_in(self.staff, self.memberships, Permission.SEE_OPERATIONS, one.department_id)
            for one in self.memberships
        )
        if not any(held):
            self.refuse("view.operations", self.memberships[0].department if self.memberships else None)
        return Response(OperationsOut(operations(now=self.clock())).data)


def _at(endpoint: StaffEndpoint, public_id: uuid.UUID, action: str) -> tuple[Desk, Message]:
    """And a row in the access log that this message was seen or sent again."""
    message = message_by(public_id)
    if message is None:
        endpoint.hide(action, None)
    desk = endpoint.desk(
        message.department,
        Permission.SEE_MESSAGES,
        action,
        patient=message.patient,
        appointment=message.appointment,
    )
    desk.log(action, message.patient_id, message.appointment_id)
    return desk, message


def _asked(asked: dict[str, Any], box: Box) -> Asked:
    patient = asked.get("patient")
    return Asked(
        box=box,
        kind=asked.get("kind", ""),
        channel=asked.get("channel", ""),
        since=_begin_of(asked["since"]) if "since" in asked else None,
        before=_begin_of(asked["until"] + timedelta(days=1)) if "until" in asked else None,
        patients=tuple(Patient.objects.filter(public_id=patient).values_list("pk", flat=True)) if patient else None,
    )


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, AMSTERDAM)


def _cursor(place: Place | None) -> str | None:
    return write_place(place) if place else None


def _standing(messages: Iterable[Message], now: datetime) -> list[dict[str, Any]]:
    found = [(message, standing_of(message, now=now)) for message in messages]
    return [{"message": one, "standing": standing, "since": since(one, standing)} for one, standing in found]


def _told(messages: Iterable[Message], now: datetime) -> Iterable[dict[str, Any]]:
    for shown in _standing(messages, now):
        at = shown["message"].sent_at or shown["message"].due_at
        yield {"at": at, "kind": "message", "message": shown, "outcome": ""}


def _happened(patient: Patient, desk: Desk) -> Iterable[dict[str, Any]]:
    for event in replies_of(patient, desk.department)[:MOST_SHOWN]:
        yield {"at": event.at, "kind": event.kind, "message": None, "outcome": event.data.get("outcome", "")}

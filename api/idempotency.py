"""A write that may be sent twice, and is done once (reliability, Booking).

The key is taken in the transaction of the write itself: whoever sends the same key meanwhile waits for that
transaction, and then gets its answer. A crash leaves both, or neither.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from api.models import KeptAnswer
from api.problems import CONTENT_TYPE, Problem, Refused, invalid
from scheduling.locks import planning

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
UNPROCESSABLE = 422


@dataclass(frozen=True)
class Answer:
    """`body` is ready for JSON."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        content_type = CONTENT_TYPE if self.status >= 400 else None
        return Response(self.body, status=self.status, headers=self.headers, content_type=content_type)


@dataclass(frozen=True)
class Declined:
    """The rules refuse: nothing was written. What to say is made when the locks of the write are given back."""

    say: Callable[[], Answer]


def answer_once(request: Request, *, actor: str, now: datetime, act: Callable[[], Answer | Declined]) -> Response:
    """Carry out `act`, or give the answer it gave before to the same key and the same request."""
    key = request.headers.get(HEADER)
    if key is None:
        done = act()
        return (done.say() if isinstance(done, Declined) else done).response()
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Refused(invalid({HEADER: [_("Use 1 to 200 plain characters, such as a UUID.")]}))
    fingerprint = _fingerprint(request)
    kept = KeptAnswer.objects.filter(actor=actor, key=key).first()
    if kept is None:
        mine = KeptAnswer(actor=actor, key=key, fingerprint=fingerprint, created_at=now)
        answer = _act(mine, act)
        if answer is not None:
            return answer.response()
        kept = KeptAnswer.objects.get(actor=actor, key=key)
    return _again(kept, fingerprint)


class _Taken(Exception):
    """Someone else answers this key."""


class _NotDone(Exception):
    def __init__(self, declined: Declined) -> None:
        self.declined = declined


def _act(mine: KeptAnswer, act: Callable[[], Answer | Declined]) -> Answer | None:
    """None when someone else was first with this key. Raises scheduling.locks.Busy."""
    try:
        # No locks of its own: for its limit on waiting, and its words for a database that is busy.
        with planning(()):
            _take(mine)
            done = act()
            if isinstance(done, Declined):
                raise _NotDone(done)
            _keep(mine, done)
            return done
    except _Taken:
        return None
    except _NotDone as refused:
        return _decline(mine, refused.declined.say())


def _decline(mine: KeptAnswer, answer: Answer) -> Answer | None:
    mine.pk = None
    try:
        with planning(()):
            _take(mine)
            _keep(mine, answer)
    except _Taken:
        return None
    return answer


def _take(mine: KeptAnswer) -> None:
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
    except IntegrityError as error:
        raise _Taken from error


def _keep(mine: KeptAnswer, answer: Answer) -> None:
    mine.status, mine.headers = answer.status, answer.headers
    mine.body = json.dumps(answer.body, cls=JSONEncoder)
    mine.save(update_fields=["status", "headers", "body"])


def _again(kept: KeptAnswer, fingerprint: str) -> Response:
    if kept.fingerprint != fingerprint:
        title = _("This Idempotency-Key was used for another request. Use a new key for a new request.")
        raise Refused(Problem("key-reused", title, UNPROCESSABLE))
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Answer(kept.status, json.loads(kept.body), headers).response()


def _fingerprint(request: Request) -> str:
    asked = [request.method, request.path, request.headers.get("If-Match", ""), request.data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, cls=JSONEncoder).encode()).hexdigest()

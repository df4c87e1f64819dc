"""RFC 9457: every refusal of the API is a problem+json document that says what to do."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.views import exception_handler

from scheduling.actions.placing import ChangedMeanwhile
from scheduling.locks import Busy, is_busy

log = structlog.get_logger("videopoli.api")

CONTENT_TYPE = "application/problem+json"
BASE = "urn:videopoli:problem:"
# What a client that waits for the database's locks should leave in between, in seconds.
RETRY_AFTER = "1"
_KEPT_HEADERS = ("WWW-Authenticate", "Allow", "Retry-After")
_KINDS = {"permission_denied": "forbidden"}
_PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Problem:
    """`kind` is stable for machines; `title` and `detail` are for people, in their language."""

    kind: str
    title: str
    status: int
    detail: str = ""
    extra: dict[str, Any] | None = None

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"type": BASE + self.kind, "title": self.title, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        return document | (self.extra or {})

    def response(self, headers: dict[str, str] | None = None) -> JsonResponse:
        """Plain JSON, whatever the client asked to accept: a refusal must be readable."""
        return JsonResponse(
            self.document, encoder=DjangoJSONEncoder, status=self.status, headers=headers, content_type=CONTENT_TYPE
        )


class Refused(Exception):
    """Raise a problem from anywhere in a view; nothing was written."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def problem_response(exc: Exception, context: dict[str, Any]) -> JsonResponse:
    if isinstance(exc, Refused):
        return exc.problem.response()
    if isinstance(exc, Busy) or (isinstance(exc, OperationalError) and is_busy(exc)):
        return busy().response({"Retry-After": RETRY_AFTER})
    known = _known(exc)
    if known is not None:
        return known.response()
    answer = exception_handler(exc, context)
    if answer is None:
        return _unforeseen(exc, context)
    headers = {name: value for name, value in answer.items() if name in _KEPT_HEADERS}
    kind = getattr(exc, "default_code", "error")
    title = str(getattr(exc, "detail", "")) or _("This request cannot be carried out.")
    return Problem(_KINDS.get(kind, kind).replace("_", "-"), title, answer.status_code).response(headers)


def busy() -> Problem:
    return Problem("busy", _("Others are planning on this day. Try again in a moment."), 503)


def not_found() -> Problem:
    return Problem("not-found", _("This does not exist, or not for you."), 404)


def too_large(most: int) -> Problem:
    """`most`: bytes of a body."""
    return Problem(
        "too-large", _("This is too much to send at once. Send at most %(size)d bytes.") % {"size": most}, 413
    )


def invalid(errors: Any) -> Problem:
    return Problem(
        "invalid", _("Some fields are not right. Correct them and send again."), 400, extra={"errors": errors}
    )


def _known(exc: Exception) -> Problem | None:
    if isinstance(exc, ChangedMeanwhile):
        title = _("Someone else changed this appointment. Look at it again first.")
        return Problem("changed-meanwhile", title, 409)
    if isinstance(exc, exceptions.ValidationError):
        return invalid(exc.detail)
    if isinstance(exc, (Http404, ObjectDoesNotExist, exceptions.NotFound)):
        return not_found()
    if isinstance(exc, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    if isinstance(exc, PermissionDenied):
        return Problem("forbidden", _("Your role does not allow this."), 403)
    return None


def _unforeseen(exc: Exception, context: dict[str, Any]) -> JsonResponse:
    """Our mistake. What went wrong is told to whoever runs this, never what was in it: that may be personal."""
    request = context.get("request")
    frames = [frame for frame in traceback.extract_tb(exc.__traceback__) if _is_ours(frame.filename)]
    at = f"{Path(frames[-1].filename).relative_to(_PROJECT)}:{frames[-1].lineno}" if frames else "-"
    match = getattr(request, "resolver_match", None)
    log.error("unforeseen", error=type(exc).__qualname__, at=at, route=match.view_name if match else "-")
    got_request_exception.send(sender=None, request=request)
    return Problem(
        "error", _("Something went wrong on our side. Nothing was changed. Try again later."), 500
    ).response()


def _is_ours(filename: str) -> bool:
    return filename.startswith(str(_PROJECT)) and "site-packages" not in filename

"""Who may open a message: whoever sees the messages of its department. Of another one it does not exist."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase

from notifications.models import Message
from notifications.queries.outbox import message_by
from pages.permissions import Desk, desk_at, log_refusal, sign_in_first
from people.permissions import Permission

P = ParamSpec("P")
MessageView = Callable[Concatenate[HttpRequest, Desk, Message, P], HttpResponseBase]


def message_page(action: str) -> Callable[[MessageView[P]], Callable[..., HttpResponseBase]]:
    """<uuid:public_id>; `action` names in the access log what is done."""

    def decorate(view: MessageView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, public_id: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            message = message_by(public_id)
            desk = desk_at(request, Permission.SEE_MESSAGES, message.department) if message else None
            if message is None or desk is None:
                log_refusal(
                    request, action, message.patient if message else None, message.appointment if message else None
                )
                raise Http404
            desk.log(action, message.patient_id, message.appointment_id)
            return view(request, desk, message, *args, **kwargs)

        return page

    return decorate

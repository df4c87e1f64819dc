"""Text messages through the hospital's gateway, one connection for a whole batch, every answer told apart."""

import json
from dataclasses import replace
from http.client import HTTPException

from django.conf import settings
from django.utils import timezone

from notifications.channels.answers import Answer, Broken, OutOfReach, Refused
from notifications.channels.closing import ClosedAfterUse
from notifications.channels.sms.connection import Connection
from notifications.channels.sms.providers import our_account, our_gateway, our_shape
from notifications.channels.sms.shapes import WRONG_NUMBER, Sms, as_document
from people.phone_numbers import read_phone_number

__all__ = ["Sms", "SmsSession"]

JSON = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}


class SmsSession(ClosedAfterUse):
    """Sends messages one by one; connects on first use and again after a break. Not for use by two threads."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def connect(self) -> None:
        """Be ready to send. Raises OutOfReach, also where the settings name no gateway that may be used."""
        if self._connection is None:
            self._connection = Connection(our_gateway(our_shape()), timeout=settings.SMS_TIMEOUT)
        try:
            self._connection.open()
        except (OSError, UnicodeError) as error:
            raise OutOfReach(type(error).__name__) from error

    def send(self, sms: Sms) -> Answer:
        """To a number however it is written. Raises OutOfReach where the gateway does not let us in."""
        number = read_phone_number(sms.to)
        if number is None:
            return Refused(WRONG_NUMBER, "this is no phone number")
        if self._connection is None:
            self.connect()
        assert self._connection is not None  # noqa: S101  for the type checker
        shape = our_shape()
        offer = shape.offer(replace(sms, to=number), our_account(shape), timezone.now())
        try:
            status, body = self._connection.post(json.dumps(offer.document).encode(), {**JSON, **offer.headers})
        except (OSError, HTTPException) as error:
            return Broken(type(error).__name__)
        return shape.understand(status, as_document(body))

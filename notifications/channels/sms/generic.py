"""A gateway of the hospital's own, or an adapter in front of any other: the shape that we would wish for.

POST to SMS_URL, `Authorization: Bearer <SMS_KEY>`, `Idempotency-Key: <reference>`:

    {"to": "+31612345678", "from": "De Waard", "text": "…", "reference": "…", "valid_seconds": 5400,
     "receipts_url": "https://…"}

`valid_seconds`: when the phone is still off after that, it is not delivered any more.

Answer 2xx `{"id": "…"}`. A key that was seen before is answered as it was then and sends nothing, whatever the body:
the text of a repeated offer holds a newer link. 422 `{"code": "number"}`: no text message can ever reach that number.
Other 4xx: refused for good. 429 and 5xx: later. 401 to 405: the gateway does not let us in.

Receipt: POST to the receipts_url, once or more often:

    {"reference": "…", "id": "…", "status": "delivered", "code": "", "at": "2026-11-30T14:00:00+01:00"}

where status is `delivered`, `failed` or `buffered`, and the code of a failure for good is `number`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifications.channels.answers import Answer
from notifications.channels.sms.shapes import (
    Account,
    Misunderstood,
    Offer,
    Outcome,
    Receipt,
    Shape,
    Sms,
    as_code,
    as_moment,
    as_text,
    by_status,
    refused_number,
)

UNPROCESSABLE = 422
NUMBER = "number"


def offer(sms: Sms, account: Account, now: datetime) -> Offer:
    document: dict[str, Any] = {"to": sms.to, "from": account.sender, "text": sms.text, "reference": sms.reference}
    if (seconds := sms.seconds_left(now)) is not None:
        document["valid_seconds"] = seconds
    if account.receipts_url:
        document["receipts_url"] = account.receipts_url
    return Offer({"Authorization": f"Bearer {account.key}", "Idempotency-Key": sms.reference}, document)


def understand(status: int, told: Mapping[str, Any]) -> Answer:
    code = as_code(told.get("code"))
    if status == UNPROCESSABLE and code == NUMBER:
        return refused_number(status, code)
    return by_status(status, as_text(told.get("id")), code)


def read_receipts(query: Mapping[str, str], told: Mapping[str, Any]) -> list[Receipt]:
    reference, code = as_text(told.get("reference")), as_code(told.get("code"))
    try:
        outcome = Outcome(told.get("status"))
    except ValueError as error:
        raise Misunderstood from error
    if not reference:
        raise Misunderstood
    return [
        Receipt(
            reference,
            outcome,
            code,
            provider_id=as_text(told.get("id")),
            at=as_moment(told.get("at")),
            wrong_number=outcome is Outcome.FAILED and code == NUMBER,
        )
    ]


GENERIC = Shape("generic", "", offer, understand, read_receipts)

"""Bird, once MessageBird: its REST API for text messages, as its public documentation describes it. Proven here
against a local stand-in only, never against the real thing.

POST https://rest.messagebird.com/messages, `Authorization: AccessKey <key>`:

    {"originator": "De Waard", "recipients": ["31612345678"], "body": "…", "reference": "…", "datacoding": "auto",
     "validity": 5400, "reportUrl": "https://…"}

where `validity` is in seconds, after which it is not delivered any more.

Answer 201 `{"id": "e8077d80…", …}`; else `{"errors": [{"code": 10, "description": "…", "parameter": "recipients"}]}`.
It does not drop a reference that it saw before: when the connection breaks between its taking a message and our
hearing so, the patient gets that message twice, unless its receipt is there before the next try.

Receipt: GET of the reportUrl (for messages with a reference only) with `id`, `reference`, `recipient`, `status`,
`statusDatetime` and, of a failure, `statusReason` and `statusErrorCode`. The status is `scheduled`, `sent`,
`buffered`, `delivered`, `expired` or `delivery_failed`. Error codes 1, 5, 9, 11 and 12 say that the number is
unknown, barred or can receive no text messages.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifications.channels.answers import Answer, OutOfReach
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

# A wrong key, and no balance.
OF_THE_ACCOUNT = {"2", "25"}
OUTCOMES = {
    **dict.fromkeys(("scheduled", "sent", "buffered"), Outcome.BUFFERED),
    "delivered": Outcome.DELIVERED,
    **dict.fromkeys(("expired", "delivery_failed"), Outcome.FAILED),
}
NUMBER_IS_WRONG = {"1", "5", "9", "11", "12"}
REASONS_OF_NUMBER = {"unknown subscriber", "incorrect number"}


def offer(sms: Sms, account: Account, now: datetime) -> Offer:
    document: dict[str, Any] = {
        "originator": account.sender,
        "recipients": [sms.to.removeprefix("+")],
        "body": sms.text,
        "reference": sms.reference,
        "datacoding": "auto",
    }
    if (seconds := sms.seconds_left(now)) is not None:
        document["validity"] = seconds
    if account.receipts_url:
        document["reportUrl"] = account.receipts_url
    return Offer({"Authorization": f"AccessKey {account.key}"}, document)


def understand(status: int, told: Mapping[str, Any]) -> Answer:
    errors = told.get("errors")
    error = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    code = as_code(error.get("code"))
    if 400 <= status < 500 and code in OF_THE_ACCOUNT:
        raise OutOfReach(f"the SMS gateway does not let us in: {status} {code}")
    if status in (400, 422) and error.get("parameter") in ("recipients", "recipient"):
        return refused_number(status, code)
    return by_status(status, as_text(told.get("id")), code)


def read_receipts(query: Mapping[str, str], told: Mapping[str, Any]) -> list[Receipt]:
    reference, outcome = as_text(query.get("reference")), OUTCOMES.get(query.get("status", ""))
    if not reference or "status" not in query:
        raise Misunderstood
    if outcome is None:
        return []
    code = as_code(query.get("statusErrorCode"))
    wrong = code in NUMBER_IS_WRONG or query.get("statusReason") in REASONS_OF_NUMBER
    return [
        Receipt(
            reference,
            outcome,
            code,
            provider_id=as_text(query.get("id")),
            at=as_moment(query.get("statusDatetime")),
            wrong_number=outcome is Outcome.FAILED and wrong,
        )
    ]


BIRD = Shape("bird", "https://rest.messagebird.com/messages", offer, understand, read_receipts)

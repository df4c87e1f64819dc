"""CM.com, Business Messaging API 1.0, as its public documentation describes it. Proven here against a local stand-in
only, never against the real thing.

POST https://gw.messaging.cm.com/v1.0/message, key in `X-CM-PRODUCTTOKEN`:

    {"messages": {"msg": [{"from": "De Waard", "to": [{"number": "0031612345678"}],
                           "body": {"type": "auto", "content": "…"}, "reference": "…", "allowedChannels": ["SMS"],
                           "minimumNumberOfMessageParts": 1, "maximumNumberOfMessageParts": 8,
                           "validity": "2026-11-30 13:10:00 GMT"}]}}

where `validity` is when it is not delivered any more.

Answer 200 or 400, where what counts stands per message:

    {"details": "Created 1 message(s)", "errorCode": 0, "messages": [
        {"to": "0031612345678", "status": "Accepted", "reference": "…", "parts": 1,
         "messageDetails": null, "messageErrorCode": 0}]}

It gives no id of its own, and does not drop a reference that it saw before: when the connection breaks between its
taking a message and our hearing so, the patient gets that message twice, unless its receipt is there before the next
try.

Receipt: POST of JSON to an address that is set in CM.com's own pages; after an answer other than 2xx it comes again,
for a week.

    {"messages": {"msg": {"received": "2026-11-30T14:00:00", "to": "0031612345678", "reference": "…",
                          "status": {"code": "2", "errorCode": "", "errorDescription": "…"}, "operator": "20416"}}}

where code 0 is accepted by the operator, 1 rejected, 2 delivered, 3 failed. Error codes 23 (this number does not
exist, or is barred for good) and 27 (this phone can receive no text messages) are about the number. A long text may
get a receipt for each of its parts: one that arrived counts as arrived.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.channels.answers import Accepted, Answer, OutOfReach, Refused
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

MOST_PARTS = 8
# No account goes with this token, it lacks the balance, or it may not be used from here.
OF_THE_ACCOUNT = {"101", "102", "103", "104"}
NO_NUMBER = {"301", "302", "303"}
OUTCOMES = {"0": Outcome.BUFFERED, "1": Outcome.FAILED, "2": Outcome.DELIVERED, "3": Outcome.FAILED}
NUMBER_IS_WRONG = {"23", "27"}


def offer(sms: Sms, account: Account, now: datetime) -> Offer:
    message: dict[str, Any] = {
        "from": account.sender,
        "to": [{"number": f"00{sms.to.removeprefix('+')}"}],
        "body": {"type": "auto", "content": sms.text},
        "reference": sms.reference,
        "allowedChannels": ["SMS"],
        # Without these a long text is cut off after its first part.
        "minimumNumberOfMessageParts": 1,
        "maximumNumberOfMessageParts": MOST_PARTS,
    }
    if (seconds := sms.seconds_left(now)) is not None:
        until = (now + timedelta(seconds=seconds)).astimezone(UTC)
        message["validity"] = f"{until:%Y-%m-%d %H:%M:%S} GMT"
    return Offer({"X-CM-PRODUCTTOKEN": account.key}, {"messages": {"msg": [message]}})


def understand(status: int, told: Mapping[str, Any]) -> Answer:
    message = _first(told.get("messages"))
    code = as_code(message.get("messageErrorCode")) or as_code(told.get("errorCode"))
    if status not in (200, 400):
        return by_status(status, code=code)
    if message.get("status") == "Accepted":
        return Accepted()
    if as_code(told.get("errorCode")) in OF_THE_ACCOUNT:
        raise OutOfReach(f"the SMS gateway does not let us in: {status} {code}")
    if code in NO_NUMBER:
        return refused_number(status, code)
    if message.get("status") == "Rejected" or status == 400:
        return Refused(code or str(status), f"{status} {code}: the SMS gateway refused the message")
    return by_status(status, code=code)


def read_receipts(query: Mapping[str, str], told: Mapping[str, Any]) -> list[Receipt]:
    messages = told.get("messages")
    found = messages.get("msg") if isinstance(messages, Mapping) else None
    receipts = [_receipt(one) for one in (found if isinstance(found, list) else [found])]
    return [receipt for receipt in receipts if receipt is not None]


def _receipt(told: Any) -> Receipt | None:
    status = told.get("status") if isinstance(told, Mapping) else None
    reference = as_text(told.get("reference")) if isinstance(told, Mapping) else ""
    if not isinstance(status, Mapping) or not reference:
        raise Misunderstood
    outcome = OUTCOMES.get(as_code(status.get("code")))
    if outcome is None:
        return None
    code = as_code(status.get("errorCode"))
    wrong = outcome is Outcome.FAILED and code in NUMBER_IS_WRONG
    return Receipt(reference, outcome, code, at=as_moment(told.get("received")), wrong_number=wrong)


def _first(found: Any) -> Mapping[str, Any]:
    one = found[0] if isinstance(found, Sequence) and found else None
    return one if isinstance(one, Mapping) else {}


CM = Shape("cm", "https://gw.messaging.cm.com/v1.0/message", offer, understand, read_receipts)

"""How gateways for text messages speak, from their side of the line: for the demo's gateway and for the tests'.

Written from the gateways' public documentation, apart from what the product makes of it in
notifications/channels/sms: what one of the two has wrong, the other does not share.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

GENERIC, CM, BIRD = "generic", "cm", "bird"
PATHS = {"/sms": GENERIC, "/v1.0/message": CM, "/messages": BIRD}


@dataclass(frozen=True)
class Offered:
    """One message as it was offered; `to` as +31612345678."""

    shape: str
    key: str
    to: str
    sender: str
    text: str
    reference: str
    receipts_url: str
    validity: str = ""


@dataclass(frozen=True)
class Reply:
    status: int
    document: dict[str, Any]

    @property
    def body(self) -> bytes:
        return json.dumps(self.document).encode()


@dataclass(frozen=True)
class ReceiptCall:
    """How a gateway tells what became of a message."""

    method: str
    url: str
    body: bytes = b""


def read_offer(path: str, headers: Mapping[str, str], body: bytes) -> Offered | Reply:
    """What was offered; or how the gateway refuses it: an unknown address, no key, a body it cannot read."""
    shape = PATHS.get(path.partition("?")[0])
    if shape is None:
        return Reply(404, {})
    reader = {GENERIC: _read_generic, CM: _read_cm, BIRD: _read_bird}[shape]
    try:
        offered = reader(headers, json.loads(body))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return Reply(400, {})
    return offered if offered.key else no_key(shape)


def accepted(offered: Offered, its_id: str, parts: int) -> Reply:
    if offered.shape == GENERIC:
        return Reply(202, {"id": its_id})
    if offered.shape == CM:
        told = _cm_message(offered, "Accepted", parts, 0, None)
        return Reply(200, {"details": "Created 1 message(s)", "errorCode": 0, "messages": [told]})
    recipient = {"recipient": int(offered.to.lstrip("+")), "status": "sent", "messagePartCount": parts}
    return Reply(
        201,
        {
            "id": its_id,
            "originator": offered.sender,
            "body": offered.text,
            "reference": offered.reference,
            "recipients": {"totalCount": 1, "items": [recipient]},
        },
    )


def no_such_number(offered: Offered) -> Reply:
    if offered.shape == GENERIC:
        return Reply(422, {"code": "number"})
    if offered.shape == CM:
        told = _cm_message(offered, "Rejected", 0, 303, f"Gsm '{offered.to}' is not a number.")
        return Reply(400, {"details": "Created 0 message(s)", "errorCode": 201, "messages": [told]})
    error = {"code": 10, "description": "no (correct) recipients found", "parameter": "recipients"}
    return Reply(422, {"errors": [error]})


def no_key(shape: str) -> Reply:
    if shape == GENERIC:
        return Reply(401, {})
    if shape == CM:
        told = {"details": "No account found for the given authentication", "errorCode": 101, "messages": []}
        return Reply(400, told)
    error = {"code": 2, "description": "Request not allowed (incorrect access_key)", "parameter": "access_key"}
    return Reply(401, {"errors": [error]})


def receipt_call(offered: Offered, its_id: str, outcome: str, at: str) -> ReceiptCall:
    """`outcome`: delivered, buffered, failed (the phone stays off) or number (it does not exist)."""
    if offered.shape == GENERIC:
        status, code = ("failed", "number") if outcome == "number" else (outcome, "")
        told = {"reference": offered.reference, "id": its_id, "status": status, "code": code, "at": at}
        return ReceiptCall("POST", offered.receipts_url, json.dumps(told).encode())
    if offered.shape == CM:
        code, error = {"delivered": ("2", ""), "buffered": ("0", ""), "failed": ("3", "24"), "number": ("3", "23")}[
            outcome
        ]
        message = {
            "received": at,
            "to": f"00{offered.to.lstrip('+')}",
            "reference": offered.reference,
            "status": {"code": code, "errorCode": error, "errorDescription": ""},
            "operator": "20416",
        }
        return ReceiptCall("POST", offered.receipts_url, json.dumps({"messages": {"msg": message}}).encode())
    status, error = {"failed": ("expired", "27"), "number": ("delivery_failed", "1")}.get(outcome, (outcome, ""))
    told = {"id": its_id, "reference": offered.reference, "recipient": offered.to.lstrip("+"), "status": status}
    told |= {"statusDatetime": at} | ({"statusErrorCode": error} if error else {})
    joint = "&" if "?" in offered.receipts_url else "?"
    return ReceiptCall("GET", f"{offered.receipts_url}{joint}{urlencode(told)}")


def _read_generic(headers: Mapping[str, str], told: Any) -> Offered:
    scheme, _, secret = headers.get("Authorization", "").partition(" ")
    return Offered(
        GENERIC,
        secret if scheme == "Bearer" else "",
        told["to"],
        told["from"],
        told["text"],
        headers["Idempotency-Key"],
        told.get("receipts_url", ""),
        str(told.get("valid_seconds", "")),
    )


def _read_cm(headers: Mapping[str, str], told: Any) -> Offered:
    (message,) = told["messages"]["msg"]
    (to,) = message["to"]
    if not to["number"].startswith("00"):
        raise ValueError(to)
    text = message["body"]["content"]
    key = headers.get("X-CM-PRODUCTTOKEN", "")
    number, validity = f"+{to['number'][2:]}", message.get("validity", "")
    return Offered(CM, key, number, message["from"], text, message["reference"], "", validity)


def _read_bird(headers: Mapping[str, str], told: Any) -> Offered:
    scheme, _, secret = headers.get("Authorization", "").partition(" ")
    (to,) = told["recipients"]
    key = secret if scheme == "AccessKey" else ""
    sender, url = told["originator"], told.get("reportUrl", "")
    validity = str(told.get("validity", ""))
    return Offered(BIRD, key, f"+{int(to)}", sender, told["body"], told["reference"], url, validity)


def _cm_message(offered: Offered, status: str, parts: int, code: int, details: str | None) -> dict[str, Any]:
    return {
        "to": f"00{offered.to.lstrip('+')}",
        "status": status,
        "reference": offered.reference,
        "parts": parts,
        "messageDetails": details,
        "messageErrorCode": code,
    }

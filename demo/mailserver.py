"""The demo's mail server: really listens, and keeps every mail in a Maildir that the mail viewer reads.

Mail to bounce.example, and to any name that begins with "weg.", is taken and comes back a moment later, as from a
server far away that knows no such person: as a report (RFC 3464) to the address on the envelope. In the demo that
leads to the product's own hook, where a hospital's mail server would hand it on.
"""

import argparse
import asyncio
import os
import signal
import socket
import threading
import time
import urllib.request
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.telling import tell_product

NOBODY_AT, NOBODY_CALLED = "@bounce.example", "weg."
A_MOMENT = 2.0


class Post(Mailbox):
    def __init__(self, maildir: Path, hook: str, secret: str) -> None:
        super().__init__(maildir)
        self._hook, self._secret = hook, secret

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        answer: str = await super().handle_DATA(server, session, envelope)
        content = envelope.original_content or b""
        for recipient in filter(comes_back, envelope.rcpt_tos):
            # What has no sender is a report itself: those never come back.
            if self._hook and (envelope.mail_from or "").strip("<>"):
                report = report_of(recipient, envelope.mail_from or "", content)
                threading.Thread(target=self._return, args=[report], daemon=True).start()
        return answer

    def _return(self, report: bytes) -> None:
        time.sleep(A_MOMENT)
        headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {self._secret}"}
        asked = urllib.request.Request(self._hook, report, headers)  # noqa: S310  the product's own address
        tell_product(asked, what="a returned mail")


def comes_back(address: str) -> bool:
    return address.lower().endswith(NOBODY_AT) or address.lower().startswith(NOBODY_CALLED)


def report_of(recipient: str, sender: str, content: bytes) -> bytes:
    """As Postfix writes it."""
    report: MIMEMultipart = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["Return-Path"] = "<>"
    report["From"] = "Mail Delivery System <MAILER-DAEMON@mx.bounce.example>"
    report["To"] = sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered.\n"))
    report.attach(_status(recipient))
    returned = MIMEBase("text", "rfc822-headers")
    returned.set_payload(_headers_of(content))
    report.attach(returned)
    return report.as_bytes()


def _status(recipient: str) -> Message:
    of_server, of_recipient = EmailMessage(), EmailMessage()
    of_server["Reporting-MTA"] = "dns; mx.bounce.example"
    of_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    of_recipient["Action"] = "failed"
    of_recipient["Status"] = "5.1.1"
    of_recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 user unknown"
    status = MIMEBase("message", "delivery-status")
    status.set_payload([of_server, of_recipient])
    return status


def _headers_of(content: bytes) -> str:
    told = HeaderParser().parsestr(content.decode("ascii", "replace"))
    kept = [f"{name}: {told[name]}" for name in ("From", "To", "Subject", "Message-ID") if told[name]]
    return "\n".join(kept) + "\n"


async def serve(listening: socket.socket, handler: Mailbox) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, ident="Videopoli demo", loop=loop), sock=listening
    )
    async with server:
        await stop.wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fd", type=int, required=True, help="a listening socket")
    arguments.add_argument("--maildir", type=Path, required=True)
    given = arguments.parse_args()
    product, secret = os.environ.get("BASE_URL", ""), os.environ.get("MAIL_RECEIPT_SECRET", "")
    hook = f"{product}/api/v1/receipts/mail" if product and secret else ""
    asyncio.run(serve(socket.socket(fileno=given.fd), Post(given.maildir, hook, secret)))


if __name__ == "__main__":
    main()

"""Mails as servers return them, each as that server writes it; {id} is the message, {mid} its Message-ID."""

from textwrap import dedent


def _mail(text):
    return dedent(text).lstrip("\n")


POSTFIX = _mail("""
    Return-Path: <>
    Delivered-To: bounces+{id}@dewaard.example
    Date: Sun, 22 Nov 2026 11:00:00 +0100 (CET)
    From: MAILER-DAEMON@mx.post.example (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: bounces+{id}@dewaard.example
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="B3.1/mx.post.example"
    Message-Id: <20261122100000.B3@mx.post.example>

    This is a MIME-encapsulated message.

    --B3.1/mx.post.example
    Content-Description: Notification
    Content-Type: text/plain; charset=us-ascii

    This is the mail system at host mx.post.example.

    I'm sorry to have to inform you that your message could not
    be delivered to one or more recipients. It's attached below.

    --B3.1/mx.post.example
    Content-Description: Delivery report
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.post.example
    X-Postfix-Sender: rfc822; bounces+{id}@dewaard.example
    Arrival-Date: Sun, 22 Nov 2026 10:59:58 +0100 (CET)

    Final-Recipient: rfc822; weg@post.example
    Original-Recipient: rfc822;weg@post.example
    Action: {action}
    Status: {status}
    Remote-MTA: dns; in.post.example
    Diagnostic-Code: smtp; 550 5.1.1 <weg@post.example>: Recipient address
        rejected: User unknown

    --B3.1/mx.post.example
    Content-Description: Undelivered Message Headers
    Content-Type: text/rfc822-headers

    From: De Waard ziekenhuis <afspraken@dewaard.example>
    To: weg@post.example
    Message-ID: {mid}

    --B3.1/mx.post.example--
""")

EXCHANGE = _mail("""
    From: <postmaster@kantoor.example>
    To: <bounces+{id}@dewaard.example>
    Subject: Undeliverable: Uw afspraak op maandag 30 november
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="_4EX_"
    In-Reply-To: {mid}

    --_4EX_
    Content-Type: multipart/alternative; differences=Content-Type; boundary="_2EX_"

    --_2EX_
    Content-Type: text/plain; charset="us-ascii"
    Content-Transfer-Encoding: quoted-printable

    Your message to weg@kantoor.example couldn't be delivered=2E

    --_2EX_--

    --_4EX_
    Content-Type: message/delivery-status

    Reporting-MTA: dns;AM0PR01.kantoor.example
    Received-From-MTA: dns;mail.dewaard.example

    Final-Recipient: rfc822;weg@kantoor.example
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found

    --_4EX_
    Content-Type: message/rfc822

    From: De Waard ziekenhuis <afspraken@dewaard.example>
    Message-ID: {mid}
    Subject: Uw afspraak op maandag 30 november

    Uw afspraak
    --_4EX_--
""")

# No report at all: the server writes a letter, and quotes what it could not deliver.
QMAIL = _mail("""
    Return-Path: <>
    Delivered-To: bounces@dewaard.example
    Date: 22 Nov 2026 10:00:00 -0000
    From: MAILER-DAEMON@oud.example
    To: bounces@dewaard.example
    Subject: failure notice

    Hi. This is the qmail-send program at oud.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <weg@oud.example>:
    Sorry, no mailbox here by that name. (#5.1.1)

    --- Below this line is a copy of the message.

    Return-Path: <bounces@dewaard.example>
    From: De Waard ziekenhuis <afspraken@dewaard.example>
    To: weg@oud.example
    Message-ID: {mid}
    Subject: Uw afspraak op maandag 30 november

    Uw afspraak
""")

EXIM = _mail("""
    Return-path: <>
    X-Failed-Recipients: weg@exim.example
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@exim.example>
    To: bounces+{id}@dewaard.example
    Subject: Mail delivery failed: returning message to sender

    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      weg@exim.example
        all relevant MX records point to non-existent hosts
""")

EXIM_STILL_TRIES = _mail("""
    Return-path: <>
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@exim.example>
    To: bounces+{id}@dewaard.example
    Subject: Warning: message 1abcDE-000001-AB delayed 24 hours

    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its
    recipients after more than 24 hours on the queue on exim.example.
    No action is required on your part. Delivery attempts will continue.
""")

BARE_REPLY_CODE = _mail("""
    Return-Path: <>
    From: "Mail Delivery Subsystem" <MAILER-DAEMON@sendmail.example>
    To: bounces+{id}@dewaard.example
    Subject: Returned mail: see transcript for details

       ----- The following addresses had permanent fatal errors -----
    <weg@sendmail.example>

       ----- Transcript of session follows -----
    ... while talking to in.sendmail.example.:
    >>> RCPT To:<weg@sendmail.example>
    <<< 550 no such user here
""")

HOLIDAY = _mail("""
    Return-Path: <>
    From: Anneloes Bouwman <a.bouwman@post.example>
    To: bounces+{id}@dewaard.example
    Subject: Afwezig: Uw afspraak op maandag 30 november
    Auto-Submitted: auto-replied
    In-Reply-To: {mid}

    Ik ben met vakantie tot 5 januari. Mijn vervanger bereikt u op nummer 5.1.1 van het bureau.
""")

REPLY_OF_A_PERSON = _mail("""
    Return-Path: <a.bouwman@post.example>
    From: Anneloes Bouwman <a.bouwman@post.example>
    To: bounces+{id}@dewaard.example
    Subject: Re: Uw afspraak op maandag 30 november
    In-Reply-To: {mid}

    Mag het ook een dag later? Mijn vorige mail is niet bezorgd: 550 5.1.1.
""")

READ_RECEIPT = _mail("""
    Return-Path: <>
    From: Anneloes Bouwman <a.bouwman@post.example>
    To: bounces+{id}@dewaard.example
    Subject: Gelezen: Uw afspraak
    Content-Type: multipart/report; report-type=disposition-notification; boundary="R"

    --R
    Content-Type: text/plain

    Uw bericht is gelezen.
    --R
    Content-Type: message/disposition-notification

    Final-Recipient: rfc822;a.bouwman@post.example
    Original-Message-ID: {mid}
    Disposition: manual-action/MDN-sent-manually; displayed
    --R--
""")

GONE = {
    "postfix": POSTFIX.replace("{action}", "failed").replace("{status}", "5.1.1"),
    "exchange": EXCHANGE,
    "qmail": QMAIL,
    "exim": EXIM,
    "sendmail": BARE_REPLY_CODE,
}
CODES = {"postfix": "5.1.1", "exchange": "5.1.10", "qmail": "5.1.1", "exim": "5.0.0", "sendmail": "5.0.0"}
NO_BOUNCE = {"holiday": HOLIDAY, "reply": REPLY_OF_A_PERSON, "read": READ_RECEIPT}


def about(template, message, domain="dewaard.example"):
    filled = template.replace("{id}", message.public_id.hex).replace("{mid}", f"<{message.public_id}@{domain}>")
    return filled.encode()

"""Send what was claimed: each message is checked against the plan at the last moment, and accounted for."""

from collections.abc import Sequence
from datetime import datetime
from time import sleep
from traceback import extract_tb

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from notifications.actions import results
from notifications.actions.claiming import Claim, renew_lease
from notifications.channels.answers import Accepted, Answer, Broken, Deferred, OutOfReach, Refused
from notifications.channels.mail.envelope import as_email
from notifications.channels.mail.session import MailSession
from notifications.content.facts import letter_facts
from notifications.content.letters import write_letter
from notifications.models import Message, MessageKind, MessageState
from notifications.recheck import Verdict, recheck
from scheduling.actions.links import mint_link

log = structlog.get_logger("videopoli.notifications")

# After this many broken connections in a row it is the server, not the message.
BREAKS_BEFORE_STOP = 3
REMINDERS = (MessageKind.DAY_BEFORE, MessageKind.HOUR_BEFORE)
# What the mail server took may not be sent again because the database was busy for a moment.
WRITE_AGAIN_AFTER = (0.2, 1.0, 3.0)


def deliver_to_inbox(*, claims: Sequence[Claim]) -> None:
    for claim in claims:
        try:
            _put_in_inbox(claim)
        except Error:
            raise
        except Exception as error:
            _set_aside(claim, error)


def deliver_by_email(*, claims: Sequence[Claim]) -> bool:
    """Over one connection. False when the mail server is out of reach: what was not offered is given back."""
    breaks = 0
    with MailSession() as session:
        for index, claim in enumerate(claims):
            answer: Answer | None = None
            try:
                answer = _mail(session, claim)
            except OutOfReach as error:
                _give_back(claims[index:], f"no connection to the mail server ({error})")
                return False
            except Error:
                raise
            except Exception as error:
                _set_aside(claim, error)
            breaks = breaks + 1 if isinstance(answer, Broken) else 0
            if breaks == BREAKS_BEFORE_STOP:
                _give_back(claims[index + 1 :], "the mail server breaks off every conversation")
                return False
    return True


def masked_link(message: Message) -> str:
    """What stands for the personal link in the copy that is kept; empty where the letter has none."""
    return "" if message.kind == MessageKind.CANCELLED else f"{settings.BASE_URL}/v/…"


def _set_aside(claim: Claim, error: Exception) -> None:
    """A message that cannot be made must not hold up the hundred behind it."""
    # The type only: its text may hold what was to be sent.
    why = type(error).__name__
    where = extract_tb(error.__traceback__)[-1]
    log.error("message cannot be made", message=claim.message, error=why, at=f"{where.name}:{where.lineno}")
    message = Message.objects.select_related("appointment__patient", "participant").get(pk=claim.message)
    if message.attempt == claim.attempt:
        results.postpone(message=message, why=f"the message cannot be made ({why})", now=timezone.now())


def _put_in_inbox(claim: Claim) -> None:
    message = _sendable(claim)
    if message is None or not _may_go(claim, message):
        return
    now = timezone.now()
    letter = write_letter(letter_facts(message, now=now, link=masked_link(message)))
    results.mark_sent(message=message, subject=letter.subject, body=letter.as_text(), now=now)


def _mail(session: MailSession, claim: Claim) -> Answer | None:
    message = _sendable(claim)
    if message is None:
        return None
    session.connect()
    now = timezone.now()
    link = _personal_link(message, now)
    facts = letter_facts(message, now=now, link=link)
    letter = write_letter(facts)
    mail = as_email(message, letter, facts, now=now)
    # Last of all, so that nothing but the conversation itself comes between the check and the sending.
    if not _may_go(claim, message):
        return None
    answer = session.send(mail)
    kept = str(mail.body).replace(link, masked_link(message)) if link else str(mail.body)
    _account(message, answer, letter.subject, kept)
    return answer


def _sendable(claim: Claim) -> Message | None:
    """The message, freshly read, if it still holds; else it is put away with the reason."""
    message = (
        Message.objects.select_related(
            "appointment__patient", "appointment__department", "participant__representative"
        )
        .filter(pk=claim.message, attempt=claim.attempt, state=MessageState.CLAIMED)
        .first()
    )
    if message is None:
        return None
    message.participant.appointment = message.appointment
    now = timezone.now()
    finding = recheck(message, now=now, nearer_reminder_due=_nearer_reminder_due(message, now))
    if finding.verdict is Verdict.SEND:
        return message
    if finding.verdict is Verdict.EXPIRED:
        results.mark_expired(message=message, why=finding.why, now=now)
    elif finding.verdict is Verdict.UNREACHABLE:
        results.mark_failed(message=message, why=finding.why, code="unreachable", now=now)
    else:
        results.mark_superseded(message=message, why=finding.why)
    return None


def _may_go(claim: Claim, message: Message) -> bool:
    if renew_lease(message=message):
        return True
    # Put it away if the plan changed while it was being written: a newer message waits for its end.
    _sendable(claim)
    return False


def _nearer_reminder_due(message: Message, now: datetime) -> bool:
    """After an outage the reminder nearest to the appointment speaks for those before it."""
    if not message.is_reminder:
        return False
    same_day = Message.objects.filter(
        appointment=message.appointment_id,
        participant=message.participant_id,
        channel=message.channel,
        schedule_version=message.schedule_version,
        kind__in=REMINDERS,
        due_at__lte=now,
    )
    later = Q(due_at__gt=message.due_at) | Q(due_at=message.due_at, pk__gt=message.pk)
    return same_day.filter(later).exists()


def _personal_link(message: Message, now: datetime) -> str:
    if message.kind == MessageKind.CANCELLED:
        return ""
    link, token = mint_link(participant=message.participant, now=now)
    message.link_ref = link.ref  # kept with the lease, before anything is offered
    return f"{settings.BASE_URL}/v/{token}"


def _account(message: Message, answer: Answer, subject: str, body: str) -> None:
    """Write what came of it, also when the database is busy just now."""
    for pause in (*WRITE_AGAIN_AFTER, None):
        try:
            _write(message, answer, subject, body)
        except (OperationalError, InterfaceError):
            if pause is None:
                raise
            close_old_connections()
            sleep(pause)
        else:
            return


def _write(message: Message, answer: Answer, subject: str, body: str) -> None:
    now = timezone.now()
    match answer:
        case Accepted():
            results.mark_sent(message=message, subject=subject, body=body, now=now)
        case Refused(code, text):
            results.mark_failed(message=message, why=text, code=code, now=now)
        case Deferred(_, text) | Broken(text):
            results.postpone(message=message, why=text, now=now)
            log.info("message postponed", message=message.pk, failures=message.failures + 1)


def _give_back(claims: Sequence[Claim], why: str) -> None:
    given_back = results.release(claims={claim.message: claim.attempt for claim in claims}, why=why)
    log.warning("mail server out of reach", given_back=given_back)

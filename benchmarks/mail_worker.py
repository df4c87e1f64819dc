"""What benchmarks.messages compares with: a Celery task for every mail, which does everything itself."""

from django.db import transaction
from django.utils import timezone

from config.celery import app


@app.task(name="benchmarks.send_one")
def send_one(pk: int) -> None:
    """One connection to the mail server, one transaction, one mail."""
    from notifications.carriers import MailCarrier
    from notifications.models import Message, MessageState
    from notifications.texts import TextsOf
    from scheduling.actions.links import mint_link
    from scheduling.queries.policy import policy_of

    with transaction.atomic(), MailCarrier() as carrier:
        message = (
            Message.objects.select_for_update(of=("self",))
            .select_related("department", "patient", "appointment__patient", "appointment__department")
            .select_related("participant__representative")
            .get(pk=pk, state=MessageState.PLANNED)
        )
        appointment, participant = message.appointment, message.participant
        assert appointment is not None
        assert participant is not None
        participant.appointment = appointment
        now = timezone.now()
        _, token = mint_link(participant=participant, now=now)
        parcel = carrier.make(
            message,
            now=now,
            link=f"http://localhost:8000/v/{token}",
            policy=policy_of(appointment),
            texts=TextsOf([message.department_id]),
        )
        carrier.connect()
        carrier.send(parcel)
        message.state, message.sent_at = MessageState.SENT, now
        message.subject, message.body = parcel.kept.subject, parcel.kept.body
        message.save()

"""Whether someone wants messages over a channel, in their own words or through the clinic (PP-43)."""

from datetime import datetime

from django.db import transaction

from events.catalogue import ConsentStated
from events.log import record
from notifications.actions.replanning import replan_patient
from notifications.models import Channel
from notifications.recipients import Person
from people.models import Patient
from people.models.patients import Consent

FIELDS = {Channel.EMAIL: "mail_consent", Channel.SMS: "sms_consent"}


@transaction.atomic
def state_consent(*, person: Person, channel: Channel, wish: Consent, by: str, now: datetime) -> bool:
    """And what is planned follows: other channels remain, and where nothing reaches them any more a person phones.

    False when this was their wish already. Who knows in which role `by` acts writes the access log.
    """
    field = FIELDS[channel]
    # The condition counts: of two at once, one finds it done.
    stated = type(person)._default_manager.filter(pk=person.pk).exclude(**{field: wish}).update(**{field: wish})
    setattr(person, field, wish)
    if stated:
        patient = person if isinstance(person, Patient) else person.patient
        representative = None if isinstance(person, Patient) else person.pk
        fact = ConsentStated(patient=patient.pk, representative=representative, channel=channel, wish=wish)
        record(fact, at=now, actor=by)
        replan_patient(patient=patient, now=now)
    return bool(stated)


def wish_of(person: Person, channel: Channel) -> Consent:
    return Consent(getattr(person, FIELDS[channel]))

"""Who is told, and over which channels."""

from collections.abc import Iterable, Set

from django.conf import settings

from notifications.models import BrokenAddress, Channel
from people.models import Patient, Representative
from people.phone_numbers import is_mobile
from praktijkplan.policy import Policy
from praktijkplan.reaching import Address, Barrier, Reach, Way, Wish, reach
from scheduling.models import Appointment, Participant, ParticipantRole
from statements.blanks import Once, blank, blanks, named
from statements.reading import Reading

RECIPIENT_ROLES = (ParticipantRole.PATIENT, ParticipantRole.REPRESENTATIVE)

# Both have an address, a mobile number, a language and what they want of each channel.
Person = Patient | Representative


def recipients_of(appointment: Appointment) -> list[Participant]:
    """The patient, or whoever stands for the patient."""
    participants = _RECIPIENTS.of().run({"appointment": appointment.pk})
    for participant in participants:
        participant.appointment = appointment
    return participants


def _prepare_recipients() -> Reading[Participant]:
    told = Participant.objects.filter(appointment=blank(Participant, "appointment"), role__in=RECIPIENT_ROLES)
    return Reading(told.select_related("representative").order_by("id"))


_RECIPIENTS = Once(_prepare_recipients)


def person_of(participant: Participant) -> Person:
    return participant.representative or participant.appointment.patient


def channels_for(participant: Participant, policy: Policy) -> list[Channel]:
    """Empty for who died, was merged, or has an unsafe address."""
    reached = reach_of(person_of(participant), participant.appointment.patient, policy)
    return [Channel(way) for way in reached.ways] if reached else []


def reach_of(
    person: Person, patient: Patient, policy: Policy, broken: Set[tuple[str, str]] | None = None
) -> Reach | None:
    """How this person is reached about this patient. None where nothing may be written at all.

    `broken`: what `broken_addresses` said of them and others, where many are asked about.
    """
    if not patient.may_be_written_to:
        return None
    broken = broken_addresses([person]) if broken is None else broken
    mail = Address(
        known=bool(person.email), broken=("email", person.email.lower()) in broken, wish=Wish(person.mail_consent)
    )
    mobile = Address(
        known=bool(person.mobile),
        usable=bool(person.mobile) and is_mobile(person.mobile),
        broken=("sms", person.mobile) in broken,
        wish=Wish(person.sms_consent),
    )
    reached = reach(mail, mobile, policy)
    return reached if settings.SMS_PROVIDER else _without_sms(reached)


def _without_sms(reached: Reach) -> Reach:
    """This hospital has no way to send text messages."""
    ways = tuple(way for way in reached.ways if way is not Way.SMS)
    barriers = {**dict(reached.barriers), Way.SMS: Barrier.SWITCHED_OFF}
    return Reach(ways, tuple(barriers.items()))


def broken_addresses(people: Iterable[Person]) -> set[tuple[str, str]]:
    """(channel, address) of those that did not take an earlier message."""
    addresses = {address for person in people for address in (person.email.lower(), person.mobile) if address}
    asked = sorted(addresses)
    return set(_BROKEN.of(len(asked)).run(named("address", asked))) if asked else set()


def _prepare_broken(addresses: int) -> Reading[tuple[str, str]]:
    broken = BrokenAddress.objects.filter(address__in=blanks(BrokenAddress, "address", "address", addresses))
    return Reading(broken.order_by().values_list("channel", "address"))


_BROKEN = Once(_prepare_broken)


def must_be_phoned_instead(patient: Patient) -> bool:
    """Who died or was merged with another record is not phoned either; an unsafe address asks for a person."""
    return patient.deceased_on is None and patient.merged_into_id is None

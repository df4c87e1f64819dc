"""How someone is reached: per channel whether it works, why not, and what a person can do about it."""

from dataclasses import dataclass
from datetime import date, datetime

from notifications.models import BrokenAddress, Channel
from notifications.recipients import Person, reach_of
from notifications.resending_words import barrier_words
from pages.planner.messages.words import CHANNEL_ICONS
from people.models import Department, Patient
from people.models.patients import Consent
from praktijkplan.policy import Policy
from praktijkplan.reaching import Barrier, Way
from scheduling.localtime import local_day
from scheduling.queries.policy import policy_on

ASKED_ABOUT = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True)
class WayTo:
    """`why_not` is empty where messages go. `broken_since`: since when nothing was taken there."""

    channel: Channel
    icon: str
    address: str
    works: bool
    why_not: str
    wish: Consent
    broken_since: datetime | None
    broken_why: str


@dataclass(frozen=True)
class Reader:
    """`key` names the person in a form: "patient", or a representative's number."""

    key: str
    name: str
    relation: str
    may_be_written_to: bool
    ways: tuple[WayTo, ...]


def ways_of(patient: Patient, department: Department, *, now: datetime) -> list[Reader]:
    """The patient, and whoever stands for the patient today."""
    today = local_day(now)
    policy = policy_on(department.pk, today)
    people: list[Person] = [patient, *(one for one in patient.representatives.all() if _stands(one, today))]
    broken = _broken(people)
    return [_reader(person, patient, policy, broken) for person in people]


def read_person(key: str, patient: Patient) -> Person | None:
    if key == "patient":
        return patient
    return patient.representatives.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None


def _stands(one: Person, today: date) -> bool:
    if isinstance(one, Patient):
        return True
    return one.valid_from <= today and (one.valid_until is None or today <= one.valid_until)


def _reader(person: Person, patient: Patient, policy: Policy, broken: dict[tuple[str, str], BrokenAddress]) -> Reader:
    reached = reach_of(person, patient, policy)
    barriers = dict(reached.barriers) if reached else {}
    return Reader(
        key="patient" if isinstance(person, Patient) else str(person.pk),
        name=person.full_name if isinstance(person, Patient) else person.name,
        relation="" if isinstance(person, Patient) else person.relation,
        may_be_written_to=reached is not None,
        ways=tuple(_way(person, channel, barriers, broken, reached is not None) for channel in ASKED_ABOUT),
    )


def _way(
    person: Person,
    channel: Channel,
    barriers: dict[Way, Barrier],
    broken: dict[tuple[str, str], BrokenAddress],
    may: bool,
) -> WayTo:
    address = person.email if channel is Channel.EMAIL else person.mobile
    barrier = barriers.get(Way(channel))
    fault = broken.get((channel, address.lower())) if address else None
    return WayTo(
        channel=channel,
        icon=CHANNEL_ICONS[channel],
        address=address,
        works=may and barrier is None,
        why_not=barrier_words(barrier, channel),
        wish=Consent(person.mail_consent if channel is Channel.EMAIL else person.sms_consent),
        broken_since=fault.since if fault else None,
        broken_why=fault.why if fault else "",
    )


def _broken(people: list[Person]) -> dict[tuple[str, str], BrokenAddress]:
    addresses = {address for person in people for address in (person.email.lower(), person.mobile) if address}
    return {(row.channel, row.address.lower()): row for row in BrokenAddress.objects.filter(address__in=addresses)}

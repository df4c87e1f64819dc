"""Over which channels a message reaches someone (PP-43), and why not over the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from praktijkplan.policy import Consenting, Policy, SmsWhen


class Way(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    INBOX = "inbox"


class Barrier(StrEnum):
    """Why a channel is left out."""

    NO_ADDRESS = "no_address"
    NOT_MOBILE = "not_mobile"  # a landline takes no text messages
    BROKEN = "broken"  # an earlier message came back
    REFUSED = "refused"  # they do not want it
    NOT_ASKED = "not_asked"  # they must agree first, and have not
    SWITCHED_OFF = "switched_off"  # the department does not use it
    NOT_NEEDED = "not_needed"  # the mail reaches them


class Wish(StrEnum):
    UNKNOWN = ""
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of one way to reach someone: `usable` says that it has the form such an address has."""

    known: bool = False
    usable: bool = True
    broken: bool = False
    wish: Wish = Wish.UNKNOWN


@dataclass(frozen=True, slots=True)
class Reach:
    """`ways` in the order of telling; the inbox is always among them, and reaches only who looks."""

    ways: tuple[Way, ...]
    barriers: tuple[tuple[Way, Barrier], ...]

    @property
    def reaches(self) -> bool:
        """Whether something comes to them of itself; else a person phones (PP-45, PP-51)."""
        return any(way is not Way.INBOX for way in self.ways)


def reach(mail: Address, mobile: Address, policy: Policy) -> Reach:
    barriers = dict(_barriers(mail, mobile, policy))
    ways = tuple(way for way in Way if way not in barriers)
    return Reach(ways, tuple(barriers.items()))


def _barriers(mail: Address, mobile: Address, policy: Policy) -> Iterator[tuple[Way, Barrier]]:
    no_mail = _barrier(mail, policy.mail_consent) if policy.mail_messages else Barrier.SWITCHED_OFF
    if no_mail:
        yield Way.EMAIL, no_mail
    if policy.sms_when is SmsWhen.NEVER:
        yield Way.SMS, Barrier.SWITCHED_OFF
    elif policy.sms_when is SmsWhen.WITHOUT_MAIL and no_mail is None:
        yield Way.SMS, Barrier.NOT_NEEDED
    elif no_sms := _barrier(mobile, policy.sms_consent):
        yield Way.SMS, no_sms


def _barrier(address: Address, consent: Consenting) -> Barrier | None:
    if not address.known:
        return Barrier.NO_ADDRESS
    if not address.usable:
        return Barrier.NOT_MOBILE
    if address.wish is Wish.REFUSED:
        return Barrier.REFUSED
    if consent is Consenting.OPT_IN and address.wish is not Wish.GIVEN:
        return Barrier.NOT_ASKED
    return Barrier.BROKEN if address.broken else None

"""The rows of the worklist of requests: who asks what, for how long, and what can be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pages.names import staff_names
from pages.planner.places import Option, options_of
from pages.planner.reached import letters_to
from people.models import Clinician
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentType, ModalityRequest
from scheduling.models.minutes import to_minute
from scheduling.queries.policy import Policies
from scheduling.queries.replanning import to_choose
from scheduling.queries.requests import possible_for
from scheduling.sentences import refusal_sentence

# Whose appointment is nearer than this is answered first of all.
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Row:
    """`asker` is the colleague who wrote it down; empty for who asked it themselves. `days`: how long it waits."""

    request: ModalityRequest
    asker: str
    days: int
    late: bool
    soon: bool
    fits: bool
    options: tuple[Option, ...]
    why_not: tuple[str, ...]
    letters: int
    problems: tuple[str, ...] = ()

    @property
    def held(self) -> Appointment:
        return self.request.appointment

    @property
    def has_no_type(self) -> bool:
        """The department does not offer this contact in that form."""
        return not self.fits and not self.why_not


def rows_of(
    requests: Sequence[ModalityRequest], *, now: datetime, problems: Mapping[int, tuple[str, ...]] | None = None
) -> list[Row]:
    """`problems`: by request what stood in the way of granting it. A fixed number of selects, however many."""
    if not requests:
        return []
    possible = possible_for(requests, now=now)
    proposed = {place.clinician for each in possible.places.values() for place, _clash in to_choose(each)}
    clinicians = Clinician.objects.in_bulk(proposed)
    letters = letters_to([each.appointment for each in requests])
    names = staff_names(each.asked_by for each in requests)
    policies = Policies(requests[0].department_id)
    rows = []
    for each in requests:
        held, here = each.appointment, possible.in_place.get(each.pk)
        days = (local_day(now) - local_day(each.asked_at)).days
        fits = here is not None and here.fits
        rows.append(
            Row(
                request=each,
                asker=names.get(each.asked_by, ""),
                days=days,
                late=days > policies.on(local_day(held.start)).request_answer_days,
                soon=held.start <= now + SOON,
                fits=fits,
                options=(_as_it_stands(held, here.type),)
                if here is not None and fits
                else options_of(possible.places.get(each.pk), possible.types, clinicians),
                why_not=tuple(refusal_sentence(refusal) for refusal in here.refusals) if here else (),
                letters=letters[each.appointment_id],
                problems=(problems or {}).get(each.pk, ()),
            )
        )
    return rows


def _as_it_stands(held: Appointment, kind: AppointmentType) -> Option:
    return Option(f"{to_minute(held.start)}.{held.clinician_id}.{kind.pk}", held.start, held.clinician, kind)

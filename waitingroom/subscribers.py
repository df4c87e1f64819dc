"""What a change of plan does to who is waiting, in the transaction of that change."""

from events.catalogue import AppointmentCancelled, AppointmentFormChanged, AppointmentMoved
from events.log import subscribe
from events.models import Event
from praktijkplan.contact import Modality
from scheduling.models import Appointment
from waitingroom.actions.presence import end_presences
from waitingroom.visits import opens_at


@subscribe(AppointmentCancelled)
def send_home(fact: AppointmentCancelled, event: Event) -> None:
    appointment = Appointment.objects.get(pk=fact.appointment)
    end_presences(appointment=appointment, cause="cancelled", by=event.actor, now=event.at)


@subscribe(AppointmentMoved)
def end_visit_of_old_time(fact: AppointmentMoved, event: Event) -> None:
    """Who is inside stays inside when the new time is near enough for its waiting room to be open."""
    appointment = Appointment.objects.get(pk=fact.appointment)
    if event.at < opens_at(appointment):
        end_presences(appointment=appointment, cause="moved", by=event.actor, now=event.at)


@subscribe(AppointmentFormChanged)
def end_visit_of_old_form(fact: AppointmentFormChanged, event: Event) -> None:
    """Nobody waits on a screen for what became a phone call or a visit."""
    if fact.modality == Modality.VIDEO:
        return
    appointment = Appointment.objects.get(pk=fact.appointment)
    end_presences(appointment=appointment, cause="moved", by=event.actor, now=event.at)

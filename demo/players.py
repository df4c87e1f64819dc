"""Keeps the demo alive: plays its patients, and its clinicians until somebody signs in as one of them.

A patient whose link was opened by a person is that person's and is no longer played.
"""

from datetime import datetime, timedelta
from random import Random

import structlog
from django.db import OperationalError
from django.db.models import Exists, OuterRef, QuerySet

from demo.hospital.acting import MINUTE, begin_consult, close_held, patient_side, wait_since
from demo.hospital.clinic import CAST, LATE, ON_TIME, is_in_progress, open_clinic
from demo.hospital.history import settle, settle_past
from events.catalogue import LinkOpened
from events.models import Event
from people.models import Clinician
from scheduling.locks import Busy
from scheduling.models import Appointment, AppointmentStatus
from waitingroom.actions.presence import beat, leave
from waitingroom.course import Phase, course_of
from waitingroom.models import Presence

log = structlog.get_logger("videopoli.demo")

COMES_BEFORE = timedelta(minutes=7)
GIVES_UP_AFTER = timedelta(minutes=45)
STALE = timedelta(hours=3)
A_MOMENT = timedelta(minutes=5)
A_FEW = 5


class Players:
    def __init__(self, since: datetime) -> None:
        """`since`: what ended well before is history, and who signs in later plays themselves."""
        self.since = since

    def turn(self, now: datetime) -> None:
        for play in (self.stay, self.arrive, self.work, self.give_up, self.tidy):
            try:
                play(now)
            except (Busy, OperationalError):
                # Somebody's real click goes first; this is done again in a moment.
                log.info("the stage is taken", play=play.__name__)

    def stay(self, now: datetime) -> None:
        """Whoever is played and was there still is, also after the demo was off for a while."""
        here = self._played(now).filter(participants__presence__isnull=False)
        for appointment in here.distinct():
            for participant in patient_side(appointment):
                if Presence.objects.filter(participant=participant).exists():
                    beat(participant=participant, now=now)

    def arrive(self, now: datetime) -> None:
        """Some minutes before their time. Not to the one to step into: there a visitor may come by the real link."""
        due = self._played(now).filter(modality="video", start__lt=now + COMES_BEFORE, start__gt=now - COMES_BEFORE)
        for appointment in due.filter(participants__presence__isnull=True, clinician__in=self._played_clinicians()):
            if not Presence.objects.filter(participant__appointment=appointment).exists():
                wait_since(appointment, now, now=now)

    def work(self, now: datetime) -> None:
        for clinician in self._played_clinicians():
            open_today = self._played(now).filter(clinician=clinician, start__lt=now + 2 * MINUTE)
            if not self._someone_inside(open_today, now):
                self._next_please(open_today, now)

    def _someone_inside(self, appointments: QuerySet[Appointment], now: datetime) -> bool:
        for appointment in appointments:
            course = course_of(appointment.pk)
            if course.phase is Phase.IN_CALL and course.began_at is not None:
                lasts = appointment.end - appointment.start + appointment.pk % 4 * MINUTE
                if now < course.began_at + lasts:
                    return True
                close_held(appointment, now, Random(appointment.pk))
            elif appointment.modality != "video" and appointment.end <= now:
                close_held(appointment, now, Random(appointment.pk))
        return False

    def _next_please(self, appointments: QuerySet[Appointment], now: datetime) -> None:
        waiting = appointments.filter(participants__presence__place=Presence.Place.WAITING, modality="video")
        if first := waiting.first():
            begin_consult(first, now)

    def give_up(self, now: datetime) -> None:
        """Nobody waits for ever: who was not let in goes away, and stays on the list as not closed."""
        tired = self._played(now).filter(
            start__lt=now - GIVES_UP_AFTER, participants__presence__place=Presence.Place.WAITING
        )
        for appointment in tired.distinct():
            for participant in patient_side(appointment):
                leave(participant=participant, now=now)

    def tidy(self, now: datetime) -> None:
        settle_past(before=self.since - STALE, limit=A_FEW)
        for appointment in self._elsewhere(now)[:A_FEW]:
            settle(appointment)
        if not is_in_progress(now):
            open_clinic(now=now, left_alone=self._played_by_somebody())

    def _played(self, now: datetime) -> QuerySet[Appointment]:
        """Around now, of the clinicians of the clinic in progress."""
        near = self._nobodys().filter(start__gt=now - STALE, start__lt=now + STALE)
        return near.filter(clinician__user__email__in=CAST)

    def _elsewhere(self, now: datetime) -> QuerySet[Appointment]:
        """At the other clinics, all goes as planned: what ended there is closed."""
        ended = self._nobodys().filter(end__lt=now - A_MOMENT)
        others = ended.exclude(clinician__user__email__in=CAST)
        return others.exclude(clinician__user__last_login__gte=self.since)

    def _nobodys(self) -> QuerySet[Appointment]:
        """Open appointments that no person has booked while the demo runs, and of which nobody opened a link."""
        opened = Event.objects.filter(kind=LinkOpened.kind, appointment_id=OuterRef("pk"))
        found = Appointment.objects.filter(~Exists(opened), status=AppointmentStatus.BOOKED, booked_at__lt=self.since)
        return found.select_related("clinician").order_by("start")

    def _played_clinicians(self) -> list[Clinician]:
        """Those in whose name nobody has signed in since the demo started."""
        others = Clinician.objects.filter(user__email__in=(LATE, ON_TIME))
        return list(others.exclude(pk__in=self._played_by_somebody()))

    def _played_by_somebody(self) -> list[int]:
        signed_in = Clinician.objects.filter(user__last_login__gte=self.since)
        return list(signed_in.values_list("pk", flat=True))

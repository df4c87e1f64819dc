import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from demo import database
from demo.hospital.bookings import fill_ahead
from demo.players import Players
from notifications.tasks import send_due
from scheduling.locks import Busy

EVERY_SECONDS = 10
# Between two blocks, for those who click meanwhile.
BREATH = 0.1


class Command(BaseCommand):
    help = "Part of the demo: plays its patients, and the clinicians in whose name nobody signed in."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo has players: run manage.py demo.")
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        players = Players(since=timezone.now())
        # What fell due before the start need not wait for the first tick of the beat.
        send_due.delay()
        ahead = self.fill_ahead()
        while not stop.is_set():
            players.turn(timezone.now())
            turn_ends = time.monotonic() + EVERY_SECONDS
            while time.monotonic() < turn_ends and next(ahead, None) and not stop.wait(BREATH):
                pass
            stop.wait(turn_ends - time.monotonic())

    def fill_ahead(self) -> Iterator[bool]:
        """The weeks that were not filled before the doors opened: a block at a time, and again if others go first."""
        done = database.filled_through()
        while True:
            try:
                for day in fill_ahead(after=done, now=timezone.now()):
                    if day > done:
                        database.mark_filled(through=day)
                        done = day
                    yield True
                return
            except (Busy, OperationalError):
                yield True

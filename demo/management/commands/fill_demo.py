import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import timezone

from demo import database
from demo.database import Holds
from demo.folder import Folder
from demo.hospital.build import WEEKS_AHEAD, build_hospital, share_password
from demo.hospital.clinic import open_clinic
from demo.hospital.history import settle_past
from demo.players import STALE
from demo.progress import to_stdout

# A warm start answers within ten seconds: what is older is closed by the players, bit by bit.
SETTLED_AT_START = 40


class Command(BaseCommand):
    help = "Part of the demo: prepares the database and fills the hospital. Run manage.py demo instead."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true")
        parser.add_argument("--weeks", type=int, default=WEEKS_AHEAD)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This fills a database with invented people. Run manage.py demo.")
        try:
            self.prepare(reset=options["reset"], weeks=options["weeks"])
        except OperationalError as problem:
            self.give_up(
                f"The database does not answer ({connection.vendor}): {problem}".strip()
                + "\nStart it, or unset DATABASE_URL to use SQLite in the data folder."
            )

    def prepare(self, *, reset: bool, weeks: int) -> None:
        folder = Folder(settings.DATA_DIR)
        password = folder.password()
        to_stdout({"step": "Preparing the database", "done": 0, "total": 1})
        holds = database.what_it_holds()
        if holds is Holds.SOMETHING_ELSE:
            self.give_up(
                "This database holds data that is not a demo's; it was left as it is.\n"
                "Give the demo a database of its own with DATABASE_URL, or a folder of its own with VIDEOPOLI_DATA."
            )
        if reset or holds is Holds.HALF_A_DEMO:
            database.empty()
            folder.clear()
            holds = Holds.NOTHING
        call_command("migrate", interactive=False, verbosity=0)
        to_stdout({"step": "Preparing the database", "done": 1, "total": 1})
        now = timezone.now()
        if holds is Holds.NOTHING:
            database.mark_begun()
            filled = build_hospital(now=now, password=password, weeks=weeks, tell=to_stdout)
            database.mark_filled(through=filled)
        else:
            share_password(password)
            settle_past(before=now - STALE, limit=SETTLED_AT_START)
        to_stdout({"step": "A clinic in progress", "done": 0, "total": 1})
        visitor = open_clinic(now=timezone.now())
        to_stdout({"step": "A clinic in progress", "done": 1, "total": 1})
        to_stdout({"visitor": asdict(visitor) if visitor else None})

    def give_up(self, problem: str) -> None:
        to_stdout({"problem": problem})
        sys.exit(1)

import os
import sys
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.environment import Addresses, child_environment
from demo.folder import Folder, InUse
from demo.launcher import Launcher, WardenLost
from demo.ports import FIRST_PORT, NotOurs, PortBusy, listen, listen_from
from demo.services import demo_plan, filling


class Command(BaseCommand):
    help = "Run a whole demo hospital: everything starts with this command and stops with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help=f"default: {FIRST_PORT}, or the next free one")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on, default %(default)s")
        parser.add_argument(
            "--weeks",
            type=int,
            choices=range(9),
            default=8,
            metavar="0-8",
            help="how many weeks ahead to fill, default %(default)s; fewer start sooner on a slow machine",
        )
        parser.add_argument("--reset", action="store_true", help="forget all data of this demo and start over")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from demo.console import Screen
            from demo.run import Run
        except ImportError as missing:
            raise CommandError(
                f"The demo needs packages that are not installed ({missing.name}). Install them with:\n"
                "  uv sync --group demo"
            ) from None
        self._reach_redis()
        folder = Folder(settings.DATA_DIR)
        lock = self._take(folder)
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        web = self._listen(options["host"], options["port"])
        mail, sms = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
        ports = [one.getsockname()[1] for one in (web, mail, sms)]
        addresses = Addresses(options["host"], *ports)
        environment = child_environment(dict(os.environ), addresses, folder.path, sms_secret=folder.sms_secret)
        folder.say_who(lock, at=environment["BASE_URL"])
        fill = filling(reset=options["reset"], weeks=options["weeks"])
        sockets = {"web": web.fileno(), "mail": mail.fileno(), "sms": sms.fileno()}
        plan = demo_plan(folder, **sockets, addresses=addresses, fill=fill)
        screen = Screen()
        if options["port"] is None and addresses.port != FIRST_PORT:
            screen.say(f"Port {FIRST_PORT} is in use: taking {addresses.port}.")
        launcher = Launcher(plan, environment, keep_open=lock)
        run = Run(screen, launcher, folder, environment["BASE_URL"])
        try:
            finished_well = run.until_stopped()
        except WardenLost:
            raise CommandError("The demo's warden was killed; everything it ran has been stopped.") from None
        except OSError:
            # The terminal, or whoever read the output, is gone.
            finished_well = True
            _write_nowhere()
        finally:
            launcher.stop()
        if not finished_well:
            sys.exit(1)

    def _reach_redis(self) -> None:
        if settings.VALKEY_SOCKET is not None:
            return
        try:
            redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_connect_timeout=3, socket_timeout=3).ping()
        except redis.RedisError as problem:
            raise CommandError(
                f"Redis does not answer: {problem}\nStart it, or unset REDIS_URL to use the embedded Valkey."
            ) from None

    def _take(self, folder: Folder) -> int:
        try:
            return folder.take()
        except InUse as busy:
            where = f" at {busy.at}" if busy.at else ""
            raise CommandError(
                f"A demo already runs on {folder.path}{where}.\n"
                "Use that one, stop it with Ctrl-C, or give this one a folder of its own with VIDEOPOLI_DATA."
            ) from None

    def _listen(self, host: str, port: int | None) -> Any:
        try:
            return listen_from(host, FIRST_PORT) if port is None else listen(host, port)
        except PortBusy as busy:
            raise CommandError(
                f"Port {busy.port} is in use by another program.\n"
                "Choose another with --port, or leave --port out: then the next free one is taken."
            ) from None
        except (NotOurs, OverflowError) as problem:
            raise CommandError(f"Cannot listen on {host}, port {port}: {problem}.") from None


def _write_nowhere() -> None:
    """Python writes what is left of its output at exit, and would complain that nobody is there."""
    nowhere = os.open(Path(os.devnull), os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())

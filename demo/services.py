"""The demo's processes, in the order in which they start."""

import sys
from pathlib import Path

from django.conf import settings

from demo.environment import ANYWHERE, LOOPBACK, Addresses
from demo.folder import Folder
from demo.plan import Plan, Process

PROJECT = Path(__file__).resolve().parent.parent
WORKERS = 2


def demo_plan(folder: Folder, *, web: int, mail: int, sms: int, addresses: Addresses, fill: Process) -> Plan:
    # The pages first: they are what somebody waits for, and starting all at once would slow them down.
    receivers = [mail_server(mail, folder), sms_gateway(sms, folder)]
    stages = [[fill], [*receivers, web_server(web, addresses)], [worker(), beat(), players()]]
    if settings.VALKEY_SOCKET is not None:
        from demo.valkey import valkey_process

        stages.insert(0, [valkey_process(settings.VALKEY_SOCKET, folder.path)])
    return Plan(str(folder.logs), stages)


def filling(*, reset: bool, weeks: int) -> Process:
    command = _manage("fill_demo", "--weeks", str(weeks), *(["--reset"] if reset else []))
    return Process("hospital", command, is_job=True)


def mail_server(fd: int, folder: Folder) -> Process:
    command = [sys.executable, "-m", "demo.mailserver", "--fd", str(fd), "--maildir", str(folder.mail)]
    return Process("mail", command, fds=[fd])


def sms_gateway(fd: int, folder: Folder) -> Process:
    command = [sys.executable, "-m", "demo.smsgateway", "--fd", str(fd), "--folder", str(folder.sms)]
    return Process("sms", command, fds=[fd])


def web_server(fd: int, addresses: Addresses) -> Process:
    command = [
        *(sys.executable, "-m", "uvicorn", "config.asgi:application", "--fd", str(fd)),
        # Links of patients are paths: no access log. And nobody stands before this server to add headers.
        *("--no-access-log", "--ws-max-size", "32768", "--no-proxy-headers", "--no-server-header"),
        *("--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "2"),
    ]
    host = "127.0.0.1" if addresses.host in ANYWHERE | LOOPBACK else addresses.host
    return Process("web", command, ready={"http": [host, addresses.port, "/account/login/"]}, fds=[fd])


def worker() -> Process:
    return Process("worker", _celery("worker", "--concurrency", str(WORKERS), "--without-gossip", "--without-mingle"))


def beat() -> Process:
    # Without a pid file: one that a killed beat left would keep the next from starting.
    return Process("beat", _celery("beat", "--pidfile="))


def players() -> Process:
    return Process("players", _manage("play_demo"))


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "config.celery", *arguments, "--loglevel", "INFO"]

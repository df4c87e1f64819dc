"""The tools that the tests stand on do what they say: a check that cannot fail proves nothing."""

import os
import select
import smtplib
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.core.mail import send_mail

from config.celery import app
from tests import factories as make
from tests.support import child_process
from tests.support.worker import environment


def send() -> None:
    send_mail("Beeldbellen", "Tot dan.", None, ["w.vanderveen@post.example"])


class TestMailbox:
    def test_keeps_what_it_accepts(self, mailbox):
        send()
        [message] = mailbox.await_count(1)
        assert message["Subject"] == "Beeldbellen"
        assert mailbox.to("w.vanderveen@post.example") == [message]
        assert mailbox.to("someone@else.example") == []

    @pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "AFTER_DATA"])
    @pytest.mark.parametrize("code", [451, 550])
    def test_refuses_for_as_long_as_told(self, mailbox, at, code):
        mailbox.refuse(code, at=at, times=1)
        with pytest.raises(smtplib.SMTPException, match=str(code)):
            send()
        assert mailbox.messages == []
        send()
        mailbox.await_count(1)

    @pytest.mark.parametrize("at", ["CONNECT", "MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_resets(self, mailbox, at):
        mailbox.reset(at=at)
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
            send()
        assert len(mailbox.messages) == (1 if at == "AFTER_DATA" else 0)

    @pytest.mark.parametrize("at", ["CONNECT", "MAIL", "RCPT", "DATA", "AFTER_DATA"])
    def test_hangs(self, mailbox, settings, at):
        settings.EMAIL_TIMEOUT = 0.2
        mailbox.hang(at=at)
        with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
            send()
        assert len(mailbox.messages) == (1 if at == "AFTER_DATA" else 0)


class TestBroker:
    def test_each_purpose_has_a_database_of_its_own(self, broker):
        numbers = [client.get_connection_kwargs()["db"] for client in broker.clients()]
        assert numbers == list(range(numbers[0], numbers[0] + 4))

    def test_forgets_everything(self, broker):
        for number, client in enumerate(broker.clients()):
            client.set("memory", number)
        assert broker.dump().count(b"memory") == 4
        broker.forget_everything()
        assert broker.dump() == b""

    def test_lone_valkey_can_be_killed(self, lone_valkey):
        process, url = lone_valkey
        with redis.Redis.from_url(url) as client:
            assert client.ping()
            process.kill()
            process.wait()
            with pytest.raises(redis.ConnectionError):
                client.ping()


class TestWorker:
    @pytest.mark.slow
    def test_takes_jobs_until_it_is_killed(self, worker):
        worker.start()
        assert app.control.ping(timeout=5)
        worker.kill()
        assert not app.control.ping(timeout=0.3)

    def test_its_environment_is_the_world_of_the_test(self, transactional_db, mailbox, broker):
        make.department("neurologie")
        for number, client in enumerate(broker.clients()):
            client.set("number", number)
        script = (
            "import django; django.setup()\n"
            "from django.conf import settings; from django.core.cache import caches; import redis\n"
            "from people.models import Department\n"
            "live = redis.Redis.from_url(settings.LIVE_REDIS_URL).get('number').decode()\n"
            "print(Department.objects.get().slug, settings.EMAIL_PORT, live)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment(), cwd=settings.BASE_DIR, capture_output=True, text=True
        )
        assert done.stdout.split() == ["neurologie", str(settings.EMAIL_PORT), "3"], done.stderr


def test_child_dies_with_its_parent(tmp_path):
    """Also when the parent has no time to say so."""
    script = (
        "import subprocess, sys; from tests.support import child_process;"
        "child = child_process.start(['/bin/sleep', '60']); print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = child_process.start(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    watch = os.pidfd_open(pid)
    parent.kill()
    parent.wait()
    assert _has_ended(watch, within=5)
    os.close(watch)
    parent.stdin.close()
    parent.stdout.close()


def _has_ended(watch: int, *, within: float) -> bool:
    return bool(select.select([watch], [], [], within)[0])

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.actions.bounces import receive_bounce
from notifications.channels.mail.bounces import READ_AT_MOST


class Command(BaseCommand):
    help = "Read one returned mail from standard input, as the alias of BOUNCE_ADDRESS pipes it."

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(READ_AT_MOST)
        # To its end: a mail server takes a broken pipe for our refusal, and would return that mail in its turn.
        while sys.stdin.buffer.read(READ_AT_MOST):
            pass
        self.stdout.write(receive_bounce(raw=raw, now=timezone.now()).value)

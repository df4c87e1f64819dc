from typing import Any

from django.core.management.base import BaseCommand

from notifications.content.description import length_table, placeholder_table


class Command(BaseCommand):
    help = "Write the tables of docs/texts.md, each after the other."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{placeholder_table()}\n\n{length_table()}")

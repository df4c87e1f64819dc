from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from scheduling.actions import misfits  # noqa: F401  importing it subscribes it
        from scheduling.reference import load_activity_codes
        from scheduling.sqlite_guard import make_triggers

        post_migrate.connect(make_triggers, sender=self)
        post_migrate.connect(load_activity_codes, sender=self)

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        # Importing them subscribes them.
        from scheduling.actions import (  # noqa: F401
            following_orders,
            freed_places,
            misfits,
            requests,
            waiting_list,
        )
        from scheduling.reference import load_activity_codes
        from scheduling.sqlite_guard import make_triggers

        post_migrate.connect(make_triggers, sender=self)
        post_migrate.connect(load_activity_codes, sender=self)

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import link_jobs, replanning_jobs, subscribers  # noqa: F401  importing them connects them

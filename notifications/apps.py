from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # Importing them connects them.
        from notifications import call_jobs, link_jobs, replanning_jobs, subscribers  # noqa: F401
        from notifications.channels.mail import checks as mail_checks  # noqa: F401
        from notifications.channels.sms import checks  # noqa: F401

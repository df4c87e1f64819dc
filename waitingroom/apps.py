from django.apps import AppConfig


class WaitingroomConfig(AppConfig):
    name = "waitingroom"

    def ready(self) -> None:
        from waitingroom import subscribers  # noqa: F401  subscribing is what importing does

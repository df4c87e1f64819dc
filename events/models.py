from typing import Any, Never

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(RuntimeError):
    pass


class AppendOnlyQuerySet(models.QuerySet["Event"]):
    def update(self, **kwargs: Any) -> Never:
        raise AppendOnlyError("facts are never changed: record a new one")

    def delete(self) -> Never:
        raise AppendOnlyError("facts are never deleted")


class Event(models.Model):
    """One fact: something that happened. Ids and small values only, nothing personal."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField(help_text=_("When it happened, UTC."))
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=60, blank=True, help_text=_("user:12, link:uuid or system."))
    appointment_id = models.BigIntegerField(null=True, blank=True)
    session_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["appointment_id", "id"], name="event_appointment"),
            models.Index(fields=["session_id", "id"], name="event_session"),
            models.Index(fields=["kind", "at"], name="event_kind_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("facts are never changed: record a new one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise AppendOnlyError("facts are never deleted")

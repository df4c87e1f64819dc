import uuid

from django.db import models


class AppointmentLink(models.Model):
    """A personal link to one appointment for one recipient. Only the hash of its secret is kept."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    participant = models.ForeignKey("scheduling.Participant", on_delete=models.CASCADE, related_name="links")
    schedule_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    birth_date_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def actor(self) -> str:
        return f"link:{self.ref}"

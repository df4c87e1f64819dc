from django.db import models
from django.utils.translation import gettext_lazy as _


class PresenceQuerySet(models.QuerySet["Presence"]):
    def here(self) -> "PresenceQuerySet":
        return self.exclude(place__in=Presence.GONE)


class Presence(models.Model):
    """A participant's place on the day: kept through reloads, lost sockets and restarts.

    Away is who fell silent: a sign of life from the page that is still open brings them back. Who left, or was sent
    away, comes back only by their own hand: what was under way when they hung up does not put them in the room again.

    The facts in `events` say what happened when; this row is where they stand now, and the sign of life.
    """

    class Place(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ADMITTED = "admitted", _("admitted")
        AWAY = "away", _("away")
        LEFT = "left", _("left")

    GONE = (Place.AWAY, Place.LEFT)

    participant = models.OneToOneField("scheduling.Participant", on_delete=models.CASCADE, related_name="presence")
    place = models.CharField(max_length=10, choices=Place.choices)
    arrived_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ["arrived_at"]
        indexes = [models.Index(fields=["place", "last_seen_at"], name="presence_place_seen")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.place}"

    @property
    def here(self) -> bool:
        return self.place not in self.GONE

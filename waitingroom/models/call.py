from django.db import models


class CallRoom(models.Model):
    """Where the browsers of one appointment find each other. `seq` counts who came and went."""

    appointment = models.OneToOneField(
        "scheduling.Appointment", primary_key=True, on_delete=models.CASCADE, related_name="call_room"
    )
    seq = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.seq}"


class CallSeat(models.Model):
    """A participant's browser in the room; a participant has one, the newest.

    Who came later (the higher `seq`) offers the connection: two browsers that both offer can wait forever.
    """

    room = models.ForeignKey(CallRoom, on_delete=models.CASCADE, related_name="seats")
    participant = models.OneToOneField("scheduling.Participant", on_delete=models.CASCADE, related_name="call_seat")
    peer = models.CharField(max_length=32, unique=True)
    seq = models.PositiveIntegerField()
    channel = models.CharField(max_length=120)
    holder = models.CharField(max_length=80)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["holder"], name="call_seat_holder")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.participant_id}"

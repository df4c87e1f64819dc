from django.db import models
from django.utils.translation import gettext_lazy as _

from praktijkplan.device_test import Device

DEVICES = {
    Device.BROWSER.value: _("browser"),
    Device.CAMERA.value: _("camera"),
    Device.MICROPHONE.value: _("microphone"),
    Device.SPEAKER.value: _("sound"),
    Device.CONNECTION.value: _("internet"),
}


class DeviceTest(models.Model):
    """What a patient's browser told of one test (PP-47): a claim, good for helping. Rows are added, never changed.

    Of the browser no more than its family and version: nobody is to be recognised by it.
    """

    class Verdict(models.TextChoices):
        WORKS = "works", _("everything works")
        PARTLY = "partly", _("almost everything works")
        FAILS = "fails", _("it does not work yet")

    class Found(models.TextChoices):
        GOOD = "good", _("good")
        SKIPPED = "skipped", _("skipped")
        UNSUPPORTED = "unsupported", _("not supported")
        INSECURE = "insecure", _("no safe connection")
        DENIED = "denied", _("not allowed")
        NO_DEVICE = "no_device", _("not found")
        IN_USE = "in_use", _("in use by another program")
        SILENT = "silent", _("silent")
        NOT_HEARD = "not_heard", _("not heard")
        SLOW = "slow", _("slow")
        NO_MEDIA_PATH = "no_media_path", _("no way for sound and picture")
        UNREACHABLE = "unreachable", _("our server was not reached")

    class Browser(models.TextChoices):
        CHROME = "chrome", "Chrome"
        EDGE = "edge", "Edge"
        FIREFOX = "firefox", "Firefox"
        SAFARI = "safari", "Safari"
        SAMSUNG = "samsung", "Samsung Internet"
        OTHER = "other", _("another browser")

    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.CASCADE, related_name="device_tests")
    participant = models.ForeignKey("scheduling.Participant", on_delete=models.CASCADE, related_name="device_tests")
    tested_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    browser = models.CharField(max_length=20, choices=Found.choices)
    camera = models.CharField(max_length=20, choices=Found.choices)
    microphone = models.CharField(max_length=20, choices=Found.choices)
    speaker = models.CharField(max_length=20, choices=Found.choices)
    connection = models.CharField(max_length=20, choices=Found.choices)
    round_trip_ms = models.PositiveIntegerField(null=True)
    kbit_per_s = models.PositiveIntegerField(null=True)
    browser_family = models.CharField(max_length=10, choices=Browser.choices)
    browser_major = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["tested_at", "pk"]
        indexes = [models.Index(fields=["participant", "tested_at"], name="device_test_of_participant")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.verdict}"

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Each device that is not simply good, and how that is called."""
        return [
            (str(name), str(self.Found(getattr(self, device)).label))
            for device, name in DEVICES.items()
            if getattr(self, device) != self.Found.GOOD
        ]

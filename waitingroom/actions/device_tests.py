from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from events.catalogue import DeviceTested
from events.log import record
from praktijkplan.contact import Modality
from praktijkplan.device_test import Device, Found
from scheduling.models import Participant
from waitingroom.models import DeviceTest
from waitingroom.refusals import CannotTest, NotByVideo, TooManyTests
from waitingroom.visits import lock_appointment, of_participant, over

TESTS_A_DAY = 30
ROUND_TRIP_LIMIT_MS = 60_000
KBIT_PER_S_LIMIT = 10_000_000
BROWSER_MAJOR_LIMIT = 999


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a browser measured and is. Raises ValueError for what no browser can have measured."""

    round_trip_ms: int | None = None
    kbit_per_s: int | None = None
    browser_family: str = DeviceTest.Browser.OTHER.value
    browser_major: int | None = None

    def __post_init__(self) -> None:
        DeviceTest.Browser(self.browser_family)
        limits = {
            "round_trip_ms": ROUND_TRIP_LIMIT_MS,
            "kbit_per_s": KBIT_PER_S_LIMIT,
            "browser_major": BROWSER_MAJOR_LIMIT,
        }
        for name, most in limits.items():
            value = getattr(self, name)
            if value is not None and not 0 <= value <= most:
                raise ValueError(f"{name}: {value}")


@transaction.atomic
def record_device_test(
    *, participant: Participant, found: Found, figures: Figures, by: str, now: datetime
) -> DeviceTest | CannotTest:
    """Keep what the participant's browser found. It blocks nothing and proves nothing: it tells whom to help."""
    appointment = lock_appointment(participant.appointment_id)
    if refusal := over(appointment):
        return refusal
    if appointment.modality != Modality.VIDEO:
        return NotByVideo()
    lately = DeviceTest.objects.filter(participant=participant, tested_at__gt=now - timedelta(days=1))
    if lately.count() >= TESTS_A_DAY:
        return TooManyTests()
    findings = {device.value: found.of(device).value for device in Device}
    verdict = found.verdict.value
    test = DeviceTest.objects.create(
        appointment=appointment,
        participant=participant,
        tested_at=now,
        verdict=verdict,
        **findings,
        **asdict(figures),
    )
    record(DeviceTested(**of_participant(participant, appointment), verdict=verdict, **findings), at=now, actor=by)
    return test

"""What a test of the patient's device can find, and whether a video consult will work with it (PP-47)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# A call of this size (640 by 480, at most 30 pictures a second) stutters below it, kilobits a second.
ENOUGH_KBIT_PER_S = 500
# Two people talk through each other when an answer takes longer, milliseconds there and back.
ROUND_TRIP_MOST_MS = 400


class Device(StrEnum):
    BROWSER = "browser"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    CONNECTION = "connection"


class Finding(StrEnum):
    """`good`, `skipped`, or what is the matter."""

    GOOD = "good"
    SKIPPED = "skipped"
    UNSUPPORTED = "unsupported"  # the browser cannot make video calls
    INSECURE = "insecure"  # the page did not come over a safe connection: the browser gives no camera
    DENIED = "denied"
    NO_DEVICE = "no_device"
    IN_USE = "in_use"
    SILENT = "silent"
    NOT_HEARD = "not_heard"
    SLOW = "slow"
    NO_MEDIA_PATH = "no_media_path"  # the browser cannot reach another browser
    UNREACHABLE = "unreachable"  # our own server was not reached


class Verdict(StrEnum):
    WORKS = "works"
    PARTLY = "partly"  # a video consult is possible; something was slow, or was skipped
    FAILS = "fails"


_WITH_PERMISSION = (Finding.DENIED, Finding.NO_DEVICE, Finding.IN_USE, Finding.INSECURE)
POSSIBLE: Mapping[Device, tuple[Finding, ...]] = MappingProxyType(
    {
        Device.BROWSER: (Finding.GOOD, Finding.UNSUPPORTED, Finding.INSECURE),
        Device.CAMERA: (Finding.GOOD, *_WITH_PERMISSION, Finding.SKIPPED),
        Device.MICROPHONE: (Finding.GOOD, *_WITH_PERMISSION, Finding.SILENT, Finding.SKIPPED),
        Device.SPEAKER: (Finding.GOOD, Finding.NOT_HEARD, Finding.SKIPPED),
        Device.CONNECTION: (
            Finding.GOOD,
            Finding.SLOW,
            Finding.NO_MEDIA_PATH,
            Finding.UNREACHABLE,
            Finding.SKIPPED,
        ),
    }
)
_HARMLESS = frozenset({Finding.SLOW, Finding.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Per device what was found. Raises ValueError for what that device cannot show."""

    browser: Finding
    camera: Finding
    microphone: Finding
    speaker: Finding
    connection: Finding

    def __post_init__(self) -> None:
        for device in Device:
            if self.of(device) not in POSSIBLE[device]:
                raise ValueError(f"{device}: {self.of(device)}")

    def of(self, device: Device) -> Finding:
        finding: Finding = getattr(self, device.value)
        return finding

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.of(device) for device in Device)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    wrong = set(findings) - {Finding.GOOD}
    if wrong - _HARMLESS:
        return Verdict.FAILS
    return Verdict.PARTLY if wrong else Verdict.WORKS

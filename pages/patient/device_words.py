"""What the test of the device asks, finds and advises, in a patient's words (B1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from praktijkplan.device_test import POSSIBLE, Device, Finding, Verdict, verdict_of

Words = str | Promise
GRADES: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.WORKS: "good", Verdict.PARTLY: "warn", Verdict.FAILS: "bad"}
)

SKIPPED = "skipped"


@dataclass(frozen=True)
class Told:
    """One thing a device can show. `grade`: good, warn, bad or skipped; `advice`: what to do."""

    finding: str
    grade: str
    word: Words
    advice: Words


@dataclass(frozen=True)
class Step:
    """One device. `intro` before the press, `press` on the button, `busy` while it is tested."""

    device: str
    icon: str
    name: Words
    intro: Words
    press: Words
    busy: Words
    look: Words
    again: Words
    told: tuple[Told, ...]


_WORDS: Mapping[Finding, Words] = MappingProxyType(
    {
        Finding.GOOD: _("Good"),
        Finding.SKIPPED: _("Skipped"),
        Finding.UNSUPPORTED: _("Too old"),
        Finding.INSECURE: _("Not safe"),
        Finding.DENIED: _("Not allowed"),
        Finding.NO_DEVICE: _("Not found"),
        Finding.IN_USE: _("In use"),
        Finding.SILENT: _("No sound"),
        Finding.NOT_HEARD: _("Not heard"),
        Finding.SLOW: _("A little slow"),
        Finding.NO_MEDIA_PATH: _("Blocked"),
        Finding.UNREACHABLE: _("No connection"),
    }
)
_ANOTHER_BROWSER = _("Open the link in your message in another browser, such as Chrome, Edge, Firefox or Safari.")
_ADVICE: Mapping[tuple[Device, Finding], Words] = MappingProxyType(
    {
        (Device.BROWSER, Finding.GOOD): _("Your browser can make video calls."),
        (Device.BROWSER, Finding.UNSUPPORTED): _ANOTHER_BROWSER,
        (Device.BROWSER, Finding.INSECURE): _ANOTHER_BROWSER,
        (Device.CAMERA, Finding.GOOD): _("Your camera works. Only you see this picture."),
        (Device.CAMERA, Finding.DENIED): _("Click the sign beside the address of this page. Allow the camera."),
        (Device.CAMERA, Finding.NO_DEVICE): _("We cannot find a camera. Connect it, or use a phone or tablet."),
        (Device.CAMERA, Finding.IN_USE): _("Another program uses your camera. Close that program."),
        (Device.CAMERA, Finding.INSECURE): _ANOTHER_BROWSER,
        (Device.MICROPHONE, Finding.GOOD): _("We hear you. Your microphone works."),
        (Device.MICROPHONE, Finding.DENIED): _(
            "Click the sign beside the address of this page. Allow the microphone."
        ),
        (Device.MICROPHONE, Finding.NO_DEVICE): _(
            "We cannot find a microphone. Connect it, or use a phone or tablet."
        ),
        (Device.MICROPHONE, Finding.IN_USE): _("Another program uses your microphone. Close that program."),
        (Device.MICROPHONE, Finding.SILENT): _(
            "We hear nothing. Is your microphone off? Turn it on and speak louder."
        ),
        (Device.MICROPHONE, Finding.INSECURE): _ANOTHER_BROWSER,
        (Device.SPEAKER, Finding.GOOD): _("Your sound works."),
        (Device.SPEAKER, Finding.NOT_HEARD): _("Turn your sound up. Do you use headphones? Check that they are in."),
        (Device.CONNECTION, Finding.GOOD): _("Your internet is fast enough."),
        (Device.CONNECTION, Finding.SLOW): _("Sit closer to your wifi."),
        (Device.CONNECTION, Finding.NO_MEDIA_PATH): _(
            "Your internet or browser blocks video calls. Turn off your VPN, or try another wifi."
        ),
        (Device.CONNECTION, Finding.UNREACHABLE): _(
            "We did not reach our server. Is your wifi on? Try another wifi."
        ),
    }
)


def _told(device: Device) -> tuple[Told, ...]:
    return tuple(
        Told(
            finding.value,
            SKIPPED if finding is Finding.SKIPPED else GRADES[verdict_of([finding])],
            _WORDS[finding],
            _ADVICE.get((device, finding), ""),
        )
        for finding in POSSIBLE[device]
    )


BROWSER = Step(
    Device.BROWSER.value, "globe", _("Browser"), "", "", "", _("Use another browser."), "", _told(Device.BROWSER)
)
STEPS = (
    Step(
        Device.CAMERA.value,
        "video",
        _("Camera"),
        _("Press the button. Your browser asks for your camera. Choose Allow. Only you see the picture."),
        _("Turn my camera on"),
        _("Your camera goes on now. Does your browser ask something? Choose Allow."),
        _("Have another look at your camera."),
        _("Test the camera again"),
        _told(Device.CAMERA),
    ),
    Step(
        Device.MICROPHONE.value,
        "mic",
        _("Microphone"),
        _("Press the button. Your browser asks for your microphone. Choose Allow."),
        _("Turn my microphone on"),
        _("Say something. The bar moves when we hear you."),
        _("Have another look at your microphone."),
        _("Test the microphone again"),
        _told(Device.MICROPHONE),
    ),
    Step(
        Device.SPEAKER.value,
        "sound",
        _("Sound"),
        _("Press the button. We play three notes."),
        _("Play the sound"),
        _("Do you hear it?"),
        _("Have another look at your sound."),
        _("Test the sound again"),
        _told(Device.SPEAKER),
    ),
    Step(
        Device.CONNECTION.value,
        "net",
        _("Internet"),
        _("Press the button. We test your internet. It takes a few seconds."),
        _("Test my internet"),
        _("We test your internet. One moment."),
        _("Have another look at your internet."),
        _("Test the internet again"),
        _told(Device.CONNECTION),
    ),
)

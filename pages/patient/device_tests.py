"""The test of camera, sound and connection, any time before a video consult: it may be skipped and blocks nothing."""

import json
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from pages.patient.device_words import BROWSER, STEPS
from pages.patient.standings import place_of
from pages.patient.visits import SeeOther, Visit, show, through_link
from praktijkplan.contact import Modality
from praktijkplan.device_test import ENOUGH_KBIT_PER_S, POSSIBLE, ROUND_TRIP_MOST_MS, Device, Finding, Found
from waitingroom.actions.device_tests import (
    BROWSER_MAJOR_LIMIT,
    KBIT_PER_S_LIMIT,
    ROUND_TRIP_LIMIT_MS,
    Figures,
    record_device_test,
)
from waitingroom.models import DeviceTest

NO_CONTENT, BAD_REQUEST, CONFLICT, TOO_LARGE = 204, 400, 409, 413
# Enough to time a slow line by, and a second's work on one that is just fast enough.
SAMPLE_BYTES = 64 * 1024


def _finding(device: Device) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(one.value, one.value) for one in POSSIBLE[device]])


def _figure(most: int) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=most, required=False)


class DeviceTestForm(forms.Form):
    browser = _finding(Device.BROWSER)
    camera = _finding(Device.CAMERA)
    microphone = _finding(Device.MICROPHONE)
    speaker = _finding(Device.SPEAKER)
    connection = _finding(Device.CONNECTION)
    round_trip_ms = _figure(ROUND_TRIP_LIMIT_MS)
    kbit_per_s = _figure(KBIT_PER_S_LIMIT)
    browser_family = forms.ChoiceField(choices=DeviceTest.Browser.choices)
    browser_major = _figure(BROWSER_MAJOR_LIMIT)


@require_http_methods(["GET", "HEAD", "POST"])
@through_link("view.device_test", change="test.devices")
def device_test(request: HttpRequest, visit: Visit) -> HttpResponse:
    place = place_of(visit)
    if visit.appointment.modality != Modality.VIDEO or place.over:
        return SeeOther(visit.url("patient_appointment"))
    if request.method == "POST":
        return _record(request, visit)
    context: dict[str, Any] = {
        "place": place,
        "browser": BROWSER,
        "steps": STEPS,
        "ice": json.dumps([{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []),
        "enough_kbit": ENOUGH_KBIT_PER_S,
        "most_ms": ROUND_TRIP_MOST_MS,
        "sample_bytes": SAMPLE_BYTES,
    }
    return show(request, "patient/test.html", visit, **context)


@require_http_methods(["GET", "POST"])
@through_link("test.connection", log_allowed=False)
def sample(request: HttpRequest, visit: Visit) -> HttpResponse:
    """To time the line by: bytes that no proxy can make smaller, or with ?short none at all; a POST brings them."""
    if request.method == "POST":
        return HttpResponse(status=NO_CONTENT if len(request.body) <= SAMPLE_BYTES else TOO_LARGE)
    size = 0 if "short" in request.GET else SAMPLE_BYTES
    return HttpResponse(secrets.token_bytes(size), content_type="application/octet-stream")


def _record(request: HttpRequest, visit: Visit) -> HttpResponse:
    """From the page's script: it says itself what became of it, so there is nothing to show."""
    form = DeviceTestForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=BAD_REQUEST)
    told = form.cleaned_data
    found = Found(**{device.value: Finding(told.pop(device.value)) for device in Device})
    kept = record_device_test(
        participant=visit.participant, found=found, figures=Figures(**told), by=visit.link.actor, now=visit.now
    )
    return HttpResponse(status=NO_CONTENT if isinstance(kept, DeviceTest) else CONFLICT)

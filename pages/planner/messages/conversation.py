"""The whole conversation with one patient, newest first, and how the patient can be reached."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.bounces import repair_address
from notifications.actions.consents import state_consent
from notifications.models import Channel
from notifications.recipients import Person
from pages.permissions import Desk, patient_page
from pages.planner.messages.lines import conversation_with
from pages.planner.messages.reach import read_person, ways_of
from people.models import Patient
from people.models.patients import Consent
from people.permissions import Permission


@require_GET
@patient_page(Permission.SEE_MESSAGES)
def conversation(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    now = timezone.now()
    lines, more = conversation_with(patient, desk.department, now=now)
    context = {
        "desk": desk,
        "patient": patient,
        "now": now,
        "lines": lines,
        "more": more,
        "readers": ways_of(patient, desk.department, now=now),
        "may_book": desk.may(Permission.BOOK),
    }
    return render(request, "planner/messages_of_patient.html", context)


@require_POST
@patient_page(Permission.SEE_MESSAGES, change="state.consent")
def consent(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    """What the patient says about a channel, written down by staff."""
    whom, channel = _meant(request, patient)
    wish = request.POST.get("wens", "")
    if whom is None or channel is None or wish not in Consent.values:
        messages.error(request, gettext("Choose a channel, and yes or no."))
    else:
        state_consent(person=whom, channel=channel, wish=Consent(wish), by=desk.actor, now=timezone.now())
        messages.success(request, gettext("The wish is noted. What is planned follows it."))
    return redirect("messages-of-patient", public_id=patient.public_id)


@require_POST
@patient_page(Permission.SEE_MESSAGES, change="repair.address")
def address_repaired(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    """Someone has asked, and the address works again."""
    whom, channel = _meant(request, patient)
    address = _address(whom, channel)
    if channel is None or not address:
        messages.error(request, gettext("There is no such address."))
    elif repair_address(channel=channel, address=address, by=desk.actor, now=timezone.now()):
        messages.success(request, gettext("The address counts again. What is planned goes there."))
    else:
        messages.info(request, gettext("Nothing was wrong with this address any more."))
    return redirect("messages-of-patient", public_id=patient.public_id)


def _meant(request: HttpRequest, patient: Patient) -> tuple[Person | None, Channel | None]:
    given = request.POST.get("kanaal", "")
    channel = Channel(given) if given in (Channel.EMAIL, Channel.SMS) else None
    return read_person(request.POST.get("wie", ""), patient), channel


def _address(whom: Person | None, channel: Channel | None) -> str:
    if whom is None or channel is None:
        return ""
    return whom.email if channel is Channel.EMAIL else whom.mobile

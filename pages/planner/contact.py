"""Where a patient can be reached, corrected with the patient on the line."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications.actions.contacts import NUMBERS, change_contact, changed_since, seal_of
from pages.permissions import Desk, patient_page
from pages.planner.patient_forms import PhoneField
from pages.templatetags.planner import phone
from pages.widgets import Segmented
from people.models import Patient
from people.permissions import Permission
from scheduling.actions.placing import ChangedMeanwhile

LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]


class ContactForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    mobile = PhoneField(mobile=True, label=_("Mobile number"))
    phone = PhoneField(mobile=False, label=_("Landline number"))
    language = forms.ChoiceField(label=_("Language of messages"), choices=LANGUAGES, widget=Segmented)

    @classmethod
    def of(cls, patient: Patient) -> "ContactForm":
        return cls(initial={name: getattr(patient, name) for name in cls.base_fields})

    def tell_what_changed(self, patient: Patient, seen: str) -> None:
        """Beside each field that somebody else filled in otherwise; what was typed stays."""
        for name in changed_since(seen, patient):
            stands = str(getattr(patient, name))
            if stands != self.cleaned_data[name]:
                known = dict(LANGUAGES).get(stands) or (phone(stands) if name in NUMBERS else stands)
                words = known or gettext("nothing")
                said = gettext("Someone else noted this just now: %(value)s. Nothing of yours was saved yet.")
                self.add_error(name, said % {"value": words})


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(Permission.BOOK, change="change.contact")
def contact(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm.of(patient)
    if not form.is_bound:
        return _show(request, desk, patient, form, seal_of(patient))
    seen = request.POST.get("gezien")
    if not form.is_valid():
        return _show(request, desk, patient, form, seen, status=422)
    try:
        change_contact(patient=patient, **form.cleaned_data, now=timezone.now(), seen=seen)
    except ChangedMeanwhile:
        patient.refresh_from_db()
        form.tell_what_changed(patient, seen or "")
        return _show(request, desk, patient, form, seal_of(patient), status=409)
    messages.success(request, gettext("Noted. What is still to be sent goes to these addresses."))
    return redirect("patient", patient.public_id)


def _show(
    request: HttpRequest, desk: Desk, patient: Patient, form: ContactForm, seen: str | None, *, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "patient": patient, "form": form, "seen": seen}
    return render(request, "planner/patient_contact.html", context, status=status)

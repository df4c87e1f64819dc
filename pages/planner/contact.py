"""Where a patient can be reached, corrected with the patient on the line."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications.actions.contacts import change_contact
from pages.permissions import Desk, patient_page
from pages.planner.patient_forms import PhoneField
from pages.widgets import Segmented
from people.models import Patient
from people.permissions import Permission

LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]


class ContactForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    mobile = PhoneField(mobile=True, label=_("Mobile number"))
    phone = PhoneField(mobile=False, label=_("Landline number"))
    language = forms.ChoiceField(label=_("Language of messages"), choices=LANGUAGES, widget=Segmented)

    @classmethod
    def of(cls, patient: Patient) -> "ContactForm":
        return cls(initial={name: getattr(patient, name) for name in cls.base_fields})


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(Permission.BOOK, change="change.contact")
def contact(request: HttpRequest, desk: Desk, patient: Patient) -> HttpResponse:
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm.of(patient)
    if form.is_bound and form.is_valid():
        change_contact(patient=patient, **form.cleaned_data, now=timezone.now())
        messages.success(request, gettext("Noted. What is still to be sent goes to these addresses."))
        return redirect("patient", patient.public_id)
    context = {"desk": desk, "patient": patient, "form": form}
    return render(request, "planner/patient_contact.html", context, status=422 if form.is_bound else 200)

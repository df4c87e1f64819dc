"""Where a patient can be reached, and at once what is still to be told over it."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from notifications.actions.calls import forget_wrong_number
from notifications.actions.replanning import replan_patient
from notifications.recipients import Person
from people.models import Patient, Representative
from people.phone_numbers import is_mobile
from scheduling.actions.placing import ChangedMeanwhile

FIELDS = ("email", "mobile", "phone", "language")
NUMBERS = ("mobile", "phone")
_SEAL_LENGTH = 12


@transaction.atomic
def change_contact(
    *, patient: Patient, email: str, mobile: str, phone: str, language: str, now: datetime, seen: str | None = None
) -> Patient:
    """Numbers as people.phone_numbers.read_phone_number returns them; empty for who has none.

    `seen` is the seal of what was shown: raises ChangedMeanwhile where it stands otherwise by now.
    """
    current = _locked(patient)
    given = dict(zip(FIELDS, (email.strip(), mobile, phone, language), strict=True))
    if seen not in (None, seal_of(current)) and any(getattr(current, name) != given[name] for name in FIELDS):
        raise ChangedMeanwhile
    changed = {name for name, value in given.items() if getattr(current, name) != value}
    if changed:
        for name, value in given.items():
            setattr(current, name, value)
        current.save(update_fields=FIELDS)
        if changed.intersection(NUMBERS):
            forget_wrong_number(patient=current)
        replan_patient(patient=current, now=now)
    return current


def seal_of(patient: Patient) -> str:
    """Stands for where the patient can be reached now, field by field, without saying it."""
    return ".".join(salted_hmac(name, getattr(patient, name)).hexdigest()[:_SEAL_LENGTH] for name in FIELDS)


def changed_since(seen: str, patient: Patient) -> set[str]:
    """The fields that stand otherwise than when `seen` was their seal."""
    now, then = seal_of(patient).split("."), seen.split(".")
    return {name for at, name in enumerate(FIELDS) if then[at : at + 1] != [now[at]]}


@transaction.atomic
def change_number(*, person: Person, number: str, instead_of: str = "", now: datetime) -> None:
    """Another number of a patient, among the mobile or the landline numbers by what it is; `instead_of`: the one that
    was found to be wrong. Of who stands for a patient only a mobile number is known.
    """
    current = _locked(person.patient if isinstance(person, Representative) else person)
    forget_wrong_number(patient=current)
    if isinstance(person, Representative):
        if Representative.objects.filter(pk=person.pk).exclude(mobile=number).update(mobile=number):
            replan_patient(patient=current, now=now)
        return
    numbers = {name: "" if getattr(current, name) == instead_of else getattr(current, name) for name in NUMBERS}
    numbers["mobile" if is_mobile(number) else "phone"] = number
    change_contact(patient=current, email=current.email, language=current.language, now=now, **numbers)


def _locked(patient: Patient) -> Patient:
    # Not against those who only refer to the patient: whoever moves an appointment of theirs does, and holds it.
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)

from datetime import datetime

from django.db import transaction

from events.catalogue import PreferenceStated
from events.log import record
from people.models import Patient
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.actions.requests import request_form, withdraw_wish
from scheduling.models import Appointment, ContactPreference
from scheduling.queries.preferences import general_preference, wish_for
from scheduling.vocabulary import UNDECIDED


@transaction.atomic
def state_preference(
    *,
    patient: Patient,
    preference: str,
    by: str,
    now: datetime,
    appointment: Appointment | None = None,
    note: str = "",
    asked_by: str = "",
    instead_of: str | None = None,
) -> ContactPreference:
    """Record how the patient wants contact: in general, or for one appointment (PP-04). History is kept.

    A wish for an appointment that is planned otherwise is a request (PP-07), with the `note`; who wants it as it is,
    or does not know, asks for nothing any more. `asked_by`: on whose behalf, where staff writes it down.
    `instead_of` is the wish that was shown, empty for none: raises ChangedMeanwhile where it is another one by now.
    """
    if instead_of is not None:
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        stands = wish_for(appointment) if appointment else general_preference(patient.pk)
        if stands not in (instead_of, preference):
            raise ChangedMeanwhile
    row = ContactPreference.objects.create(
        patient=patient, appointment=appointment, preference=preference, stated_by=by, stated_at=now
    )
    if appointment is not None:
        record(
            PreferenceStated(
                appointment=appointment.pk,
                session=appointment.session_id,
                department=appointment.department_id,
                preference=preference,
            ),
            at=now,
            actor=by,
        )
        if preference in (UNDECIDED, appointment.modality):
            withdraw_wish(appointment=appointment, by=by, now=now)
        else:
            request_form(appointment=appointment, asked=preference, by=by, now=now, note=note, asked_by=asked_by)
    return row

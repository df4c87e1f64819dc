import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import answer_header, describe
from api.serializers.patients import (
    ContactIn,
    FoundPatients,
    InvitationIn,
    InvitationOut,
    KnownPatient,
    NewPatient,
    PatientOut,
    PatientSearch,
    PatientWithAppointments,
    PlannedOfPatient,
    PreferenceIn,
    PreferenceOut,
    with_preference,
)
from notifications.actions.contacts import change_contact
from notifications.actions.telling import invite_to_plan
from people.actions.patients import begin_treatment, register_patient
from people.desks import Desk
from people.models import Patient
from people.permissions import Permission
from praktijkplan.contact import Modality
from scheduling.actions.preferences import state_preference
from scheduling.localtime import local_day
from scheduling.models import Appointment, AppointmentStatus
from scheduling.queries.patients import find_patients
from scheduling.queries.preferences import general_preference

MOST_FOUND = 20
PAST_SHOWN = 10
ELSEWHERE_SHOWN = 10
LOCATION = answer_header("Location", "Where the patient is found from now on.", 201)


class SearchPatients(StaffEndpoint):
    @describe(
        "patients_search",
        "Find a department's patients. A name travels in the body, never in an address.",
        FoundPatients,
        request=PatientSearch,
    )
    def post(self, request: Request) -> Response:
        asked = self.sent(PatientSearch)
        desk = self.desk(asked["department"], Permission.SEE_PATIENT, "search.patient")
        found = list(find_patients(asked["q"], desk.department)[: MOST_FOUND + 1])
        shown = found[:MOST_FOUND]
        desk.log_list("search.patient", [(patient.pk, None) for patient in shown])
        return Response(FoundPatients({"patients": shown, "more": len(found) > MOST_FOUND}).data)


class Patients(StaffEndpoint):
    @describe(
        "patients_create",
        "Register a new patient in a department.",
        PatientOut,
        status=201,
        request=NewPatient,
        refusals=[409],
        headers=[LOCATION],
    )
    def post(self, request: Request) -> Response:
        wanted = self.sent(NewPatient)
        desk = self.desk(wanted.pop("department"), Permission.BOOK, "register.patient")
        if Patient.objects.filter(number=wanted["number"]).exists():
            raise Refused(_known())
        try:
            with transaction.atomic():
                patient = register_patient(department=desk.department, since=local_day(self.clock()), **wanted)
                desk.log("register.patient", patient)
        except IntegrityError:
            # The same number, registered at the same moment.
            raise Refused(_known()) from None
        return _made(patient, desk)


class KnownPatients(StaffEndpoint):
    @describe(
        "patients_take_on",
        "Treat a patient of another department here too: found on number and date of birth together.",
        PatientOut,
        status=201,
        request=KnownPatient,
        headers=[LOCATION],
    )
    def post(self, request: Request) -> Response:
        wanted = self.sent(KnownPatient)
        desk = self.desk(wanted["department"], Permission.BOOK, "begin.treatment")
        patient = Patient.objects.filter(
            number__iexact=wanted["number"].strip(), birth_date=wanted["birth_date"], merged_into=None
        ).first()
        if patient is None:
            # The same answer for a wrong number and a wrong date: nobody learns which numbers exist.
            desk.log("find.patient", None)
            title = _("No patient has this number and this date of birth. Check both.")
            raise Refused(Problem("not-found", title, 404))
        begin_treatment(patient=patient, department=desk.department, since=local_day(self.clock()))
        desk.log("begin.treatment", patient)
        return _made(patient, desk)


class OnePatient(StaffEndpoint):
    @describe("patients_read", "A patient, with what is planned.", PatientWithAppointments)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        desk, patient = self.desk_treating(public_id, Permission.SEE_PATIENT, "view.patient")
        shown = PatientOut(_shown(patient, desk)).data
        return Response(shown | PlannedOfPatient(self._planned(patient, desk)).data)

    def _planned(self, patient: Patient, desk: Desk) -> dict[str, Any]:
        now = self.clock()
        here = Appointment.objects.filter(patient=patient, department=desk.department)
        ahead = here.filter(end__gte=now).order_by("start")
        past = here.filter(end__lt=now).order_by("-start")[:PAST_SHOWN]
        elsewhere = (
            Appointment.objects.filter(patient=patient, status=AppointmentStatus.BOOKED, end__gte=now)
            .exclude(department=desk.department)
            .only("start", "end")
            .order_by("start")[:ELSEWHERE_SHOWN]
        )
        return {
            "representatives": patient.representatives.all(),
            "appointments": [*ahead, *past],
            "elsewhere": elsewhere,
        }


class PatientContact(StaffEndpoint):
    @describe(
        "patients_contact_change",
        "Where the patient can be reached from now on. What is still to be sent follows.",
        PatientOut,
        request=ContactIn,
    )
    def put(self, request: Request, public_id: uuid.UUID) -> Response:
        given = self.sent(ContactIn)
        desk, patient = self.desk_treating(public_id, Permission.BOOK, "change.contact")
        changed = change_contact(patient=patient, **given, now=self.clock())
        return Response(PatientOut(_shown(changed, desk)).data)


class PatientInvitations(StaffEndpoint):
    @describe(
        "patients_invite",
        "Ask the patient to plan an appointment; once a day. Whom no message reaches is phoned.",
        InvitationOut,
        request=InvitationIn,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted, now = self.sent(InvitationIn), self.clock()
        desk, patient = self.desk_treating(public_id, Permission.BOOK, "invite.patient")
        told = invite_to_plan(
            patient=patient,
            department=desk.department,
            modality=Modality(wanted["modality"]),
            before=wanted["before"],
            now=now,
        )
        return Response(InvitationOut({"messages": told}).data)


class PatientPreference(StaffEndpoint):
    @describe("patients_preference_read", "How the patient wants contact (PP-04).", PreferenceOut)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        _desk, patient = self.desk_treating(public_id, Permission.SEE_PATIENT, "view.preference")
        return Response(PreferenceOut({"preference": general_preference(patient.pk)}).data)

    @describe(
        "patients_preference_state",
        "Note how the patient wants contact. What was said before is kept as history.",
        PreferenceOut,
        request=PreferenceIn,
    )
    def put(self, request: Request, public_id: uuid.UUID) -> Response:
        wanted = self.sent(PreferenceIn)["preference"]
        desk, patient = self.desk_treating(public_id, Permission.STATE_PREFERENCE, "state.preference")
        state_preference(patient=patient, preference=wanted, by=desk.actor, now=self.clock())
        return Response(PreferenceOut({"preference": wanted}).data)


def _shown(patient: Patient, desk: Desk) -> Patient:
    return with_preference(patient, general_preference(patient.pk), desk.department.pk)


def _made(patient: Patient, desk: Desk) -> Response:
    where = reverse("api-patient", args=[patient.public_id])
    return Response(PatientOut(_shown(patient, desk)).data, status=201, headers={"Location": where})


def _known() -> Problem:
    title = _(
        "This number belongs to a patient who is known in the hospital. Take the patient on by number and date."
    )
    return Problem("patient-known", title, 409)

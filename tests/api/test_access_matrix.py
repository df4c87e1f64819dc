"""Every address of the API, by role and department. An address without a row here fails."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import get_resolver

import api.permissions
from api.endpoint import Endpoint
from notifications.content.defaults import default_text
from notifications.content.text import TextKey
from notifications.models import CallTask, Instruction
from people.desks import Desk
from people.models import AccessLog, Role
from scheduling.actions.simulations import start_simulation
from scheduling.models import Misfit, PublicationRun
from scheduling.queries.simulation import question_about
from tests import factories as make
from tests.api.conftest import kind_of
from waitingroom.actions.presence import arrive

pytestmark = pytest.mark.django_db

P, C, H, L, A = Role.PLANNER, Role.CLINICIAN, Role.HELPDESK, Role.LEAD, Role.ADMINISTRATOR
EVERYONE = {P, C, H, L, A}
OWN_DAY = "own day"  # no object: what someone sees is theirs
PATIENT = "patient"  # by personal link only
GATEWAY = "gateway"  # by the secret of the SMS gateway, or of the mail server, only


@dataclass(frozen=True)
class Row:
    """`may`: roles of the object's own department. `of_patient`: every try is a row in the access log."""

    method: str
    name: str
    may: set | str
    kwargs: tuple = ()
    query: tuple = ()
    body: tuple = ()
    of_patient: bool = False

    def __str__(self):
        return f"{self.method} {self.name}"


TEXT = ("text_kind", "channel", "language", "form")
INSTRUCTION = ("instruction_kind", "title", "url", "language")
ROWS = [
    Row("get", "api-departments", OWN_DAY),
    Row("get", "api-types", EVERYONE, query=("department",)),
    Row("get", "api-clinicians", EVERYONE, query=("department",)),
    Row("get", "api-agenda", EVERYONE, query=("department", "from", "until")),
    Row("get", "api-sessions", EVERYONE, query=("department", "date")),
    Row("get", "api-waiting-room", EVERYONE, query=("department", "date")),
    Row("get", "api-my-day", OWN_DAY, query=("date",)),
    Row("get", "api-rasters", {P, C, L, A}, query=("department",)),
    Row("get", "api-raster", {P, C, L, A}, kwargs=("pk",)),
    Row("get", "api-raster-publication", {P, A}, kwargs=("pk",)),
    Row("get", "api-raster-document", {P, C, L, A}, kwargs=("pk",)),
    Row("get", "api-raster-schema", OWN_DAY),
    Row("post", "api-raster-check", {P, C, L, A}, body=("department", "document")),
    Row("post", "api-raster-import", {P, A}, body=("department", "document")),
    Row("post", "api-raster-publish", {P, A}, kwargs=("pk",)),
    Row("post", "api-rasters", {P, A}, body=("department", "name", "valid_from", "starter")),
    Row("patch", "api-raster-draft", {P, A}, kwargs=("pk",), body=("base", "changes")),
    Row("post", "api-raster-approve", {L, A}, kwargs=("pk",)),
    Row("get", "api-raster-versions", {P, C, L, A}, kwargs=("pk",)),
    Row("get", "api-raster-version", {P, C, L, A}, kwargs=("pk", "version_number")),
    Row("get", "api-raster-difference", {P, C, L, A}, kwargs=("pk", "version_number")),
    Row("post", "api-raster-restore", {P, A}, kwargs=("pk", "version_number"), body=("revision",)),
    Row("get", "api-raster-exceptions", {P, C, L, A}, kwargs=("pk",)),
    Row("put", "api-raster-exception", {P, A}, kwargs=("pk", "day", "half_day"), body=("day_closed",)),
    Row("delete", "api-raster-exception", {P, A}, kwargs=("pk", "day", "half_day")),
    Row("get", "api-misfits", {P}, query=("department",)),
    Row("post", "api-misfit-leave", {P}, kwargs=("misfit",), body=("reason",), of_patient=True),
    # Illness and leave.
    Row("get", "api-absences", {P, L}, query=("department",)),
    Row("post", "api-absences", {P, L}, body=("department", "clinician", "absent")),
    Row("get", "api-absence", {P}, kwargs=("absence",), query=("department",)),
    Row("post", "api-absence-change", {P, L}, kwargs=("absence",), body=("department", "absent", "absence_revision")),
    Row("post", "api-absence-lift", {P, L}, kwargs=("absence",), body=("department", "absence_revision")),
    Row("post", "api-absence-replan", {P}, kwargs=("absence",), body=("department", "chosen_places")),
    # What was ordered and must be planned, and care pathways.
    Row("get", "api-orders", {P, C}, query=("department",)),
    Row("post", "api-orders", {P, C}, body=("patient", "type", "ordered_after")),
    Row("post", "api-order-places", {P}, body=("department", "these_orders")),
    Row("post", "api-orders-plan", {P}, body=("department", "chosen_places")),
    Row("get", "api-order", {P, C}, kwargs=("order",), of_patient=True),
    Row("post", "api-order-change", {P, C}, kwargs=("order",), body=("type", "order_window"), of_patient=True),
    Row("post", "api-order-drop", {P, C}, kwargs=("order",), body=("reason", "order_revision"), of_patient=True),
    Row("get", "api-pathways", {P, C, L, A}, query=("department",)),
    Row("post", "api-pathways", {L, A}, body=("department", "pathway_steps")),
    Row("put", "api-pathway", {L, A}, kwargs=("pathway",), body=("pathway_steps", "order_revision")),
    Row("get", "api-patient-pathways", {P, C, H}, kwargs=("patient",), of_patient=True),
    Row("post", "api-patient-pathways", {P, C}, kwargs=("patient",), body=("started",), of_patient=True),
    Row("post", "api-pathway-run-stop", {P, C}, kwargs=("pathway_run",), body=("reason",), of_patient=True),
    # The waiting list.
    Row("get", "api-waiting-list", {P}, query=("department",)),
    Row("post", "api-waiting-list", {P}, body=("appointment",)),
    Row("post", "api-waiting-list-leave", {P}, kwargs=("appointment",), of_patient=True),
    Row("post", "api-place-offer", {P}, kwargs=("appointment",), body=("offer", "said_no"), of_patient=True),
    Row("get", "api-publication-runs", {P, A}, query=("department",)),
    Row("post", "api-publication-runs", {P, A}, body=("department", "horizon")),
    Row("get", "api-publication-run", {P, A}, kwargs=("publication_run",)),
    Row("post", "api-publication-run-stop", {P, A}, kwargs=("publication_run",)),
    Row("get", "api-workplaces", {P, C, L, A}, query=("department",)),
    Row("post", "api-workplace-checklist", {P, A}, kwargs=("workplace",)),
    Row("post", "api-raster-simulations", {P, C, L, A}, kwargs=("pk",), body=("days",)),
    Row("get", "api-raster-simulation", {P, C, L, A}, kwargs=("pk", "run")),
    Row("post", "api-raster-simulation-stop", {P, C, L, A}, kwargs=("pk", "run")),
    Row("get", "api-slots", EVERYONE, query=("type", "from", "until")),
    Row("get", "api-proposals", {P}, query=("type", "patient", "from", "until")),
    Row("post", "api-patients", {P}, body=("department", "number", "family_name", "birth_date")),
    Row("post", "api-patient-search", {P, C, H}, body=("department", "q")),
    Row("post", "api-patient-known", {P}, body=("department", "number", "birth_date")),
    Row("get", "api-patient", {P, C, H}, kwargs=("patient",), of_patient=True),
    Row("get", "api-patient-preference", {P, C, H}, kwargs=("patient",), of_patient=True),
    Row("put", "api-patient-preference", {P, C}, kwargs=("patient",), body=("preference",), of_patient=True),
    Row("patch", "api-patient-channels", {P}, kwargs=("patient",), body=("consent",), of_patient=True),
    Row("put", "api-patient-contact", {P}, kwargs=("patient",), body=("contact",), of_patient=True),
    Row("post", "api-patient-invitations", {P}, kwargs=("patient",), body=("invitation",), of_patient=True),
    Row("get", "api-agreements", {P, H, L, A}, query=("department",)),
    Row("patch", "api-agreements", {L, A}, body=("department", "agreed_revision", "agreed")),
    Row("post", "api-appointments", {P}, body=("patient", "type", "clinician", "start")),
    Row("post", "api-appointment-preview", {P}, body=("patient", "type", "clinician", "start")),
    Row("get", "api-messages", {P, H}, query=("department",)),
    Row("get", "api-message", {P, H}, kwargs=("message",), of_patient=True),
    Row("post", "api-message-resend", {P, H}, kwargs=("message",), of_patient=True),
    Row("get", "api-patient-messages", {P, H}, kwargs=("patient",), of_patient=True),
    Row("get", "api-operations-messages", OWN_DAY),
    Row("get", "api-call-tasks", {P, H}, query=("department",)),
    Row("post", "api-call-task-hold", {P, H}, kwargs=("task",), of_patient=True),
    Row("delete", "api-call-task-hold", {P, H}, kwargs=("task",), of_patient=True),
    Row("post", "api-call-task-complete", {P, H}, kwargs=("task",), body=("called",), of_patient=True),
    Row("get", "api-appointment", {P, C, H}, kwargs=("appointment",), of_patient=True),
    Row("post", "api-appointment-move", {P}, kwargs=("appointment",), body=("start", "version"), of_patient=True),
    Row("post", "api-appointment-form", {P}, kwargs=("appointment",), body=("type", "version"), of_patient=True),
    Row(
        "post", "api-appointment-duration", {P}, kwargs=("appointment",), body=("minutes", "version"), of_patient=True
    ),
    Row("post", "api-appointment-cancel", {P}, kwargs=("appointment",), body=("version",), of_patient=True),
    Row("post", "api-appointment-undo", {P}, kwargs=("appointment",), body=("version",), of_patient=True),
    Row("get", "api-interpreters", {P, L}, query=("department",)),
    Row("post", "api-interpreters", {P, L}, body=("department", "name", "languages")),
    Row("put", "api-interpreter", {P, L}, kwargs=("interpreter",), body=("name", "languages")),
    Row("get", "api-appointment-needs", {P, C, H}, kwargs=("appointment",), of_patient=True),
    Row("put", "api-appointment-needs", {P}, kwargs=("appointment",), body=("needs", "version"), of_patient=True),
    Row("get", "api-appointment-swap", {P}, kwargs=("appointment",), of_patient=True),
    Row(
        "post",
        "api-appointment-swap",
        {P},
        kwargs=("appointment",),
        body=("version", "other", "other_version"),
        of_patient=True,
    ),
    Row("get", "api-series", {P}, query=("patient", "type", "count", "every_weeks", "from")),
    Row("post", "api-series", {P}, body=("patient", "type", "places")),
    Row("get", "api-batch", {P}, kwargs=("batch",)),
    Row("post", "api-batch-undo", {P}, kwargs=("batch",)),
    Row("get", "api-appointment-messages", {P, H}, kwargs=("appointment",), of_patient=True),
    Row("get", "api-form-requests", {P}, query=("department",)),
    Row("post", "api-form-requests", {P, C}, body=("appointment", "asked"), of_patient=True),
    Row("post", "api-form-request-grant", {P}, kwargs=("form_request",), body=("version",), of_patient=True),
    Row("post", "api-form-request-decline", {P}, kwargs=("form_request",), body=("declined",), of_patient=True),
    Row("post", "api-form-request-withdraw", {P}, kwargs=("form_request",), of_patient=True),
    Row("post", "api-consult-admit", {C}, kwargs=("appointment",), of_patient=True),
    Row("post", "api-consult-hang-up", {C}, kwargs=("appointment",), of_patient=True),
    Row("post", "api-consult-by-phone", {C}, kwargs=("appointment",), of_patient=True),
    Row("post", "api-consult-phoned", {P, C, H}, kwargs=("appointment",), body=("called",), of_patient=True),
    Row("post", "api-consult-close", {C}, kwargs=("appointment",), body=("closed",), of_patient=True),
    Row("get", "api-texts", {P, H, L, A}, query=("department",)),
    Row("get", "api-text", {P, H, L, A}, kwargs=TEXT, query=("department",)),
    Row("put", "api-text", {L, A}, kwargs=TEXT, body=("department", "body", "text_version")),
    Row("post", "api-text-check", {P, H, L, A}, kwargs=TEXT, body=("department", "body")),
    Row("get", "api-text-versions", {P, H, L, A}, kwargs=TEXT, query=("department",)),
    Row("post", "api-text-restore", {L, A}, kwargs=TEXT, body=("department", "text_version")),
    Row("get", "api-instructions", {P, H, L, A}, query=("department",)),
    Row("post", "api-instructions", {L, A}, body=("department", *INSTRUCTION)),
    Row("put", "api-instruction", {L, A}, kwargs=("instruction",), body=INSTRUCTION),
    Row("delete", "api-instruction", {L, A}, kwargs=("instruction",)),
    Row("post", "api-instruction-move", {L, A}, kwargs=("instruction",), body=("up",)),
    Row("post", "api-instruction-check", {L, A}, kwargs=("instruction",)),
    Row("get", "api-me", PATIENT),
    Row("put", "api-me-preference", PATIENT, body=("preference",)),
    Row("get", "api-me-form-request", PATIENT),
    Row("delete", "api-me-form-request", PATIENT),
    Row("get", "api-me-waiting-list", PATIENT),
    Row("put", "api-me-waiting-list", PATIENT),
    Row("delete", "api-me-waiting-list", PATIENT),
    Row("post", "api-me-place-offer", PATIENT, body=("offer", "said_no")),
    Row("get", "api-me-messages", PATIENT),
    Row("get", "api-me-calendar", PATIENT),
    Row("post", "api-me-new-link", PATIENT),
    Row("get", "api-me-waiting-room", PATIENT),
    Row("post", "api-me-waiting-room", PATIENT),
    Row("delete", "api-me-waiting-room", PATIENT),
    Row("post", "api-me-beat", PATIENT),
    Row("post", "api-me-call-request", PATIENT),
    Row("post", "api-me-by-phone", PATIENT),
    Row("post", "api-me-device-tests", PATIENT, body=("device_test",)),
    Row("post", "api-mail-receipts", GATEWAY),
    Row("get", "api-sms-receipts", GATEWAY, kwargs=("provider",), query=("reference", "status")),
    Row("post", "api-sms-receipts", GATEWAY, kwargs=("provider",), body=("reference", "status")),
]
# What the object is called where its kind goes without saying.
NAMES_IN_ADDRESSES = {
    **dict.fromkeys(("patient", "appointment", "task", "message", "absence"), "public_id"),
    "version_number": "number",
    "text_kind": "kind",
    **dict.fromkeys(("order", "pathway", "pathway_run"), "pk"),
    **dict.fromkeys(("misfit", "publication_run", "workplace", "instruction", "form_request", "interpreter"), "pk"),
}
# What a body says where that is not a value of the hospital's under its own name.
BODIES = {
    "device_test": dict.fromkeys(("browser", "camera", "microphone", "speaker", "connection"), "good"),
    "called": {"outcome": "no_answer"},
    "consent": {"email": "refused"},
    "contact": {"email": "y@post.example", "mobile": "", "phone": "020-6240808", "language": "nl"},
    "invitation": {"modality": "video", "before": "2026-12-31"},
    "agreed": {"changes": {"call_tries": 2}},
    "agreed_revision": {"revision": 0},
    "text_version": {"version": 0},
    "instruction_kind": {"kind": "film"},
    "closed": {"outcome": "not_needed"},
    "said_no": {"accept": False},
    "day_closed": {"kind": "closed"},
    "horizon": {"kind": "horizon"},
    "absent": {"kind": "ill", "starts": "2027-01-04T00:00:00+01:00", "ends": "2027-01-06T00:00:00+01:00"},
    "absence_revision": {"revision": 1},
    "declined": {"reason": "no_place"},
    "chosen_places": {"choices": []},
    "ordered_after": {"after": 3},
    "order_window": {"earliest": "2026-12-01", "latest": "2026-12-31", "revision": 1},
    "order_revision": {"revision": 1},
}
# And what it says of rows that each world makes anew.
OF_WORLD = ("these_orders", "pathway_steps", "started")
FOR_STAFF = [row for row in ROWS if row.may not in (PATIENT, GATEWAY)]
OF_OBJECTS = [row for row in FOR_STAFF if row.may != OWN_DAY]


@dataclass
class Hospital:
    """A lung clinic in which a consult is about to begin, and a neurology next door."""

    own: object
    other: object
    values: dict
    users: dict = field(default_factory=dict)

    def user(self, role, department):
        key = (role, department.pk)
        if key not in self.users:
            self.users[key] = make.member(role, department, name=f"{role} {department.slug}")
        return self.users[key]

    def arguments(self, row):
        kwargs = {}
        for name in row.kwargs:
            kwargs[NAMES_IN_ADDRESSES.get(name, name)] = self.values[name]
        query = {name: self.values[name] for name in row.query}
        body = {}
        for name in row.body:
            of_world = self.values.get(name)
            body |= BODIES.get(name) or (of_world if name in OF_WORLD else {name: of_world})
        return {"query": query} if row.method == "get" else {"body": body}, kwargs


NOW = make.amsterdam("2026-11-30", "13.55")


@pytest.fixture(scope="module")
def lasting_hospital(rolled_back):
    """Made once: what a test does to it goes with the transaction of that test."""
    with time_machine.travel(NOW, tick=False):
        hospital = open_hospital(NOW)
        for role in Role:
            for department in (hospital.own, hospital.other):
                hospital.user(role, department)
    return hospital


@pytest.fixture
def hospital(lasting_hospital, time_machine):
    time_machine.move_to(NOW, tick=False)
    return replace(lasting_hospital, values=dict(lasting_hospital.values), users=dict(lasting_hospital.users))


def open_hospital(now):
    own, other = make.department("longziekten"), make.department("neurologie")
    doctor = make.member("clinician", own)
    held = make.appointment(
        start=make.amsterdam("2026-11-30", "14.00"), department=own, clinician=doctor.clinician, now=now
    )
    later = make.appointment(
        start=make.amsterdam("2026-11-30", "15.00"),
        department=own,
        clinician=doctor.clinician,
        type=held.type,
        now=now,
        batch=uuid.uuid4(),
    )
    by_phone = make.AppointmentTypeFactory(
        department=own, modality="phone", duration_minutes=held.duration_minutes, contact_kind=held.type.contact_kind
    )
    for block in held.session.blocks.all():
        block.types.add(by_phone)
    patient_side = held.participants.exclude(role="clinician").get()
    arrive(participant=patient_side, now=now, by="system")
    task = CallTask.objects.create(
        department=own,
        patient=held.patient,
        appointment=held,
        reason=CallTask.Reason.ASKED,
        occasion_key="asked by the patient",
        schedule_version=1,
        created_at=now,
        call_before=now + timedelta(hours=1),
    )
    raster = make.starter_raster("PP-21", department=own, clinician=doctor.clinician, valid_from="2026-12-01")
    make.publish(raster, now=now, until="2026-12-04")
    misfit = Misfit.objects.create(appointment=held, department=own, found_at=now, found_by="system")
    away = make.absence(doctor.clinician, make.amsterdam("2027-01-04", "0.00"), make.amsterdam("2027-01-05", "0.00"))
    offer = make.place_offer(make.waiting_for_earlier(held), make.freed_place(later))
    stopped = PublicationRun.objects.create(
        department=own, kind="drafts", state="stopped", asked_by="user:1", asked_at=now, ended_at=now
    )
    raster.refresh_from_db()
    question = question_about(raster, now=now)
    run = start_simulation(raster=raster, question=question, days=100, seed=1, by="user:1", now=now)
    order = make.FollowUpOrderFactory(department=own, patient=held.patient, type=held.type)
    followed, free = (make.pathway([(held.type, 0, 14)], name=name) for name in ("Astma", "COPD"))
    course = make.pathway_run(followed, now.date(), patient=held.patient)
    steps = {"name": "Na opname", "steps": [{"type": held.type_id, "after_days": 14, "margin_days": 3}]}
    letter = held.messages.filter(channel="email").first()
    held.messages.filter(pk=letter.pk).update(state="sent", sent_at=now)
    values = {
        "department": own.pk,
        "date": "2026-11-30",
        "pk": raster.pk,
        "run": run.pk,
        "days": 100,
        "type": held.type_id,
        "from": "2026-11-30",
        "until": "2026-12-04",
        "patient": str(held.patient.public_id),
        "appointment": str(held.public_id),
        "task": str(task.public_id),
        "message": str(letter.public_id),
        "clinician": held.clinician_id,
        "start": "2026-11-30T14:30:00+01:00",
        "version": 1,
        "interpreter": make.InterpreterFactory(department=own).pk,
        "languages": ["tr"],
        "needs": [],
        "count": 2,
        "every_weeks": 1,
        "places": [
            {"start": f"2026-11-30T{clock}:00+01:00", "clinician": held.clinician_id} for clock in ("14:20", "14:40")
        ],
        "other": str(later.public_id),
        "other_version": 1,
        "batch": str(later.changes.get().batch),
        "offer": str(offer.ref),
        "minutes": 15,
        "number": "9900001",
        "family_name": "Ten Brinke",
        "birth_date": "1949-02-11",
        "preference": "video",
        "q": "ten",
        "name": "Videospreekuur",
        "valid_from": "2026-12-07",
        "starter": "fixed_hour",
        "base": raster.revision,
        "revision": raster.revision,
        "changes": [{"set": {"name": "Middagspreekuur"}}],
        "version_number": 1,
        "day": "2026-12-01",
        "half_day": "afternoon",
        "reason": "Komt toch",
        "misfit": misfit.pk,
        "absence": str(away.public_id),
        "asked": "visit",
        "form_request": make.modality_request(held).pk,
        "publication_run": stopped.pk,
        "order": order.pk,
        "these_orders": {"orders": [order.pk]},
        "pathway": followed.pk,
        "pathway_run": course.pk,
        "pathway_steps": steps,
        "started": {"pathway": free.pk, "begins": "2026-12-01", "revision": 1},
        "workplace": make.WorkplaceFactory(department=own, kind="home").pk,
        "text_kind": "confirmation",
        "channel": "sms",
        "language": "nl",
        "form": "video",
        "body": default_text(TextKey("confirmation", "sms", "nl", "video")).body + "Tot dan.",
        "title": "Zo werkt beeldbellen",
        "url": "https://dewaard.example/nieuw",
        "up": True,
        "instruction": Instruction.objects.create(
            department=own, title="Folder", url="https://dewaard.example/", changed_at=now, changed_by="user:1"
        ).pk,
        "provider": "bird",
        "reference": "of nobody",
        "status": "delivered",
        "document": {"format": "videopoli-raster/1", "name": "Leeg", "valid_from": "2026-12-07", "blocks": []},
    }
    return Hospital(own, other, values, {(C, own.pk): doctor})


def call(program, hospital, row):
    given, kwargs = hospital.arguments(row)
    if row.name == "api-patient-known":
        known = make.PatientFactory(department=hospital.other)
        given["body"] |= {"number": known.number, "birth_date": known.birth_date.isoformat()}
    return program.send(row.method, row.name, **given, **kwargs)


def test_every_address_has_a_row():
    served = set()
    for pattern in get_resolver("api.urls").url_patterns:
        for one in getattr(pattern, "url_patterns", [pattern]):
            view = getattr(one.callback, "view_class", None)
            if one.name in ("api-nowhere", "api-schema"):
                continue
            assert issubclass(view, Endpoint), one.name
            served |= {(name, one.name) for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
    assert served == {(row.method, row.name) for row in ROWS}


def by_role(row, hospital, department, staff):
    """What each role of this department is answered, each in a world that the others did not change."""
    found = {}
    for role in Role:
        user = hospital.user(role, department)
        with transaction.atomic():
            response = call(staff(user), hospital, row)
            logged = on_record(user, hospital) if row.of_patient else None
            transaction.set_rollback(True)
        kind = kind_of(response) if response.status_code >= 400 else "ok"
        found[role.value] = (kind, logged)
    return found


def on_record(user, hospital):
    """How the access log tells what this user did with this patient's record."""
    rows = AccessLog.objects.filter(actor=user.actor, patient__public_id=hospital.values["patient"])
    return set(rows.values_list("result", flat=True))


@pytest.mark.parametrize("row", OF_OBJECTS, ids=str)
def test_each_role_in_the_own_department(row, hospital, staff):
    expected = {
        role.value: ("ok" if role in row.may else "forbidden", _recorded(row, role in row.may)) for role in Role
    }
    assert by_role(row, hospital, hospital.own, staff) == expected


@pytest.mark.parametrize("row", OF_OBJECTS, ids=str)
def test_each_role_of_another_department(row, hospital, staff):
    """What is not theirs does not exist for them; and the try is on record."""
    expected = {role.value: ("not-found", _recorded(row, allowed=False)) for role in Role}
    assert by_role(row, hospital, hospital.other, staff) == expected


def _recorded(row, allowed):
    return ({"allowed"} if allowed else {"refused"}) if row.of_patient else None


@pytest.mark.parametrize("row", [row for row in OF_OBJECTS if row.kwargs], ids=str)
def test_object_that_never_was_answers_like_one_of_others(row, hospital, staff):
    stranger = staff(hospital.user(P, hospital.other))
    of_others = call(stranger, hospital, row)
    hospital.values |= dict.fromkeys(
        ("pk", "misfit", "publication_run", "workplace", "instruction", "form_request", "interpreter"), 999999
    )
    hospital.values |= dict.fromkeys(("order", "pathway", "pathway_run"), 999999)
    named = ("patient", "appointment", "task", "message", "absence", "batch")
    hospital.values |= {name: str(uuid.uuid4()) for name in named}
    never_was = call(stranger, hospital, row)
    assert (never_was.status_code, never_was.content) == (of_others.status_code, of_others.content)


@pytest.mark.parametrize("row", [row for row in FOR_STAFF if row.name.startswith("api-consult")], ids=str)
def test_consult_of_a_colleague_does_not_exist(row, hospital, staff):
    """Two clinicians of one department: neither enters the other's day."""
    colleague = make.member("clinician", hospital.own, name="S. Ramdin")
    response = call(staff(colleague), hospital, row)
    # Phoning for the department is no clinician's permission: there the role is refused, not the consult hidden.
    assert response.status_code == (403 if row.name == "api-consult-phoned" else 404)


@pytest.mark.parametrize("row", FOR_STAFF, ids=str)
def test_nobody_signed_in(row, hospital, anyone):
    response = call(anyone, hospital, row)
    assert response.status_code == 401
    assert kind_of(response) == "not-authenticated"
    assert "Session" in response["WWW-Authenticate"]


@pytest.mark.parametrize("row", FOR_STAFF, ids=str)
def test_patient_with_a_link_is_no_staff(row, hospital, holder):
    held = make.appointment(department=hospital.own)
    assert call(holder(held), hospital, row).status_code == 401


@pytest.mark.parametrize("row", [row for row in ROWS if row.may == PATIENT], ids=str)
def test_staff_session_is_no_link(row, hospital, staff):
    response = call(staff(hospital.user(P, hospital.own)), hospital, row)
    assert response.status_code == 401
    assert "Link" in response["WWW-Authenticate"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.may == GATEWAY], ids=str)
def test_gateway_needs_its_secret(row, hospital, staff, anyone, holder, settings):
    settings.SMS_RECEIPT_SECRET = settings.MAIL_RECEIPT_SECRET = "told to the gateway"
    everyone = [anyone, holder(make.appointment(department=hospital.own)), staff(hospital.user(A, hospital.own))]
    assert [call(program, hospital, row).status_code for program in everyone] == [401, 401, 401]
    assert kind_of(call(anyone, hospital, row)) == "authentication-failed"
    anyone.headers["Authorization"] = "Bearer told to the gateway"
    understood = {"api-mail-receipts": 415}.get(row.name, 200 if row.method == "get" else 400)
    assert call(anyone, hospital, row).status_code == understood


@pytest.mark.parametrize("role", list(Role))
def test_own_day_belongs_to_clinicians(role, hospital, staff):
    response = staff(hospital.user(role, hospital.own)).get("api-my-day")
    assert response.status_code == (200 if role == C else 403)


@pytest.mark.parametrize("role", list(Role))
def test_how_the_sending_goes_is_for_administrators(role, hospital, staff):
    response = staff(hospital.user(role, hospital.own)).get("api-operations-messages")
    assert response.status_code == (200 if role == A else 403)
    assert hospital.values["patient"] not in response.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_departments_are_those_of_the_user(role, hospital, staff):
    found = staff(hospital.user(role, hospital.own)).get("api-departments").json()["departments"]
    assert [(one["slug"], one["roles"]) for one in found] == [("longziekten", [role.value])]


def test_lead_sees_the_day_without_patients(hospital, staff):
    program = staff(hospital.user(L, hospital.own))
    day = {"department": hospital.own.pk, "date": "2026-11-30"}
    sessions, room = program.get("api-sessions", day).json(), program.get("api-waiting-room", day).json()
    assert [one["booked"] for one in sessions["sessions"]] == [2]
    assert "appointments" not in sessions["sessions"][0]
    assert not {"patient", "companions"} & set(room["rows"][0])
    assert not AccessLog.objects.filter(actor=program_actor(hospital, L)).exists()


def program_actor(hospital, role):
    return hospital.users[role, hospital.own.pk].actor


def test_guard_taken_away_lets_a_stranger_in(hospital, staff, monkeypatch):
    """So that the rows above are known to depend on it."""
    row = next(one for one in ROWS if str(one) == "get api-appointment")
    stranger = hospital.user(P, hospital.other)
    assert call(staff(stranger), hospital, row).status_code == 404
    monkeypatch.setattr(
        api.permissions, "desk_in", lambda user, *where: Desk(user, hospital.own, "planner", frozenset({"planner"}))
    )
    assert call(staff(stranger), hospital, row).status_code == 200

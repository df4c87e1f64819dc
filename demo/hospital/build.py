"""Builds the demo hospital: departments, staff and patients as rows, everything planned through the real actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from demo.hospital.asking import ask_other_forms
from demo.hospital.bookings import fill_near
from demo.hospital.departments import DEPARTMENTS, HOSPITAL_POLICY, INTERPRETERS, WORKPLACES, DepartmentRow
from demo.hospital.earlier import wait_for_earlier
from demo.hospital.history import settle_past
from demo.hospital.illness import report_ill
from demo.hospital.letters import remember_sent
from demo.hospital.orders import order_follow_ups
from demo.hospital.patients import SEED, VERY_OLD, PatientRow, invent_patients
from demo.hospital.phoning import phone_ahead
from demo.hospital.rasters import RASTERS, plan_for
from demo.hospital.sessions import SOURCE
from demo.hospital.staff import CLINICIANS, STAFF
from demo.hospital.weighing import weigh_forms
from demo.progress import Tell, counted, silently
from people.actions.patients import searchable
from people.models import (
    Clinician,
    Department,
    Membership,
    Patient,
    Representative,
    TreatmentRelation,
    User,
)
from scheduling.actions.preferences import state_preference
from scheduling.actions.publishing import Reason, Refused, needs_reason, publish_raster
from scheduling.actions.rasters import draft_raster
from scheduling.contents import draft_content
from scheduling.localtime import local_day
from scheduling.models import AppointmentType, DepartmentPolicy, Interpreter, Raster, Workplace
from scheduling.queries.surroundings import findings_of
from scheduling.vocabulary import UNDECIDED

# What ended longer ago is history; the rest belongs to the clinic in progress.
UNTIL_JUST_NOW = timedelta(minutes=90)
HISTORY = timedelta(days=7)
WEEKS_AHEAD = 8
OPEN_SINCE = timedelta(days=400)


@dataclass(frozen=True)
class House:
    """The rows that everything else hangs on."""

    departments: Mapping[str, Department]
    workplaces: Mapping[str, Workplace]
    clinicians: Mapping[str, Clinician]


def build_hospital(*, now: datetime, password: str, weeks: int = WEEKS_AHEAD, tell: Tell = silently) -> date:
    """The last day whose agendas are filled; the players fill those after it."""
    today = local_day(now)
    tell({"step": "Departments and staff", "done": 0, "total": 1})
    house = make_house(today, password)
    tell({"step": "Departments and staff", "done": 1, "total": 1})
    rows = invent_patients(today)
    make_patients(house, rows, today)
    state_preferences(now, tell)
    publish_rasters(house, now, weeks, tell)
    filled = fill_near(now=now, tell=tell)
    tell({"step": "Messages of before", "done": 0, "total": 1})
    remember_sent(now=now)
    tell({"step": "Messages of before", "done": 1, "total": 1})
    settle_past(before=now - UNTIL_JUST_NOW, tell=tell)
    ask_other_forms(now=now)
    phone_ahead(now=now)
    order_follow_ups(now=now)
    wait_for_earlier(now=now)
    weigh_forms(now=now)
    report_ill(now=now)
    return filled


@transaction.atomic
def make_house(today: date, password: str) -> House:
    departments = {row.slug: _department(row, today) for row in DEPARTMENTS}
    workplaces = {
        row.key: Workplace.objects.create(
            department=departments[row.department],
            name=row.name,
            kind=row.kind,
            video_ready=row.video_ready,
            walking_minutes=row.walking_minutes,
        )
        for row in WORKPLACES
    }
    Interpreter.objects.bulk_create(
        Interpreter(department=department, name=name, languages=languages)
        for department in departments.values()
        for name, languages in INTERPRETERS
    )
    # One slow hash for all: they share the password.
    hashed = make_password(password)
    users = {row.key: User.objects.create(email=row.email, name=row.name, password=hashed) for row in STAFF}
    Membership.objects.bulk_create(
        Membership(user=users[row.key], department=departments[slug], role=row.role)
        for row in STAFF
        for slug in row.departments
    )
    clinicians = {}
    for row in CLINICIANS:
        made = Clinician.objects.create(user=users[row.key], name=row.name, profession=row.profession, source=SOURCE)
        made.departments.set(departments[slug] for slug in row.departments)
        clinicians[row.key] = made
    return House(departments, workplaces, clinicians)


def _department(row: DepartmentRow, today: date) -> Department:
    department = Department.objects.create(
        slug=row.slug,
        name=row.name,
        phone=f"020-1234{row.extension}",
        helpdesk_phone=f"020-1234{row.extension + 1}",
    )
    DepartmentPolicy.objects.create(
        department=department, valid_from=today - OPEN_SINCE, document={**HOSPITAL_POLICY, **row.policy}
    )
    AppointmentType.objects.bulk_create(
        AppointmentType(
            department=department,
            code=kind.code,
            name=kind.name,
            contact_kind=kind.kind.value,
            modality=kind.form.value,
            duration_minutes=kind.minutes,
        )
        for kind in row.types
    )
    return department


@transaction.atomic
def make_patients(house: House, rows: list[PatientRow], today: date) -> None:
    dice = Random(SEED)
    patients = [_patient(row) for row in rows]
    Patient.objects.bulk_create(patients)
    TreatmentRelation.objects.bulk_create(
        TreatmentRelation(
            patient=patient,
            department=house.departments[slug],
            since=today - timedelta(days=dice.randint(20, 390)),
        )
        for patient, row in zip(patients, rows, strict=True)
        for slug in row.departments
    )
    Representative.objects.bulk_create(
        Representative(
            patient=patient,
            name=parent.name,
            relation=parent.relation,
            email=parent.email,
            mobile=parent.mobile,
            valid_from=patient.birth_date,
        )
        for patient, row in zip(patients, rows, strict=True)
        for parent in row.parents
    )


def _patient(row: PatientRow) -> Patient:
    patient = Patient(
        number=row.number,
        salutation=row.salutation,
        initials=row.initials,
        particle=row.particle,
        family_name=row.family_name,
        birth_date=row.birth_date,
        email=row.email,
        mobile=row.mobile,
        phone=row.phone,
        language=row.language,
        source=SOURCE,
    )
    patient.search_name = searchable(patient)
    return patient


@transaction.atomic
def state_preferences(now: datetime, tell: Tell) -> None:
    """Three in four have said what they want; some of them said that they do not know."""
    dice = Random(SEED)
    wishes = ("video", "phone", "visit", "written", UNDECIDED)
    clerk = User.objects.filter(memberships__role="planner").order_by("pk")[0]
    asked = [
        patient
        for patient in Patient.objects.order_by("pk")
        if dice.random() < 0.75 or patient.age_on(now.date()) >= VERY_OLD
    ]
    for patient in counted(asked, tell, "Preferences", len(asked)):
        wish = dice.choices(wishes, weights=(46, 18, 24, 4, 8))[0]
        if patient.age_on(now.date()) >= VERY_OLD:
            wish = "video"
        stated = now - timedelta(days=dice.randint(2, 200), minutes=dice.randint(0, 400))
        state_preference(patient=patient, preference=wish, by=clerk.actor, now=stated)


def publish_rasters(house: House, now: datetime, weeks: int, tell: Tell) -> None:
    valid_from, until = local_day(now - OPEN_SINCE), local_day(now) + timedelta(weeks=weeks)
    for row in counted(RASTERS, tell, "Rasters", len(RASTERS)):
        with transaction.atomic():
            raster = draft_raster(
                department=house.departments[row.department],
                clinician=house.clinicians[row.clinician],
                name=row.name,
                plan=plan_for(row, valid_from),
                workplace=house.workplaces[row.workplace],
            )
            clerk = User.objects.filter(memberships__role="planner", memberships__department=raster.department)[0]
            _publish(raster, clerk, now=now - HISTORY, until=until)


def _publish(raster: Raster, clerk: User, *, now: datetime, until: date) -> None:
    """With a reason for each warning, as a clerk writes it. A raster that breaks a rule is a mistake in the demo."""
    warnings = needs_reason(findings_of(raster, draft_content(raster), today=local_day(now)))
    reasons = [Reason(each.id.value, each.weekday, "Zo afgesproken met de vakgroep") for each in warnings]
    published = publish_raster(raster=raster, by=clerk.actor, now=now, until=until, reasons=reasons)
    if isinstance(published, Refused):
        raise ValueError(f"{raster.name}: {published.findings}")


@transaction.atomic
def share_password(password: str) -> None:
    """The accounts follow the folder's password, also on a database that another folder filled."""
    accounts = User.objects.filter(email__in=[row.email for row in STAFF])
    kept = accounts.values_list("password", flat=True).first()
    if kept is not None and not check_password(password, kept):
        accounts.update(password=make_password(password))

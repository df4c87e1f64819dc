"""Every address of the product, for every role, in the own department and in another one.

An address that stands in none of the tables here fails a test. To add one:
- a page of staff: a Page in PAGES, with who may open it in the own department;
- a page behind a personal link, an API address or one that anyone may open: its name in the table of its kind, where
  its own tests are named.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from events.models import Event
from notifications.actions.calls import open_call_task
from notifications.models import CallTask, Instruction
from pages import permissions
from people.models import AccessLog
from people.permissions import Permission
from scheduling.actions.simulations import start_simulation
from scheduling.models import (
    Absence,
    Appointment,
    ContactPreference,
    FollowUpOrder,
    Misfit,
    ModalityRequest,
    PathwayRun,
    PublicationRun,
    Raster,
    SimulationRun,
)
from scheduling.queries.simulation import question_about
from tests import factories as make

PLANNER, CLINICIAN, HELPDESK, LEAD, ADMINISTRATOR = "planner", "clinician", "helpdesk", "lead", "administrator"
ROLES = (PLANNER, CLINICIAN, HELPDESK, LEAD, ADMINISTRATOR)
EVERYONE = frozenset(ROLES)
# What another department's planner gets to see of an appointment, a patient, a raster or a task: nothing.
HIDDEN = 404


@dataclass(frozen=True)
class Page:
    """`who` gets `opened`; in the own department others get `refused`, and those of another department `elsewhere`.

    `about`: what in the address belongs to a department: "appointment", "patient", "raster", "version" (of a raster),
    "run" (of many rasters), "simulation" (of a raster), "misfit", "absence", "workplace", "task", "instruction",
    "message", "batch", "interpreter", "order", "pathway", "course" (of a patient through one); empty for a page that
    shows the user's own department, whichever that is. `args`: what else stands in the address.
    """

    name: str
    who: frozenset[str]
    about: str = ""
    post: dict[str, str] | None = None
    query: dict[str, str] = field(default_factory=dict)
    opened: int = 200
    args: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return HIDDEN if self.about else 403


def page(name: str, who: str, about: str = "", **more: Any) -> Page:
    return Page(name, frozenset(who.split()), about, **more)


TEXT = ("confirmation", "mail", "nl", "video")
# A POST that says nothing proves who may: it is answered with what is missing (or done, where nothing is needed).
PAGES = [
    page("home", "planner clinician helpdesk lead administrator", opened=302),
    page("switch-department", "", post={"department": "0"}),
    page("search", "planner clinician helpdesk lead administrator"),
    page("search", "planner clinician helpdesk lead administrator", post={"zoek": "Veen"}),
    page("my-day", "clinician"),
    page("my-day-now", "clinician"),
    page("consult-admit", "clinician", "appointment", post={}, opened=422),
    page("consult-hang-up", "clinician", "appointment", post={}, opened=302),
    page("consult-by-phone", "clinician", "appointment", post={}, opened=302),
    page("consult-phoned", "clinician", "appointment", post={}, opened=422),
    page("consult-code", "clinician", "appointment"),
    page("consult-close", "clinician", "appointment", post={}, opened=422),
    page("today", "planner clinician helpdesk lead administrator"),
    page("today-board", "planner clinician helpdesk lead administrator"),
    page("today-print", "planner clinician helpdesk"),
    page("agenda", "planner clinician helpdesk lead administrator"),
    page("agenda-now", "planner clinician helpdesk lead administrator"),
    page("calls", "planner helpdesk"),
    page("call-list", "planner helpdesk"),
    page("call-list-now", "planner helpdesk"),
    page("call-outcome", "planner helpdesk", "task", post={}, opened=422),
    page("call-hold", "planner helpdesk", "task", post={}, opened=302),
    page("call-settle", "planner helpdesk", "task", post={}, opened=422),
    page("book-find", "planner"),
    page("book-found", "planner", post={"zoek": "Veen"}),
    page("patient-new", "planner"),
    page("patient-known", "planner"),
    page("book", "planner", "patient"),
    page("book", "planner", "patient", post={}, opened=422),
    page("book-beside", "planner", "patient", post={}, opened=422),
    page("book-series", "planner", "patient"),
    page("book-series", "planner", "patient", post={}, opened=422),
    page("appointment", "planner clinician helpdesk", "appointment"),
    page("appointment-done", "planner", "appointment"),
    page("appointment-move", "planner", "appointment"),
    page("appointment-move", "planner", "appointment", post={}, opened=422),
    page("appointment-move-preview", "planner", "appointment", query={"slot": "29700000.1"}),
    page("appointment-cancel", "planner", "appointment"),
    page("appointment-cancel", "planner", "appointment", post={}, opened=422),
    page("appointment-form", "planner", "appointment"),
    page("appointment-form", "planner", "appointment", post={}, opened=422),
    page("appointment-form-weighed", "planner", "appointment", post={}, opened=422),
    page("appointment-length", "planner", "appointment"),
    page("appointment-length", "planner", "appointment", post={}, opened=422),
    page("appointment-swap", "planner", "appointment"),
    page("appointment-swap", "planner", "appointment", post={}, opened=422),
    page("appointment-needs", "planner", "appointment"),
    page("appointment-needs", "planner", "appointment", post={}, opened=422),
    page("interpreters", "planner lead"),
    page("interpreters", "planner lead", post={}, opened=422),
    page("interpreter", "planner lead", "interpreter"),
    page("interpreter", "planner lead", "interpreter", post={}, opened=422),
    page("together", "planner", "batch"),
    page("together-undo", "planner", "batch", post={}, opened=302),
    page("appointment-undo", "planner", "appointment", post={}, opened=302),
    page("appointment-resend", "planner helpdesk", "appointment", post={}),
    page("appointment-preference", "planner clinician", "appointment", post={"preference": "phone"}, opened=302),
    page("patient", "planner clinician helpdesk", "patient"),
    page("patient-contact", "planner", "patient"),
    page("patient-contact", "planner", "patient", post={}, opened=422),
    page("patient-invite", "planner", "patient"),
    page("patient-invite", "planner", "patient", post={"modality": ""}, opened=422),
    page("agreements", "planner helpdesk lead administrator"),
    page("agreements", "lead administrator", post={}, opened=422),
    page("patient-preference", "planner clinician", "patient", post={"preference": "phone"}, opened=302),
    page("rasters", "planner clinician lead administrator"),
    page("raster-new", "planner administrator"),
    page("raster", "planner clinician lead administrator", "raster"),
    page("raster-draft", "planner administrator", "raster"),
    page("raster-draft", "planner administrator", "raster", post={}, opened=400),
    page("raster-draft-state", "planner administrator", "raster"),
    page("raster-losses", "planner administrator", "raster"),
    page("raster-simulation", "planner clinician lead administrator", "raster"),
    page("raster-simulation", "planner clinician lead administrator", "raster", post={"dagen": "200"}, opened=302),
    page("raster-simulation-panel", "planner clinician lead administrator", "raster"),
    page("raster-simulation-run", "planner clinician lead administrator", "simulation"),
    page("raster-simulation-stop", "planner clinician lead administrator", "simulation", post={}, opened=302),
    page("raster-publish", "planner administrator", "raster"),
    page("raster-publish", "planner administrator", "raster", post={}, opened=422),
    page("raster-exchange", "planner clinician lead administrator", "raster"),
    page("raster-export", "planner clinician lead administrator", "raster"),
    page("raster-import", "planner administrator"),
    page("raster-import", "planner administrator", post={}, opened=422),
    page("raster-import-over", "planner administrator", "raster"),
    page("raster-import-over", "planner administrator", "raster", post={}, opened=422),
    page("raster-copy", "planner administrator", "raster"),
    page("raster-copy", "planner administrator", "raster", post={}, opened=422),
    page("raster-day", "planner administrator", "raster"),
    page("raster-continue", "planner administrator", "raster"),
    page("raster-continue", "planner administrator", "raster", post={}, opened=422),
    page("raster-year", "planner clinician lead administrator", "raster"),
    page("raster-versions", "planner clinician lead administrator", "raster"),
    page("raster-compare", "planner clinician lead administrator", "raster"),
    page("raster-restore", "planner administrator", "version"),
    page("raster-restore", "planner administrator", "version", post={}, opened=409),
    page("raster-approve", "lead administrator", "raster", post={}, opened=302),
    page("raster-bulk", "planner administrator"),
    page("raster-bulk", "planner administrator", post={}, opened=422),
    page("raster-run", "planner administrator", "run"),
    page("raster-run-state", "planner administrator", "run"),
    page("raster-run-stop", "planner administrator", "run", post={}, opened=302),
    page("worklist", "planner lead", opened=302),
    page("requests", "planner"),
    page("request-list", "planner"),
    page("request-grant", "planner", "form_request", post={}, opened=422),
    page("request-decline", "planner", "form_request"),
    page("request-decline", "planner", "form_request", post={}, opened=422),
    page("request-withdraw", "planner", "form_request", post={}, opened=302),
    page("misfits", "planner"),
    page("misfit-list", "planner"),
    page("misfit-leave", "planner", "misfit"),
    page("misfit-leave", "planner", "misfit", post={}, opened=422),
    # The waiting list.
    page("waiting-list", "planner"),
    page("waiting-list-now", "planner"),
    page("appointment-earlier", "planner", "appointment"),
    page("appointment-earlier", "planner", "appointment", post={}, opened=422),
    page("appointment-earlier-leave", "planner", "appointment", post={}, opened=302),
    page("appointment-earlier-answer", "planner", "appointment", post={}, opened=302),
    # Illness and leave.
    page("absence", "planner lead", "absence"),
    page("absence-change", "planner lead", "absence"),
    page("absence-change", "planner lead", "absence", post={}, opened=422),
    page("absence-lift", "planner lead", "absence", post={}, opened=409),
    page("absence-replan", "planner", "absence", post={}, opened=422),
    page("absences", "planner lead"),
    page("absences", "planner lead", post={}, opened=422),
    # What was ordered and must be planned, and care pathways.
    page("to-plan", "planner"),
    page("to-plan-accept", "planner", post={}, opened=422),
    page("patient-order", "planner clinician", "patient"),
    page("patient-order", "planner clinician", "patient", post={}, opened=422),
    page("appointment-order", "planner clinician", "appointment"),
    page("appointment-order", "planner clinician", "appointment", post={}, opened=422),
    page("patient-order-change", "planner clinician", "order"),
    page("patient-order-change", "planner clinician", "order", post={}, opened=422),
    page("patient-order-drop", "planner clinician", "order"),
    page("patient-order-drop", "planner clinician", "order", post={}, opened=422),
    page("patient-pathway", "planner clinician", "patient"),
    page("patient-pathway", "planner clinician", "patient", post={}, opened=422),
    page("patient-pathway-stop", "planner clinician", "course"),
    page("patient-pathway-stop", "planner clinician", "course", post={}, opened=422),
    page("pathways", "lead administrator"),
    page("pathway-new", "lead administrator"),
    page("pathway-new", "lead administrator", post={}, opened=422),
    page("pathway", "lead administrator", "pathway"),
    page("pathway", "lead administrator", "pathway", post={}, opened=422),
    page("workplaces", "planner clinician lead administrator"),
    page("workplace-checklist", "planner administrator", "workplace"),
    page("workplace-checklist", "planner administrator", "workplace", post={}, opened=422),
    page("texts", "planner helpdesk lead administrator"),
    page("text", "planner helpdesk lead administrator", args=TEXT),
    page("text-judged", "planner helpdesk lead administrator", post={}, args=TEXT),
    page("text-save", "lead administrator", post={}, args=TEXT, opened=422),
    page("text-versions", "planner helpdesk lead administrator", args=TEXT),
    page("text-restore", "lead administrator", args=TEXT, opened=404),
    page("text-restore", "lead administrator", post={}, args=TEXT, opened=404),
    page("text-default", "lead administrator", args=TEXT),
    page("text-default", "lead administrator", post={}, args=TEXT, opened=409),
    page("instructions", "planner helpdesk lead administrator"),
    page("instructions-list", "planner helpdesk lead administrator"),
    page("instruction-new", "lead administrator", post={}, opened=422),
    page("instruction-change", "lead administrator", "instruction"),
    page("instruction-change", "lead administrator", "instruction", post={}, opened=422),
    page("instruction-remove", "lead administrator", "instruction"),
    page("instruction-remove", "lead administrator", "instruction", post={}, opened=302),
    page("instruction-move", "lead administrator", "instruction", post={}, opened=302),
    page("instruction-check", "lead administrator", "instruction", post={}, opened=302),
    page("helpdesk", "planner helpdesk"),
    page("helpdesk-waiting", "planner helpdesk"),
    page("messages", "planner helpdesk"),
    page("messages", "planner helpdesk", post={"zoek": "Veen"}),
    page("message", "planner helpdesk", "message"),
    page("message-resend", "planner helpdesk", "message", post={}, opened=302),
    page("messages-of-patient", "planner helpdesk", "patient"),
    page("message-consent", "planner helpdesk", "patient", post={}, opened=302),
    page("message-address", "planner helpdesk", "patient", post={}, opened=302),
    page("operations-messages", "administrator"),
]
OPEN_TO_ALL = {"look", "set_language"}
ACCOUNTS = "account"  # of allauth, tested there
BY_LINK = "patient_"  # tests/pages/patient
STREAM = {"live"}  # tests/waitingroom
API = "api"  # tests/api
ADMIN = "beheer"  # Django's own admin, for administrators


@dataclass(frozen=True)
class World:
    appointment: Appointment
    raster: Any
    run: PublicationRun
    misfit: Misfit
    form_request: ModalityRequest
    absence: Absence
    workplace: Any
    task: CallTask
    simulation: SimulationRun
    instruction: Instruction
    course: PathwayRun
    order: FollowUpOrder
    interpreter: Any
    users: dict[str, Any]
    strangers: dict[str, Any]

    def address(self, page: Page) -> str:
        about = {
            "appointment": [self.appointment.public_id],
            "patient": [self.appointment.patient.public_id],
            "raster": [self.raster.pk],
            "simulation": [self.raster.pk, self.simulation.pk],
            "version": [self.raster.pk, 1],
            "run": [self.run.pk],
            "misfit": [self.misfit.pk],
            "form_request": [self.form_request.pk],
            "absence": [self.absence.public_id],
            "workplace": [self.workplace.pk],
            "task": [self.task.public_id],
            "instruction": [self.instruction.pk],
            "message": [self.appointment.messages.first().public_id],
            "interpreter": [self.interpreter.pk],
            "batch": [self.appointment.changes.get().batch],
            "order": [self.order.pk],
            "pathway": [self.course.pathway_id],
            "course": [self.course.patient.public_id, self.course.pk],
            "": [],
        }
        return reverse(page.name, args=[*about[page.about], *page.args], query=page.query)


@pytest.fixture
def world(db: None) -> World:
    here, there = make.department("longziekten"), make.department("neurologie")
    users = {role: make.member(role, here, name=f"{role} van hier") for role in ROLES}
    strangers = {role: make.member(role, there, name=f"{role} van elders") for role in ROLES}
    patient = make.PatientFactory(department=here, initials="Z.", particle="", family_name="Zandbergen")
    held = make.appointment(
        department=here, clinician=users[CLINICIAN].clinician, patient=patient, batch=uuid.uuid4()
    )
    task = open_call_task(
        appointment=held, reason=CallTask.Reason.ASKED, occasion="test", call_before=held.start, now=held.booked_at
    )
    raster = make.starter_raster("PP-21", department=here, clinician=users[CLINICIAN].clinician)
    make.publish(raster, until=make.next_workday())
    run = PublicationRun.objects.create(department=here, kind="drafts", asked_by="user:1", asked_at=held.booked_at)
    misfit = Misfit.objects.create(appointment=held, department=here, found_at=held.booked_at, found_by="user:1")
    ill = make.absence(users[CLINICIAN].clinician, held.start, held.end)
    home = make.WorkplaceFactory(department=here, kind="home")
    explained = Instruction.objects.create(
        department=here, title="Film", url="https://dewaard.example/", changed_at=held.booked_at, changed_by="user:1"
    )
    question = question_about(raster, now=held.booked_at)
    simulation = start_simulation(raster=raster, question=question, days=200, seed=1, by="user:1", now=held.booked_at)
    asked = make.modality_request(held)
    course = make.pathway_run(make.pathway([(held.type, 0, 14)]), held.start.date(), patient=patient)
    order = make.FollowUpOrderFactory(department=here, patient=patient, type=held.type)
    nuray = make.InterpreterFactory(department=here)
    return World(
        held,
        raster,
        run,
        misfit,
        asked,
        ill,
        home,
        task,
        simulation,
        explained,
        course,
        order,
        nuray,
        users,
        strangers,
    )


def signed_in(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def answers(world: World, user: Any, pages: list[Page]) -> dict[str, Any]:
    """What this user gets at each page; what a page writes is taken back before the next one."""
    client, found = signed_in(user), {}
    for page in pages:
        with transaction.atomic():
            address = world.address(page)
            answer = client.get(address) if page.post is None else client.post(address, page.post)
            refused = AccessLog.objects.filter(result=AccessLog.Result.REFUSED).count()
            found[named(page)] = answer, refused
            transaction.set_rollback(True)
    return found


def named(page: Page) -> str:
    return f"{'GET' if page.post is None else 'POST'} {page.name}"


@pytest.mark.parametrize("role", ROLES)
def test_pages_in_the_own_department(world: World, role: str) -> None:
    expected = {named(page): page.opened if role in page.who else page.refused for page in PAGES}
    found = answers(world, world.users[role], PAGES)
    seen = {name: answer.status_code for name, (answer, _refused) in found.items()}
    assert seen == expected
    # Each refusal, and nothing else, leaves a row that says so.
    logged = {name for name, (_answer, refused) in found.items() if refused}
    assert logged == {named(page) for page in PAGES if role not in page.who}


@pytest.mark.parametrize("role", ROLES)
def test_pages_about_another_department_do_not_exist(world: World, role: str) -> None:
    pages = [page for page in PAGES if page.about]
    found = answers(world, world.strangers[role], pages)
    assert {name: answer.status_code for name, (answer, _refused) in found.items()} == {
        named(page): HIDDEN for page in pages
    }
    assert all(refused for _answer, refused in found.values())


def test_refused_post_changes_nothing(world: World) -> None:
    def state() -> list[Any]:
        rows = Appointment.objects.values_list("status", "start", "schedule_version", "session")
        return [
            *rows,
            Event.objects.count(),
            ContactPreference.objects.count(),
            Raster.objects.values_list("phase")[0],
        ]

    before = state()
    client = signed_in(world.strangers[PLANNER])
    for page in PAGES:
        if page.about and page.post is not None:
            client.post(world.address(page), page.post)
    assert state() == before


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_another_department_show_nobody_of_ours(world: World, role: str) -> None:
    pages = [page for page in PAGES if not page.about]
    secrets = [world.appointment.patient.family_name, str(world.appointment.public_id), world.raster.name]
    found = answers(world, world.strangers[role], pages)
    shown = {
        name: [secret for secret in secrets if secret in answer.content.decode()]
        for name, (answer, _refused) in found.items()
    }
    assert shown == {named(page): [] for page in pages}


def test_pages_without_signing_in_lead_to_the_sign_in_page(world: World) -> None:
    found = answers(world, None, PAGES)
    assert {name: answer.get("Location", "").split("?")[0] for name, (answer, _refused) in found.items()} == {
        named(page): reverse("account_login") for page in PAGES
    }


def test_member_without_any_role_gets_nowhere(world: World) -> None:
    pages = [page for page in PAGES if page.name != "home"]
    found = answers(world, make.UserFactory(), pages)
    assert {name: answer.status_code for name, (answer, _refused) in found.items()} == {
        named(page): page.refused for page in pages
    }


def test_guard_taken_away_lets_a_stranger_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the tests above cannot pass for another reason than the permission."""
    desk = permissions.desk_in(
        world.users[PLANNER],
        list(world.users[PLANNER].memberships.all()),
        Permission.SEE_PATIENT,
        world.appointment.department,
    )
    monkeypatch.setattr(permissions, "desk_at", lambda *_args: desk)
    found = answers(world, world.strangers[PLANNER], [page for page in PAGES if page.name == "appointment"])
    assert found["GET appointment"][0].status_code == 200


def test_lead_and_administrator_see_the_day_without_names(world: World) -> None:
    address = reverse("today", query={"datum": world.appointment.start.date().isoformat()})
    name = world.appointment.patient.family_name
    seen = {role: name in signed_in(user).get(address).content.decode() for role, user in world.users.items()}
    assert seen == {PLANNER: True, CLINICIAN: True, HELPDESK: True, LEAD: False, ADMINISTRATOR: False}


def addresses(patterns: list[Any], path: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.name or ""


def is_listed(path: str, name: str) -> bool:
    room: Callable[[str], bool] = lambda start: path.startswith(f"{start}/")  # noqa: E731
    known = {page.name for page in PAGES} | OPEN_TO_ALL | STREAM
    return name in known or name.startswith(BY_LINK) or any(map(room, (ACCOUNTS, API, ADMIN)))


def test_every_address_stands_in_a_table() -> None:
    missing = [
        f"/{path} ({name})" for path, name in addresses(get_resolver().url_patterns) if not is_listed(path, name)
    ]
    assert not missing, "give these a row in tests/pages/test_permissions.py: " + ", ".join(missing)


def test_address_without_a_row_is_noticed() -> None:
    assert not is_listed("geheim/", "secret")


def test_tables_name_only_addresses_that_exist() -> None:
    names = {name for _path, name in addresses(get_resolver().url_patterns)}
    assert {page.name for page in PAGES} <= names

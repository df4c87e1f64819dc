"""What the description promises, against thousands of requests that nobody would send: no 5xx, no foreign data."""

from datetime import timedelta

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from notifications.models import CallTask
from scheduling.actions.simulations import start_simulation
from scheduling.models import Misfit, PublicationRun
from scheduling.queries.simulation import question_about
from tests import factories as make
from waitingroom.actions.presence import arrive

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-30", "13.55")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW, MANY = 6, 250
DOCUMENT = {
    "format": "videopoli-raster/1",
    "name": "Van elders",
    "valid_from": "2027-01-04",
    "blocks": [{"weekday": "monday", "start": "08:00", "end": "12:00", "mode": "flexible", "types": ["cp-video-20"]}],
}
# A patient next door: nothing of theirs may come out, whatever is asked.
CANARY = "Kanariewijk"
SECRET = "told to the gateway"
SENT = frozenset({"accept", "birth-date", "idempotency-key", "if-match", "if-none-match"})


class World:
    def __init__(self):
        here, next_door = make.department("longziekten"), make.department("neurologie")
        self.doctor = make.member("clinician", here)
        self.held = make.appointment(
            start=make.amsterdam("2026-11-30", "14.00"), department=here, clinician=self.doctor.clinician, now=NOW
        )
        arrive(participant=self.held.participants.exclude(role="clinician").get(), now=NOW, by="system")
        self.users = {"clinician": self.doctor} | {
            role: make.member(role, here) for role in ("planner", "helpdesk", "lead", "administrator")
        }
        foreign = make.PatientFactory(department=next_door, particle="", family_name=CANARY, number="8888888")
        other = make.appointment(patient=foreign, department=next_door, now=NOW)
        task = CallTask.objects.create(
            department=self.held.department,
            patient=self.held.patient,
            appointment=self.held,
            reason=CallTask.Reason.ASKED,
            occasion_key="asked",
            schedule_version=1,
            created_at=NOW,
            call_before=NOW + timedelta(hours=1),
        )
        raster = make.starter_raster("PP-21", department=here, clinician=self.doctor.clinician)
        make.publish(raster, now=NOW, until="2026-12-04")
        raster.refresh_from_db()
        misfit = Misfit.objects.create(appointment=self.held, department=here, found_at=NOW, found_by="system")
        stopped = PublicationRun.objects.create(
            department=here, kind="drafts", state="stopped", asked_by="user:1", asked_at=NOW, ended_at=NOW
        )
        home = make.WorkplaceFactory(department=here, kind="home")
        foreign_home = make.WorkplaceFactory(department=next_door, kind="home", name=CANARY)
        question = question_about(raster, now=NOW)
        asked = start_simulation(raster=raster, question=question, days=100, seed=1, by="user:1", now=NOW)
        _link, path = make.personal_link(self.held, now=NOW)
        self.token = path.removeprefix("/v/")
        ours, theirs = str(self.held.public_id), str(other.public_id)
        people = [str(self.held.patient.public_id), str(foreign.public_id)]
        # What a client that means well would send; half of the requests are made of it.
        self.sense = {
            "department": [here.pk, next_door.pk],
            "type": [self.held.type_id, other.type_id],
            "clinician": [self.held.clinician_id, other.clinician_id],
            "patient": people,
            "from": ["2026-11-30"],
            "until": ["2026-12-04"],
            "date": ["2026-11-30"],
            "start": ["2026-11-30T14:30:00+01:00", "2026-11-30T14:00:00+01:00"],
            "version": [1],
            "id": [raster.pk],
            "run": [asked.pk],
            "raster": [raster.pk],
            "revision": [1],
            "document": [DOCUMENT, DOCUMENT | {"blocks": [7]}],
            "sheet": ["naam;geldig_vanaf;dag;van;tot;soort\nx;2027-01-04;ma;9.00;10.00;pauze"],
            "birth_date": ["1951-03-29"],
            "provider": ["bird", "cm", "generic"],
            "reference": ["e8077d80-3532-40b5-937c-639b60216938", "of nobody"],
            "status": ["delivered", "failed", "delivery_failed"],
            "Birth-Date": [self.held.patient.birth_date.isoformat()],
        }
        block = {
            "key": -1,
            "weekday": 1,
            "start": "9:00",
            "end": "9:30",
            "mode": "flexible",
            "types": [self.held.type_id],
        }
        own = {name: value for name, value in block.items() if name not in ("key", "weekday")}
        self.sense |= {
            "number": [1],
            "day": ["2026-12-01", "2026-11-29"],
            "half_day": ["morning", "afternoon"],
            "base": [raster.revision],
            "changes": [[{"put": block}], [{"remove": raster.blocks.first().key}], [{"set": {"weeks": "odd"}}]],
            "blocks": [[own], [own | {"start": "13:00", "end": "13:30"}]],
            "copy_of": [raster.pk],
            "rasters": [[raster.pk]],
            "to": ["draft", "1"],
            "shift_minutes": [15, -15],
        }
        self.numbers = {
            "rasters": [raster.pk],
            "misfits": [misfit.pk],
            "form-requests": [make.modality_request(held).pk for held in (self.held, other)],
            "publication-runs": [stopped.pk],
            "workplaces": [home.pk, foreign_home.pk],
        }
        pathway = make.pathway([(self.held.type, 0, 14)])
        course = make.pathway_run(pathway, self.held.start.date(), patient=self.held.patient)
        orders = [
            make.FollowUpOrderFactory(department=here, patient=self.held.patient, type=self.held.type).pk,
            make.FollowUpOrderFactory(department=next_door, patient=foreign, type=other.type).pk,
        ]
        self.sense |= {"order": orders, "orders": [orders, orders[:1]], "pathway": [pathway.pk]}
        self.numbers |= {"orders": orders, "pathways": [pathway.pk], "pathway-runs": [course.pk]}
        away = make.absence(
            self.doctor.clinician, make.amsterdam("2027-01-04", "0.00"), make.amsterdam("2027-01-05", "0.00")
        )
        self.sense |= {"starts": ["2027-01-04T00:00:00+01:00"], "ends": ["2027-01-06T00:00:00+01:00"]}
        self.ids = {
            "patients": people,
            "appointments": [ours, theirs],
            "call-tasks": [str(task.public_id)],
            "absences": [str(away.public_id)],
        }

    def program(self, who):
        client = Client(raise_request_exception=False)
        if who == "patient":
            client.defaults["HTTP_AUTHORIZATION"] = f"Link {self.token}"
        elif who == "gateway":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {SECRET}"
        else:
            client.force_login(self.users[who])
        return client

    def make_sense(self, case, draw):
        """Replace what is asked by what exists, here and there."""
        sort = case.operation.path.removeprefix("/api/v1/").split("/")[0]
        known = self.sense | {"public_id": self.ids.get(sort, []), "id": self.numbers.get(sort, [])}
        body = case.body if isinstance(case.body, dict) else {}
        for part in (case.path_parameters, case.query, case.headers, body):
            for name in list(part or {}):
                if known.get(name) and draw(st.booleans()):
                    part[name] = draw(st.sampled_from(known[name]))
        if isinstance(case.body, dict):
            case.body = body


@schemathesis.serializer("message/rfc822")
def _as_it_came(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()


def fuzz(who, examples, time_machine):
    time_machine.move_to(NOW, tick=False)
    world = World()
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(document)
    served = [one.ok() for one in schema.get_all_operations()]
    ours = [one for one in served if _door(one.path) == (who if who in ("patient", "gateway") else "staff")]
    assert len(ours) >= (2 if who == "gateway" else 6)
    client = world.program(who)
    for operation in ours:
        _ask(operation, examples, world, client)


def _door(path):
    if "/receipts/" in path:
        return "gateway"
    return "patient" if "/v1/me" in path and "/my-day" not in path else "staff"


def _sent(client, case):
    """What the generator wants to send, through Django's own client: it leaves the connection to the test."""
    request = requests.Request(**REQUESTS_TRANSPORT.serialize_case(case, base_url="http://testserver")).prepare()
    headers = {name: value for name, value in request.headers.items() if name.lower() in SENT}
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    answer = client.generic(
        request.method,
        request.url.removeprefix("http://testserver").partition("?")[0],
        body,
        content_type=request.headers.get("Content-Type", "application/json"),
        query_params=None,
        QUERY_STRING=request.url.partition("?")[2],
        headers={name: _text(value) for name, value in headers.items()},
    )
    told = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, answer.content, request, elapsed=0.0, verify=False)


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _ask(operation, examples, world, client):
    # Time stands still here, so hypothesis must not look at its own clock.
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=examples == FEW,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def ask(data):
        mode = data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        world.make_sense(case, data.draw)
        with transaction.atomic():
            response = _sent(client, case)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)
        assert CANARY not in response.text

    ask()


ROLES = ["planner", "clinician", "helpdesk", "lead", "administrator", "patient", "gateway"]


@pytest.fixture(autouse=True)
def _secret_of_the_gateway(settings):
    settings.SMS_RECEIPT_SECRET = settings.MAIL_RECEIPT_SECRET = SECRET


@pytest.mark.parametrize("who", ["planner", "clinician", "patient", "gateway"])
def test_no_request_breaks_the_api_or_its_promises(who, time_machine):
    fuzz(who, FEW, time_machine)


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_no_request_of_ten_thousand_breaks_the_api_or_its_promises(who, time_machine):
    fuzz(who, MANY, time_machine)

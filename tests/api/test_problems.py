"""Whatever goes wrong, the answer is a problem that says what to do."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from api.parsers import LARGEST_BODY
from api.views import sessions
from tests import factories as make
from tests.api.conftest import Program, kind_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(staff):
    return staff(make.member("planner", make.department("longziekten")))


@pytest.mark.parametrize(
    "where",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/slots",
        "/api/v1/slots/",
        "/api/v1/rasters/een",
        "/api/v1/appointments/12",
        "/api/v1/patients/%00",
        "/api/v1/" + "x" * 2000,
        "/api/v1/Özdemir",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "options", "patch"])
def test_address_that_is_none(where, method, anyone):
    response = getattr(anyone.client, method)(where)
    assert response.status_code == 404
    assert kind_of(response) == "not-found"


@pytest.mark.parametrize("method", ["patch", "put", "delete", "options", "trace"])
def test_method_that_is_none(method, planner):
    response = getattr(planner.client, method)("/api/v1/slots")
    assert response.status_code == 405
    assert kind_of(response) == "method-not-allowed"
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD"}


def post(program, content, content_type="application/json", **headers):
    return program.client.post("/api/v1/appointments", content, content_type=content_type, headers=headers)


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
def test_body_that_is_not_json(content_type, planner):
    response = post(planner, b"type=1", content_type)
    assert (response.status_code, kind_of(response)) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[1, 2]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 30000,
        b'{"a":' * 9000,
        "{\u201c}".encode(),
    ],
)
def test_body_that_is_broken(content, planner):
    response = post(planner, content)
    assert (response.status_code, kind_of(response)) == (400, "parse-error")


def test_body_that_is_too_large(planner):
    response = post(planner, json.dumps({"start": "x" * LARGEST_BODY}))
    assert (response.status_code, kind_of(response)) == (413, "too-large")


def test_empty_body_names_every_field(planner):
    assert set(post(planner, b"").json()["errors"]) == {"patient", "type", "clinician", "start"}


@pytest.mark.parametrize("text", ["a\u0000b", "\ud800"])
def test_characters_that_no_database_keeps(planner, text):
    department = make.department("longziekten")
    response = planner.client.post(
        "/api/v1/patients/search",
        json.dumps({"department": department.pk, "q": f"van {text}"}),
        content_type="application/json",
    )
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["q"]


def test_answer_in_another_form_than_json_is_not_to_be_had(planner):
    response = planner.client.get("/api/v1/departments", headers={"Accept": "application/xml"})
    assert (response.status_code, kind_of(response)) == (406, "not-acceptable")


def test_write_without_csrf_token_says_which_header():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make.member("planner", make.department("longziekten")))
    response = Program(client).post("api-appointments", {})
    assert (response.status_code, kind_of(response)) == (403, "csrf-failed")
    assert "X-CSRFToken" in response.json()["title"]


def test_write_with_csrf_token_is_let_in():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(make.member("planner", make.department("longziekten")))
    client.get("/account/login/")
    token = "a" * 32
    client.cookies["csrftoken"] = token
    assert Program(client, {"X-CSRFToken": token}).post("api-appointments", {}).status_code == 400


def test_reading_needs_no_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.member("planner", make.department("longziekten")))
    assert client.get("/api/v1/departments").status_code == 200


def test_mistake_of_ours_tells_nothing_of_it(planner, monkeypatch, caplog):
    def fall(*args, **kwargs):
        raise RuntimeError("mw. Özdemir, 14-07-1987")

    monkeypatch.setattr(sessions, "clinics_on", fall)
    where = {"department": make.department("longziekten").pk, "date": "2026-11-30"}
    response = planner.get("api-sessions", where)
    assert (response.status_code, kind_of(response)) == (500, "error")
    assert "zdemir" not in response.content.decode()
    logged = [record.msg for record in caplog.records if record.name == "videopoli.api"]
    assert [one["error"] for one in logged] == ["RuntimeError"]
    assert logged[0]["route"] == "api-sessions"
    assert "zdemir" not in caplog.text


def test_database_that_is_locked_is_busy_not_broken(planner, monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(sessions, "clinics_on", locked)
    where = {"department": make.department("longziekten").pk, "date": "2026-11-30"}
    response = planner.get("api-sessions", where)
    assert (response.status_code, kind_of(response), response["Retry-After"]) == (503, "busy", "1")


def test_schema_takes_reading_only(anyone):
    response = anyone.client.post("/api/schema/")
    assert (response.status_code, kind_of(response)) == (405, "method-not-allowed")


def test_nothing_is_kept_by_anyone_in_between(planner, anyone):
    for response in (planner.get("api-departments"), anyone.get("api-departments"), anyone.get("api-me")):
        assert response["Cache-Control"] == "no-store"

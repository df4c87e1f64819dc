"""The description is complete, valid, and says what is served."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from api.serializers.me import TELLS, Me, visible_fields
from scheduling.levels import NEEDS, Detail
from scheduling.patient_session import Level


@pytest.fixture(scope="module")
def schema():
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return [(path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()]


def test_schema_is_valid_and_made_without_a_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=StringIO())


def test_schema_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")


def test_every_address_is_described(schema):
    (v1,) = [one for one in get_resolver("api.urls").url_patterns if hasattr(one, "url_patterns")]
    served = {
        f"/api/v1/{one.pattern}".replace("<int:pk>", "{id}")
        .replace("<int:run>", "{run}")
        .replace("<int:number>", "{number}")
        .replace("<str:day>", "{day}")
        .replace("<str:half_day>", "{half_day}")
        .replace("<uuid:public_id>", "{public_id}")
        .replace("<uuid:batch>", "{batch}")
        .replace("<str:provider>", "{provider}")
        .replace("<slug:kind>/<slug:channel>/<slug:language>/<slug:form>", "{kind}/{channel}/{language}/{form}")
        for one in v1.url_patterns
    }
    assert set(schema["paths"]) == served


def test_every_refusal_is_a_described_problem(schema):
    for path, method, one in operations(schema):
        refusals = {code: answer for code, answer in one["responses"].items() if int(code) >= 400}
        assert {"400", "401", "403", "404", "405", "406", "500", "503"} <= set(refusals), (path, method)
        for answer in refusals.values():
            assert list(answer["content"]) == ["application/problem+json"], (path, method)


def test_every_operation_says_who_may_call_it(schema):
    for path, _method, one in operations(schema):
        expected = "personalLink" if path == "/api/v1/me" or path.startswith("/api/v1/me/") else "staffSession"
        if "/receipts/" in path:
            expected = "mailServerSecret" if path.endswith("/mail") else "gatewaySecret"
        assert one["security"] == [{expected: []}], path
        assert one["summary"]
    assert set(schema["components"]["securitySchemes"]) == {
        "gatewaySecret",
        "mailServerSecret",
        "personalLink",
        "staffSession",
    }


def test_headers_of_a_booking_are_described(schema):
    book = schema["paths"]["/api/v1/appointments"]["post"]
    assert "Idempotency-Key" in {one["name"] for one in book["parameters"]}
    assert {"ETag", "Location"} <= set(book["responses"]["201"]["headers"])
    assert "Retry-After" in book["responses"]["503"]["headers"]


@pytest.mark.django_db
def test_schema_is_served_as_yaml_and_json(client):
    assert client.get("/api/schema/").content.startswith(b"openapi: 3.1")
    assert client.get("/api/schema/?format=json").json()["openapi"].startswith("3.1")


def test_every_field_of_a_patients_answer_has_its_level():
    """A new field without a line in the table would be shown to whoever holds the link."""
    assert set(Me().fields) - {"level", "id", "takes_place"} == set(TELLS)
    assert visible_fields(Level.LINK) == {"start", "end", "modality", "phone"}
    assert visible_fields(Level.BIRTH_DATE) == set(TELLS)
    assert set(TELLS.values()) | {Detail.MESSAGES, Detail.CALL} == set(NEEDS)

"""The pages for when nothing else works: no context, no database (these tests ask for none)."""

import pytest
from django.template.loader import get_template
from django.urls import path
from django.utils import translation


@pytest.mark.parametrize("code", [400, 403, 404, 500, 503])
def test_error_page_needs_no_context_and_no_database(code):
    with translation.override("nl"):
        page = get_template(f"{code}.html").render()
    assert "<h1>" in page
    assert "Bent u patiënt?" in page
    assert "None" not in page


def test_server_error_is_shown_to_a_visitor(client, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    answer = client.get("/breaks/")
    assert answer.status_code == 500
    assert "Er ging iets mis bij ons" in answer.content.decode()


def _breaks(request):
    raise RuntimeError("the database is away")


urlpatterns = [path("breaks/", _breaks)]

"""Mijn dag over HTTP: what is shown, what each button does, what is refused, and who may not look."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from people.models import AccessLog, Membership
from scheduling.actions.cancelling import cancel_appointment
from tests import factories as make
from tests.waitingroom.visits import Visit, at, make_visit
from waitingroom.actions.presence import admit, arrive
from waitingroom.models import Closing, Presence

NOW = "14.12"
ANSWERS = {"outcome": "held", "next_contact": "phone", "next_steps": "Bel ons bij koorts.", "comparable": "on"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(at(NOW), tick=False):
        yield


@pytest.fixture
def visit(db: None) -> Visit:
    department = make.department()
    user = make.member("clinician", department, name="dr. M. van der Veen")
    patient = make.PatientFactory(
        department=department, salutation="ms", initials="T.", particle="", family_name="Jansen", mobile="0612345678"
    )
    return make_visit(patient=patient, clinician=user.clinician, department=department)


def signed_in(user: Any, **headers: str) -> Client:
    client = Client(headers=headers)
    client.force_login(user)
    return client


@pytest.fixture
def clinician(visit: Visit) -> Client:
    return signed_in(
        visit.appointment.clinician.user, hx_request="true", hx_current_url="http://testserver/mijn-dag/"
    )


@pytest.fixture
def press(clinician: Client) -> Callable[..., HttpResponse]:
    """`press(visit, "binnenlaten")`: what the button sends."""

    def post(visit: Visit, action: str, **values: str) -> HttpResponse:
        return clinician.post(f"/mijn-dag/{visit.appointment.public_id}/{action}/", values)

    return post


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def come(visit: Visit, clock: str = "14.00") -> None:
    arrive(participant=visit.patient, now=at(clock), by="link:x")


def let_in(visit: Visit, clock: str = "14.10") -> None:
    admit(appointment=visit.appointment, by="user:1", now=at(clock))


def logged(action: str) -> list[tuple[int | None, str]]:
    return list(AccessLog.objects.filter(action=action).values_list("patient", "result"))


# --- What is shown --------------------------------------------------------------------------------------------------


def test_day_names_who_waits_in_the_button(clinician: Client, visit: Visit):
    come(visit)
    page = text(clinician.get("/mijn-dag/"))
    assert "Laat mw. Jansen binnen" in page
    assert "afspraak 14.10, CP video, 20 minuten" in page
    assert "Mw. T. Jansen" in page


def test_day_logs_whom_it_showed(clinician: Client, visit: Visit):
    clinician.get("/mijn-dag/")
    assert logged("view.day") == [(visit.appointment.patient_id, "allowed")]


def test_day_without_appointments_says_so(clinician: Client):
    assert "Geen afspraken op deze dag" in text(clinician.get("/mijn-dag/?dag=2026-12-24"))


@pytest.mark.parametrize("query", ["?dag=gisteren", "?afspraak=1", "?dag=9999-99-99&afspraak=x"])
def test_day_with_a_broken_address_is_today(clinician: Client, visit: Visit, query: str):
    assert "Mw. T. Jansen" in text(clinician.get(f"/mijn-dag/{query}"))


def test_fragment_is_not_sent_again_when_nothing_changed(clinician: Client, visit: Visit):
    come(visit)
    first = clinician.get("/mijn-dag/stand/")
    assert first.status_code == 200
    with time_machine.travel(at("14.14"), tick=False):
        again = clinician.get("/mijn-dag/stand/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert len(logged("view.day")) == 1
    # From eleven minutes on it is a long wait: that is news.
    with time_machine.travel(at("14.22"), tick=False):
        assert clinician.get("/mijn-dag/stand/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_fragment_changes_with_every_step(clinician: Client, visit: Visit, press: Any):
    tags = set()
    steps: list[Callable[[], Any]] = [
        lambda: None,
        lambda: come(visit),
        lambda: press(visit, "binnenlaten"),
        lambda: press(visit, "telefoon"),
        lambda: press(visit, "ophangen"),
        lambda: press(visit, "afronden", **ANSWERS),
    ]
    for step in steps:
        step()
        tags.add(clinician.get("/mijn-dag/stand/")["ETag"])
    assert len(tags) == len(steps)


@pytest.mark.parametrize("count", [1, 3])
def test_day_asks_as_many_questions_for_one_as_for_three(
    clinician: Client, visit: Visit, count: int, count_queries: Any
):
    for clock in ("14.30", "14.50")[: count - 1]:
        come(make_visit(clock, clinician=visit.appointment.clinician, type=visit.appointment.type), "14.10")
    come(visit)
    clinician.get("/mijn-dag/stand/")
    with count_queries() as queries:
        clinician.get("/mijn-dag/stand/")
    assert queries.count == 11, str(queries)


# --- The buttons ----------------------------------------------------------------------------------------------------


def test_admit_lets_in_and_refreshes_the_page(visit: Visit, press: Any, clinician: Client):
    come(visit)
    answer = press(visit, "binnenlaten")
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "live:refresh")
    assert visit.place == "admitted"
    assert "data-call=" in clinician.get("/mijn-dag/stand/").content.decode()
    assert logged("admit.patient") == [(visit.appointment.patient_id, "allowed")]


def test_admit_of_who_has_just_gone_says_what_to_do(visit: Visit, press: Any):
    answer = press(visit, "binnenlaten")
    assert answer.status_code == 422
    assert "niet meer in de wachtkamer" in text(answer)
    assert answer["HX-Retarget"] == "#messages"


def test_admit_of_a_cancelled_one_says_so(visit: Visit, press: Any):
    come(visit)
    cancel_appointment(appointment=visit.appointment, by="user:1", now=at("14.05"))
    assert "afgezegd" in text(press(visit, "binnenlaten"))


def test_hang_up_leaves_the_consult_to_close(visit: Visit, press: Any, clinician: Client):
    come(visit)
    let_in(visit)
    press(visit, "ophangen")
    page = text(clinician.get("/mijn-dag/stand/"))
    assert "nog afronden" in page
    assert "Afronden: mw. Jansen" in page
    assert visit.place == "waiting"


def test_by_phone_shows_the_number_and_suggests_the_outcome(visit: Visit, press: Any, clinician: Client):
    come(visit)
    let_in(visit)
    press(visit, "telefoon")
    page = clinician.get("/mijn-dag/stand/").content.decode()
    assert 'href="tel:0612345678"' in page
    assert 'data-suggested="held_by_phone"' in page
    assert "190162" in page


def test_phoned_is_recorded(visit: Visit, press: Any):
    assert press(visit, "gebeld", outcome="no_answer").status_code == 200
    assert visit.facts() == ["patient.phoned"]
    assert press(visit, "gebeld", outcome="maybe").status_code == 422


def test_code_follows_the_answers(clinician: Client, visit: Visit):
    address = f"/mijn-dag/{visit.appointment.public_id}/verrichting/"
    assert clinician.get(address, {"outcome": "held", "comparable": "on"}).content.decode().startswith("190166 ")
    assert clinician.get(address, {"outcome": "held_by_phone", "comparable": "on"}).content.decode()[:6] == "190162"
    assert "bevestig eerst" in clinician.get(address, {"outcome": "held"}).content.decode()
    assert clinician.get(address, {"outcome": "x"}).content == b""


def test_close_says_what_was_registered(visit: Visit, press: Any):
    come(visit)
    let_in(visit)
    answer = press(visit, "afronden", **ANSWERS)
    assert "Afgerond: mw. Jansen. 190166" in text(answer)
    closing = Closing.objects.get()
    assert (closing.outcome, closing.next_contact, closing.next_steps, closing.comparable) == (
        "held",
        "phone",
        "Bel ons bij koorts.",
        True,
    )
    assert Presence.objects.get().place == "left"
    assert logged("close.consult") == [(visit.appointment.patient_id, "allowed")]


def test_close_without_a_next_contact(visit: Visit, press: Any):
    press(visit, "afronden", **{**ANSWERS, "next_contact": "none"})
    assert Closing.objects.get().next_contact == ""


def test_close_with_answers_missing_says_so_beside_the_field(visit: Visit, press: Any):
    answer = press(visit, "afronden", comparable="on")
    assert answer.status_code == 422
    assert 'id="closing-' in answer.content.decode()
    assert not Closing.objects.exists()


def test_close_as_a_no_show_of_who_was_there_keeps_the_answers(visit: Visit, press: Any):
    come(visit)
    answer = press(visit, "afronden", **{**ANSWERS, "outcome": "no_show"})
    assert answer.status_code == 422
    assert "is dus verschenen" in text(answer)
    assert "Bel ons bij koorts." in answer.content.decode()
    assert "niet gehouden" in text(answer)


def test_close_as_a_no_show_asks_to_phone_first(visit: Visit, press: Any):
    sent = {**ANSWERS, "outcome": "no_show"}
    assert "Bel eerst" in text(press(visit, "afronden", **sent))
    press(visit, "gebeld", outcome="no_answer")
    assert press(visit, "afronden", **sent).status_code == 200
    assert Closing.objects.get().outcome == "no_show"


def test_close_in_a_second_tab_says_when_and_how_it_was_closed(visit: Visit, press: Any):
    press(visit, "afronden", **ANSWERS)
    answer = press(visit, "afronden", **{**ANSWERS, "outcome": "not_needed"})
    assert answer.status_code == 422
    assert "al afgerond om 14.12" in text(answer)
    assert Closing.objects.get().outcome == "held"


def test_close_of_a_chosen_patient_goes_back_to_whoever_is_next(visit: Visit):
    client = signed_in(
        visit.appointment.clinician.user,
        hx_request="true",
        hx_current_url=f"http://testserver/mijn-dag/?afspraak={visit.appointment.public_id}",
    )
    answer = client.post(f"/mijn-dag/{visit.appointment.public_id}/afronden/", ANSWERS)
    assert answer["HX-Redirect"] == "/mijn-dag/"
    assert "Afgerond: mw. Jansen" in text(client.get("/mijn-dag/"))


def test_buttons_without_scripts_go_back_to_the_day(visit: Visit):
    client = signed_in(visit.appointment.clinician.user)
    come(visit)
    assert client.post(f"/mijn-dag/{visit.appointment.public_id}/binnenlaten/")["Location"] == "/mijn-dag/"


# --- Who matters now ------------------------------------------------------------------------------------------------


def test_focus_on_who_waits_and_closing_of_who_was_there(clinician: Client, visit: Visit, press: Any):
    second = make_visit("14.30", clinician=visit.appointment.clinician, type=visit.appointment.type)
    come(visit)
    let_in(visit)
    press(visit, "ophangen")
    come(second, "14.11")
    page = text(clinician.get("/mijn-dag/stand/"))
    assert re.search(r"Laat .* binnen", page)
    assert "Afronden: mw. Jansen" in page


def test_focus_on_a_chosen_one(clinician: Client, visit: Visit):
    second = make_visit("14.30", clinician=visit.appointment.clinician, type=visit.appointment.type)
    come(visit)
    page = text(clinician.get(f"/mijn-dag/stand/?afspraak={second.appointment.public_id}"))
    assert "afspraak 14.30" in page
    assert "Laat mw. Jansen binnen" not in page


def test_focus_on_an_absent_one_offers_to_phone_and_to_close(clinician: Client, visit: Visit):
    page = text(clinician.get("/mijn-dag/stand/"))
    assert "Gebeld?" in page
    assert "Afronden: mw. Jansen" in page


def test_focus_on_one_still_to_come_offers_no_closing(clinician: Client, visit: Visit):
    with time_machine.travel(at("13.50"), tick=False):
        assert "Afronden" not in text(clinician.get("/mijn-dag/stand/"))


# --- Who may not ----------------------------------------------------------------------------------------------------

ACTIONS = ["binnenlaten", "ophangen", "telefoon", "gebeld", "afronden"]


@pytest.mark.parametrize("action", [*ACTIONS, "verrichting"])
@pytest.mark.parametrize("who", ["colleague", "planner", "elsewhere", "lead", "unknown"])
def test_others_find_no_such_consult(visit: Visit, action: str, who: str):
    department = visit.appointment.department
    user = {
        "colleague": lambda: make.member("clinician", department, name="S. Ramdin"),
        "planner": lambda: make.member("planner", department),
        "lead": lambda: make.member("lead", department),
        "elsewhere": lambda: make.member("clinician", make.department("neurologie"), name="dr. A. Çelik"),
        "unknown": lambda: visit.appointment.clinician.user,
    }[who]()
    come(visit)
    public_id = uuid.uuid4() if who == "unknown" else visit.appointment.public_id
    client = signed_in(user)
    address = f"/mijn-dag/{public_id}/{action}/"
    answer = client.get(address) if action == "verrichting" else client.post(address, ANSWERS)
    assert answer.status_code == 404
    assert visit.facts() == ["participant.arrived"]
    refused = AccessLog.objects.filter(result="refused")
    expected = None if who == "unknown" else visit.appointment.patient_id
    assert list(refused.values_list("patient", flat=True)) == [expected]
    assert not AccessLog.objects.filter(result="allowed").exclude(action="view.day").exists()


@pytest.mark.parametrize("address", ["/mijn-dag/", "/mijn-dag/stand/"])
@pytest.mark.parametrize("role", ["planner", "helpdesk", "lead", "administrator"])
def test_my_day_is_for_clinicians(visit: Visit, address: str, role: str):
    client = signed_in(make.member(role, visit.appointment.department))
    assert client.get(address).status_code == 403


def test_a_colleague_sees_another_day(visit: Visit):
    colleague = signed_in(make.member("clinician", visit.appointment.department, name="S. Ramdin"))
    assert "Jansen" not in text(colleague.get("/mijn-dag/"))
    assert "Jansen" not in text(colleague.get(f"/mijn-dag/?afspraak={visit.appointment.public_id}"))


def test_a_department_left_behind_is_not_shown_any_more(visit: Visit, clinician: Client):
    elsewhere = make.department("neurologie")
    Membership.objects.filter(user=visit.appointment.clinician.user).update(department=elsewhere)
    assert "Jansen" not in text(clinician.get("/mijn-dag/"))


@pytest.mark.parametrize("action", ACTIONS)
def test_signed_out_goes_to_sign_in(visit: Visit, action: str):
    answer = Client().post(f"/mijn-dag/{visit.appointment.public_id}/{action}/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_get_changes_nothing(visit: Visit, clinician: Client, action: str):
    come(visit)
    assert clinician.get(f"/mijn-dag/{visit.appointment.public_id}/{action}/").status_code == 405
    assert visit.facts() == ["participant.arrived"]


def test_writing_needs_the_csrf_token(visit: Visit):
    client = Client(enforce_csrf_checks=True)
    client.force_login(visit.appointment.clinician.user)
    come(visit)
    assert client.post(f"/mijn-dag/{visit.appointment.public_id}/binnenlaten/").status_code == 403

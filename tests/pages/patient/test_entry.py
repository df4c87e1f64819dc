from datetime import timedelta

import pytest
from django.utils import timezone

from events.catalogue import LinkOpened
from events.models import Event
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.links import mint_link
from scheduling.models import AppointmentLink
from scheduling.patient_session import COOKIE
from tests import factories as make
from waitingroom.models import Presence

pytestmark = pytest.mark.django_db


def test_link_leads_to_a_clean_address(phone, link):
    personal, path = link

    answer = phone.open(path)

    assert (answer.status_code, answer["Location"]) == (303, f"/p/{personal.ref}/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", "")
    assert path.rpartition("/")[2] not in cookie.value


def test_cookie_is_secure_behind_https(phone, link, settings):
    settings.SESSION_COOKIE_SECURE = True

    assert phone.open(link[1]).cookies[COOKIE]["secure"]


def test_unknown_link_explains_what_to_do(phone):
    answer = phone.open("/v/geenechtelink")

    assert answer.status_code == 404
    assert "020-1234567" in answer.content.decode()
    assert COOKIE not in answer.cookies


def test_unknown_and_unopened_address_get_the_same_answer(phone, link):
    """Another patient's page and one that never was cannot be told apart."""
    existing = phone.get(f"/p/{link[0].ref}/")
    invented = phone.get("/p/00000000-0000-4000-8000-000000000000/")

    assert (existing.status_code, invented.status_code) == (404, 404)
    assert _without_tokens(existing) == _without_tokens(invented)


def test_every_page_is_kept_out_of_caches_and_indexes(phone, link):
    page = phone.enter_with(link[1])

    for answer in (phone.get(page), phone.get(page + "voorkeur/"), phone.get(page + "berichten/"), phone.get("/v/x")):
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("headers", [{}, {"sec-purpose": "prefetch"}, {"user-agent": "Mail scanner"}])
def test_looking_at_a_link_records_nothing_and_uses_nothing_up(phone, link, method, headers):
    personal, path = link
    facts = Event.objects.count()

    for _ in range(7):
        getattr(phone, method)(path, headers=headers, follow=True)

    personal.refresh_from_db()
    assert (Event.objects.count(), personal.birth_date_failures, Presence.objects.count()) == (facts, 0, 0)
    assert phone.open(path).status_code == 303


def test_link_cannot_be_posted_to(phone, link):
    assert phone.post(link[1]).status_code == 405


def test_birth_date_opens_the_appointment_and_is_a_fact(phone, link):
    personal, path = link

    page = phone.enter_with(path)

    opened = Event.objects.filter(kind=LinkOpened.kind)
    assert [(one.actor, one.data["level"]) for one in opened] == [(f"link:{personal.ref}", "birth_date")]
    assert phone.get(page).context["sees"]["clinician"]


def test_before_the_birth_date_only_time_form_and_phone_number_show(phone, link, mrs_van_der_veen):
    page = phone.get(phone.open(link[1])["Location"]).content.decode()

    assert mrs_van_der_veen.department.phone in page
    assert "10.00" in page
    assert mrs_van_der_veen.clinician.name not in page
    assert mrs_van_der_veen.patient.family_name not in page
    assert mrs_van_der_veen.department.name not in page


@pytest.mark.parametrize(
    "address", ["voorkeur/", "voorkeur/controle/", "voorkeur/bewaard/", "berichten/", "wachtkamer/"]
)
def test_before_the_birth_date_other_pages_lead_back(phone, link, address):
    page = phone.open(link[1])["Location"]

    answer = phone.get(page + address)

    assert (answer.status_code, answer["Location"]) == (303, page)
    assert AccessLog.objects.get(result="refused").actor == f"link:{link[0].ref}"


def test_five_wrong_birth_dates_lock_this_link_only(phone, laptop, link, mrs_van_der_veen):
    page = phone.open(link[1])["Location"]
    for wrong in range(1, 6):
        assert phone.post(page, {"birth_date": f"{wrong}-1-1980"}).status_code == 422

    right = phone.post(page, {"birth_date": "29-03-1951"})

    assert right.status_code == 422
    assert "patient/locked.html" in [template.name for template in phone.get(page).templates]
    assert laptop.enter_with(make.personal_link(mrs_van_der_veen)[1])


def test_text_that_is_no_date_costs_no_try(phone, link):
    page = phone.open(link[1])["Location"]

    for nonsense in ("", "gisteren", "31-2-1951", "29-3-51", "1-1-2999"):
        assert phone.post(page, {"birth_date": nonsense}).status_code == 422

    link[0].refresh_from_db()
    assert link[0].birth_date_failures == 0


def test_wrong_birth_date_is_logged_as_refused(phone, link):
    phone.post(phone.open(link[1])["Location"], {"birth_date": "1-1-1980"})

    row = AccessLog.objects.get(action="open.link")
    assert (row.actor, row.role, row.result) == (f"link:{link[0].ref}", "patient", "refused")


def test_next_message_does_not_ask_again_in_the_same_browser(phone, laptop, link, mrs_van_der_veen):
    phone.enter_with(link[1])
    reminder = make.personal_link(mrs_van_der_veen)[1]

    assert phone.get(phone.open(reminder)["Location"]).context["sees"]["clinician"]
    assert not laptop.get(laptop.open(reminder)["Location"]).context["sees"]["clinician"]


def test_birth_date_given_for_one_person_opens_nothing_of_another(phone, link):
    phone.enter_with(link[1])
    other = make.appointment(patient=make.PatientFactory())

    page = phone.open(make.personal_link(other)[1])["Location"]

    assert not phone.get(page).context["sees"]["clinician"]


def test_cancelled_appointment_says_so_and_how_to_call(phone, link, mrs_van_der_veen):
    cancel_appointment(appointment=mrs_van_der_veen, by="user:1", now=timezone.now())

    page = phone.get(phone.open(link[1])["Location"])

    assert page.templates[0].name == "patient/cancelled.html"
    assert mrs_van_der_veen.department.phone in page.content.decode()


def test_link_from_before_a_move_explains_and_sends_a_new_one_on_a_click(phone, link, mrs_van_der_veen):
    moved = move_by_a_day(mrs_van_der_veen)
    page = phone.open(link[1])["Location"]
    before = moved.messages.count()

    shown = phone.get(page)
    assert shown.templates[0].name == "patient/moved.html"
    assert moved.messages.count() == before

    for _ in range(3):
        phone.post(page + "nieuwe-link/")

    again = moved.messages.filter(occasion_key__contains="resend")
    assert [(one.kind, one.channel, one.participant_id) for one in again] == [
        ("moved", "email", link[0].participant_id)
    ]
    assert phone.get(page).context["sent"]


def test_who_gave_the_birth_date_before_a_move_stays_inside(phone, link, mrs_van_der_veen):
    page = phone.enter_with(link[1])
    move_by_a_day(mrs_van_der_veen)

    assert phone.get(page).templates[0].name == "patient/appointment.html"


def test_link_after_the_visit_is_too_old(phone, link, mrs_van_der_veen):
    AppointmentLink.objects.filter(pk=link[0].pk).update(expires_at=timezone.now())

    shown = phone.get(phone.open(link[1])["Location"])

    assert shown.templates[0].name == "patient/closed.html"
    assert "10.00" not in shown.content.decode()


def test_mandate_that_lapsed_opens_nothing(phone):
    appointment = make.appointment()
    child, mother = make.child_with_parent(appointment.start.date())
    visit = make.appointment(patient=child)
    path = make.personal_link(visit)[1]
    page = phone.enter_with(path, child.birth_date)
    mother.valid_until = timezone.localdate() - timedelta(days=1)
    mother.save()

    assert phone.get(page).templates[0].name == "patient/closed.html"
    assert phone.get(page + "voorkeur/").status_code == 303


def test_parent_gives_the_birth_date_of_the_child(phone):
    child, _ = make.child_with_parent(make.next_workday())
    visit = make.appointment(patient=child)
    personal, path = make.personal_link(visit)

    asked = phone.get(phone.open(path)["Location"])
    page = phone.enter_with(path, child.birth_date)

    assert asked.context["form"].fields["birth_date"].label == "Wat is de geboortedatum van uw kind?"
    assert child.full_name in phone.get(page).content.decode()
    assert set(AccessLog.objects.filter(actor=f"link:{personal.ref}").values_list("role", flat=True)) == {
        "representative"
    }


def test_parent_of_two_has_both_links_in_one_browser(phone):
    pages = []
    for _sibling in ("Sem", "Bregje"):
        child, _ = make.child_with_parent(make.next_workday())
        visit = make.appointment(patient=child)
        pages.append((phone.enter_with(make.personal_link(visit)[1], child.birth_date), child))

    for page, child in pages:
        assert phone.get(page).context["appointment"].patient == child


def test_many_links_push_out_the_oldest_only(phone, mrs_van_der_veen):
    participant = mrs_van_der_veen.participants.get(role="patient")
    paths = [f"/v/{mint_link(participant=participant, now=timezone.now())[1]}" for _ in range(13)]
    pages = [phone.open(path)["Location"] for path in paths]

    assert phone.get(pages[0]).status_code == 404
    assert {phone.get(page).status_code for page in pages[1:]} == {200}


def test_tampered_cookie_opens_nothing(phone, link):
    page = phone.enter_with(link[1])
    value = phone.cookies[COOKIE].value
    # Not its last letter, of which base64 leaves two bits unread.
    phone.cookies[COOKIE] = value[:-2] + ("B" if value[-2] == "A" else "A") + value[-1]

    assert phone.get(page).status_code == 404


def test_language_of_the_messages_is_spoken_unless_chosen_otherwise(phone, laptop):
    tourist = make.appointment(patient=make.PatientFactory(language="en"))
    path = make.personal_link(tourist)[1]
    laptop.cookies["django_language"] = "nl"

    assert phone.open(path).cookies["django_language"].value == "en"
    assert "django_language" not in laptop.open(path).cookies


def test_language_can_be_switched(phone, link):
    page = phone.enter_with(link[1])

    phone.post("/taal/", {"language": "en", "next": page})

    assert '<html lang="en"' in phone.get(page).content.decode()


def move_by_a_day(appointment):
    session = make.session_with(
        appointment.clinician,
        make.next_workday(appointment.start.date()),
        "09.00",
        "12.00",
        types=[appointment.type],
        department=appointment.department,
    )
    start = make.amsterdam(session.date, "10.00")
    moved = make.move_appointment(appointment=appointment, start=start, by="user:1", now=timezone.now())
    assert moved.start == start
    return moved


def _without_tokens(answer):
    lines = answer.content.decode().splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line and "data-now" not in line]

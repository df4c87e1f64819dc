from datetime import UTC, timedelta

import pytest
from icalendar import Calendar

from scheduling.actions.links import hash_token
from scheduling.models import AppointmentLink
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "clock", "fold", "shown"),
    [
        ("2027-03-28", "01.30", 0, "01.30"),
        ("2027-03-28", "03.30", 0, "03.30"),
        ("2026-11-25", "09.05", 0, "09.05"),
        ("2027-10-31", "02.30", 0, "02.30"),
        ("2027-10-31", "02.30", 1, "02.30"),
        ("2027-10-31", "23.30", 0, "23.30"),
    ],
)
def test_time_is_that_of_the_wall_clock_on_nights_that_change_it(phone, mrs_van_der_veen, day, clock, fold, shown):
    start = make.amsterdam(day, clock, fold=fold)
    show_at(mrs_van_der_veen, start)

    page = phone.get(phone.open(make.personal_link(mrs_van_der_veen)[1])["Location"]).content.decode()

    assert f"om {shown} uur" in page


@pytest.mark.parametrize(("days", "word"), [(0, "Vandaag, "), (1, "Morgen, "), (2, "")])
def test_day_is_called_by_its_name(phone, mrs_van_der_veen, days, word):
    show_at(mrs_van_der_veen, make.amsterdam("2026-11-24", "23.30") + timedelta(days=days))

    page = phone.get(phone.open(make.personal_link(mrs_van_der_veen)[1])["Location"])

    assert str(page.context["plan"].day_word) + (", " if word else "") == word


@pytest.mark.parametrize("name", ["K. Sørensen-d'Ancona", "Ç. 't Hart", "M. Ní Bhriain <b>", "Zoë van 's-Gravesande"])
def test_names_are_shown_as_they_are_written(phone, name):
    visit = make.appointment(clinician=make.ClinicianFactory(name=name, departments=[make.department()]))

    page = phone.get(phone.enter_with(make.personal_link(visit)[1], visit.patient.birth_date)).content.decode()

    escaped = name.replace("'", "&#x27;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"Met {escaped}" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("video", "U komt niet naar het ziekenhuis."),
        ("phone", "Wij bellen u op 06-…78."),
        ("visit", "U komt naar het ziekenhuis."),
        ("written", "U hoeft niet te komen of te bellen."),
    ],
)
def test_form_is_explained_in_plain_words(phone, form, says):
    visit = make.appointment(modality=form)

    page = phone.get(phone.enter_with(make.personal_link(visit)[1], visit.patient.birth_date)).content.decode()

    assert says in page
    assert ("wachtkamer" in page) == (form == "video")


def test_appointment_page_asks_few_questions_of_the_database(phone, link, count_queries):
    page = phone.enter_with(link[1])

    with count_queries() as queries:
        phone.get(page)

    assert queries.count <= 12, str(queries)


def test_calendar_file_has_a_link_of_its_own_that_works_in_any_browser(phone, laptop, link, settings):
    page = phone.enter_with(link[1])

    answer = phone.post(page + "afspraak.ics")

    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert answer["Content-Type"] == "text/calendar"
    assert "attendee" not in event
    token = str(event["conference"]).rpartition("/")[2]
    assert AppointmentLink.objects.get(token_hash=hash_token(token)).participant == link[0].participant
    assert laptop.get(f"/v/{token}").status_code == 303


def test_looking_makes_no_links(phone, link):
    page = phone.enter_with(link[1])

    assert phone.get(page + "afspraak.ics").status_code == 405
    assert AppointmentLink.objects.count() == 1


def test_messages_are_those_of_this_recipient_without_their_secret(phone, link, mrs_van_der_veen):
    page = phone.enter_with(link[1])
    told = mrs_van_der_veen.messages.filter(channel="inbox").first()
    told.state, told.subject, told.body = (
        "sent",
        "Uw afspraak",
        "Tot dan.\n\n[ Naar uw afspraak ]\nhttps://x/v/…\n\nDag",
    )
    told.save()
    other = make.appointment(patient=make.PatientFactory())
    other.messages.filter(channel="inbox").update(state="sent", subject="Van een ander")

    shown = phone.get(page + "berichten/").content.decode()

    assert "Tot dan.\n\nDag" in shown
    assert "Van een ander" not in shown


def test_cookie_of_another_site_is_ignored(phone, link):
    phone.cookies["vp_patient"] = "not:signed:by-us"

    assert phone.open(link[1]).status_code == 303


def show_at(appointment, start):
    """A moment at which no clinic is planned: only its display counts."""
    length = appointment.end - appointment.start
    appointment.start = start.astimezone(UTC)
    appointment.end = appointment.start + length
    appointment.save()

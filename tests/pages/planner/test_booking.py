"""Boeken: find, choose, book, undo; what goes wrong is said and nothing typed is lost."""

from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from events.models import Event
from notifications.models import Message, MessageState
from people.models import AccessLog
from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.actions.preferences import state_preference
from scheduling.locks import DayLock
from scheduling.models import Appointment, AppointmentStatus, Resource
from tests import factories as make


@pytest.fixture
def veen(desk):
    return make.PatientFactory(department=desk.department, initials="W.", particle="van der", family_name="Veen")


def book_url(patient):
    return reverse("book", args=[patient.public_id])


def form(desk, clock, **more):
    return {"type": desk.type.pk, "slot": desk.slot(clock), "decided_by": "together", **more}


@pytest.mark.parametrize(
    "typed",
    [
        "veen",
        "van der veen",
        "W. van der Veen",
        "VEEN",
        "der v",
        "29-3-1951",
        "29-03-1951",
        "29.3.1951",
        "29/3/1951",
        "29031951",
        "1951-03-29",
        "29 maart 1951",
        "29 mrt 1951",
        "29 Mrt. 1951",
        "veen 29-3-1951",
    ],
)
def test_patient_is_found_as_people_say_it(desk, typed):
    patient = make.PatientFactory(
        department=desk.department,
        initials="W.",
        particle="van der",
        family_name="Veen",
        birth_date=make.moments.day("1951-03-29"),
    )
    make.PatientFactory(department=desk.department, family_name="Bakker", birth_date=make.moments.day("1960-01-01"))
    body = desk.client.post(reverse("book-found"), {"zoek": typed}).content.decode()
    assert book_url(patient) in body
    assert "Bakker" not in body


@pytest.mark.parametrize("typed", ["31-2-1951", "29 x 1951", "29 foo 1951", "1951-29-03", "00001951", "29 ma 1951"])
def test_what_is_no_date_finds_nobody_by_it(desk, typed):
    make.PatientFactory(department=desk.department, birth_date=make.moments.day("1951-03-29"))
    assert desk.client.post(reverse("book-found"), {"zoek": typed}).context["patients"] == []


def test_number_that_reads_as_a_date_still_finds_its_patient(desk):
    patient = make.PatientFactory(department=desk.department, number="01041951")
    born = make.PatientFactory(department=desk.department, birth_date=make.moments.day("1951-04-01"))
    found = desk.client.post(reverse("book-found"), {"zoek": "01041951"}).context["patients"]
    assert {each.pk for each in found} == {patient.pk, born.pk}


def test_names_of_which_a_word_begins_as_typed_stand_first(desk):
    names = [("", "Aarden"), ("van", "Denderen"), ("", "Dendauw"), ("", "Zonden")]
    for particle, family_name in names:
        make.PatientFactory(department=desk.department, initials="A.", particle=particle, family_name=family_name)
    found = desk.client.post(reverse("book-found"), {"zoek": "den"}).context["patients"]
    assert [each.family_name for each in found] == ["Dendauw", "Denderen", "Aarden", "Zonden"]


@pytest.mark.parametrize(
    ("family_name", "typed"),
    [("Özdemir", "ozdemir"), ("Yıldız", "yildiz"), ("'t Hart", "t hart"), ("Noël", "noel"), ("Ferrée", "Ferrée")],
)
def test_name_with_marks_is_found_without_them(desk, family_name, typed):
    patient = make.PatientFactory(department=desk.department, particle="", family_name=family_name)
    assert book_url(patient) in desk.client.post(reverse("book-found"), {"zoek": typed}).content.decode()


@pytest.mark.parametrize("typed", ["vermeulne", "vermuelen", "vemeulen", "vermeullen", "vermeulem", "J. Vermeulne"])
def test_typing_error_finds_the_name_that_was_meant(desk, typed):
    patient = make.PatientFactory(department=desk.department, initials="J.", particle="", family_name="Vermeulen")
    answer = desk.client.post(reverse("book-found"), {"zoek": typed, "enter": "1"})
    assert answer.context["patients"] == [patient]
    assert answer.context["similar"]


@pytest.mark.parametrize("typed", ["verhoeven", "vermeulemm", "ver.*", "((((", "bos"])
def test_other_names_are_not_taken_for_typing_errors(desk, typed):
    make.PatientFactory(department=desk.department, initials="J.", particle="", family_name="Vermeulen")
    make.PatientFactory(department=make.department("neurologie"), particle="", family_name="Verhoeven")
    assert desk.client.post(reverse("book-found"), {"zoek": typed}).context["patients"] == []


def test_patient_is_found_by_number(desk, veen):
    assert book_url(veen) in desk.client.post(reverse("book-found"), {"zoek": veen.number}).content.decode()


@pytest.mark.parametrize(("typed", "similar"), [("vermeu\0len", False), ("verm\0eulne", True)])
def test_character_that_no_name_holds_is_passed_over(desk, typed, similar):
    patient = make.PatientFactory(department=desk.department, initials="J.", particle="", family_name="Vermeulen")
    answer = desk.client.post(reverse("book-found"), {"zoek": typed})
    assert (answer.context["patients"], answer.context["similar"]) == ([patient], similar)


def test_one_letter_searches_for_nobody(desk, veen):
    body = desk.client.post(reverse("book-found"), {"zoek": "v"}).content.decode()
    assert book_url(veen) not in body


def test_patient_of_another_department_is_not_found_by_name(desk):
    stranger = make.PatientFactory(department=make.department("neurologie"), family_name="Zandbergen")
    assert str(stranger.public_id) not in desk.client.post(reverse("book-found"), {"zoek": "Zand"}).content.decode()


def test_everyone_shown_by_a_search_is_logged(desk, veen):
    desk.client.post(reverse("book-found"), {"zoek": "veen"})
    assert AccessLog.objects.get(action="search.patient").patient == veen


def test_enter_with_one_patient_found_goes_straight_on(desk, veen):
    answer = desk.client.post(reverse("book-found"), {"zoek": "veen", "enter": "1"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == book_url(veen)


def test_search_keeps_names_out_of_addresses(desk):
    assert desk.client.get(reverse("book-found"), {"zoek": "veen"}).status_code == 405


def test_all_forms_are_offered_and_none_is_chosen(desk, veen):
    make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)
    make.AppointmentTypeFactory(department=desk.department, modality="visit", duration_minutes=20)
    state_preference(patient=veen, preference="phone", by="system", now=timezone.now())
    answer = desk.client.get(book_url(veen))
    forms = [form for kind in answer.context["kinds"] for form in kind.forms]
    assert [(each.modality, each.preferred, each.agreed) for each in forms] == [
        ("video", False, True),
        ("phone", True, False),
        ("visit", False, False),
    ]
    assert answer.context["asked_type"] is None
    assert "checked" not in answer.content.decode()


def test_places_come_with_their_reasons(desk, veen):
    answer = desk.client.get(book_url(veen), {"type": desk.type.pk})
    places = answer.context["offer"].places
    assert len(places) == 5
    assert all(place.why for place in places)
    assert {place.start.date() for place in places} == {desk.clinic.date}


def test_booking_books_and_tells_what_will_be_sent(desk, veen):
    answer = desk.client.post(book_url(veen), form(desk, "9.40", decided_by="patient"), follow=True)
    booked = Appointment.objects.get()
    assert (booked.patient, booked.start, booked.decided_by) == (veen, desk.at("9.40"), "patient")
    assert booked.booked_by == desk.planner.actor
    assert answer.redirect_chain == [(reverse("appointment-done", args=[booked.public_id]), 302)]
    planned = {(each.kind, each.channels) for each in answer.context["planned"]}
    assert len(planned) == Message.objects.filter(channel="email").count()
    assert AccessLog.objects.filter(action="book.appointment", patient=veen).exists()


def test_preference_of_that_moment_is_kept_with_the_booking(desk, veen):
    state_preference(patient=veen, preference="visit", by="system", now=timezone.now())
    desk.client.post(book_url(veen), form(desk, "9.40"))
    assert Appointment.objects.get().preference == "visit"


def test_place_taken_meanwhile_gives_409_with_fresh_proposals_and_keeps_what_was_chosen(desk, veen):
    make.appointment(
        patient=make.PatientFactory(department=desk.department),
        clinician=desk.clinician,
        type=desk.type,
        start=desk.at("9.40"),
    )
    sent = form(desk, "9.40", decided_by="clinician", dagdeel="morning", zorgverlener=desk.clinician.pk)
    answer = desk.client.post(book_url(veen), sent)
    assert answer.status_code == 409
    assert answer.context["problems"]
    assert desk.at("9.40") not in [place.start for place in answer.context["offer"].places]
    assert answer.context["form"]["decided_by"].value() == "clinician"
    assert answer.context["window"].kept["dagdeel"] == "morning"
    assert answer.context["window"].kept["zorgverlener"] == str(desk.clinician.pk)
    assert answer.context["asked_type"] == desk.type
    assert Appointment.objects.filter(patient=veen).count() == 0


def test_enter_pressed_twice_books_once_and_says_so(desk, veen):
    first = desk.client.post(book_url(veen), form(desk, "9.40"))
    second = desk.client.post(book_url(veen), form(desk, "9.40"))
    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_busy_day_gives_503_and_keeps_the_form(desk, veen):
    """Someone else holds the clinician's day for longer than a clerk should wait."""
    lock = DayLock(Resource.CLINICIAN, desk.clinician.pk, desk.clinic.date)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [lock.key])
        answer = desk.client.post(book_url(veen), form(desk, "9.40"))
    assert answer.status_code == 503
    assert answer.context["asked_type"] == desk.type
    assert answer.context["chosen_slot"] == desk.slot("9.40")
    assert not Appointment.objects.exists()


def test_past_moment_is_refused_in_words(desk, veen):
    with time_machine.travel(desk.at("10.30"), tick=False):
        answer = desk.client.post(book_url(veen), form(desk, "9.40"))
    assert answer.status_code == 409
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "slot", ["", "x", "12", "1.2.3", "-5.1", "99999999999999.1", "29700000.", "29700000.999999", "٣.١"]
)
def test_nonsense_for_a_place_is_an_error_beside_it(desk, veen, slot):
    answer = desk.client.post(book_url(veen), form(desk, "9.40") | {"slot": slot})
    assert answer.status_code == 422
    assert answer.context["form"].errors["slot"]
    assert answer.context["asked_type"] == desk.type


def test_clinician_of_another_department_cannot_be_booked(desk, veen):
    other = make.ClinicianFactory(departments=[make.department("neurologie")])
    answer = desk.client.post(book_url(veen), form(desk, "9.40") | {"slot": f"29700000.{other.pk}"})
    assert answer.status_code == 422


def test_type_of_another_department_cannot_be_booked(desk, veen):
    foreign = make.AppointmentTypeFactory(department=make.department("neurologie"))
    answer = desk.client.post(book_url(veen), form(desk, "9.40") | {"type": foreign.pk})
    assert answer.status_code == 422
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"van": "2020-01-01"}, "van"),
        ({"van": "2999-01-01"}, "van"),
        ({"van": "31-02-2027"}, "van"),
        ({"tot": "2020-01-01"}, "tot"),
        ({"zorgverlener": "999999"}, "zorgverlener"),
        ({"dagdeel": "night"}, "dagdeel"),
    ],
)
def test_wrong_window_is_an_error_beside_the_field(desk, veen, asked, field):
    answer = desk.client.get(book_url(veen), {"type": desk.type.pk, **asked})
    assert answer.status_code == 200
    assert answer.context["window"].errors[field]
    assert answer.context["offer"].places == ()


def test_window_beyond_the_horizon_is_cut_at_it(desk, veen):
    answer = desk.client.get(book_url(veen), {"type": desk.type.pk, "tot": "2999-01-01"})
    assert not answer.context["window"].errors
    assert answer.context["offer"].places


def test_opened_day_shows_every_place_of_that_day(desk, veen):
    answer = desk.client.get(book_url(veen), {"type": desk.type.pk, "dag": desk.clinic.date.isoformat()})
    (opened,) = [day for day in answer.context["offer"].days if day.places]
    assert opened.date == desk.clinic.date
    assert len(opened.places) == opened.count


def test_time_at_which_the_patient_is_taken_elsewhere_is_not_proposed(desk, veen):
    make.treated_by(veen, [make.department("neurologie")])
    make.appointment(patient=veen, department=make.department("neurologie"), start=desk.at("9.00"))
    answer = desk.client.get(book_url(veen), {"type": desk.type.pk})
    assert desk.at("9.00") not in [place.start for place in answer.context["offer"].places]


def test_undo_takes_the_booking_back_before_anyone_is_told(desk, veen):
    desk.client.post(book_url(veen), form(desk, "9.40"))
    booked = Appointment.objects.get()
    desk.client.post(reverse("appointment-undo", args=[booked.public_id]), {"version": 1})
    booked.refresh_from_db()
    assert booked.status == AppointmentStatus.CANCELLED
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SUPERSEDED}


def test_undo_after_a_message_went_out_is_refused(desk, veen):
    desk.client.post(book_url(veen), form(desk, "9.40"))
    Message.objects.filter(kind="confirmation").update(state=MessageState.SENT, offered_at=timezone.now())
    booked = Appointment.objects.get()
    desk.client.post(reverse("appointment-undo", args=[booked.public_id]), {"version": 1})
    booked.refresh_from_db()
    assert booked.status == AppointmentStatus.BOOKED


def test_child_without_a_representative_is_warned_about(desk):
    child = make.PatientFactory(
        child=True, department=desk.department, birth_date=timezone.localdate() - timedelta(days=6 * 365)
    )
    answer = desk.client.get(book_url(child))
    assert answer.context["needs_representative"]


def test_doubled_hour_of_october_says_which(desk, veen, client_of):
    night = make.moments.day("2027-10-31")
    with time_machine.travel(make.amsterdam("2027-10-29", "9.00"), tick=False):
        make.session_with(desk.clinician, night, "01.00", "04.00", types=[desk.type], department=desk.department)
        answer = client_of(desk.planner).get(
            book_url(veen), {"type": desk.type.pk, "van": "2027-10-31", "tot": "2027-10-31", "dag": "2027-10-31"}
        )
        body = answer.content.decode()
        (opened,) = [day for day in answer.context["offer"].days if day.places]
    shown = [place.start for place in opened.places if timezone.localtime(place.start).hour == 2]
    assert len(shown) == 2 * 12
    with translation.override("nl"):
        first, second = gettext("first time"), gettext("second time")
    assert f"02.30 ({first})" in body
    assert f"02.30 ({second})" in body


def test_missing_hour_of_march_is_never_offered(desk, veen, client_of):
    night = make.moments.day("2027-03-28")
    with time_machine.travel(make.amsterdam("2027-03-26", "9.00"), tick=False):
        make.session_with(desk.clinician, night, "01.00", "05.00", types=[desk.type], department=desk.department)
        answer = client_of(desk.planner).get(
            book_url(veen), {"type": desk.type.pk, "van": "2027-03-28", "tot": "2027-03-28", "dag": "2027-03-28"}
        )
    (opened,) = [day for day in answer.context["offer"].days if day.places]
    assert {timezone.localtime(place.start).hour for place in opened.places} == {1, 3, 4}


def test_number_of_queries_does_not_grow_with_places_and_clinicians(desk, veen, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(book_url(veen), {"type": desk.type.pk, "dag": desk.clinic.date.isoformat()})
        return queries

    ask()
    one = ask()
    for name in ("dr. K. Sørensen", "J. Dijkstra"):
        colleague = make.ClinicianFactory(departments=[desk.department], name=name)
        make.session_with(colleague, desk.clinic.date, "9.00", "12.00", department=desk.department)
        book_appointment(
            patient=veen,
            plan=Plan(desk.at("9.00" if name.startswith("dr") else "11.00"), colleague, desk.type),
            by="system",
            now=timezone.now(),
        )
    three = ask()
    assert three.count == one.count, str(three)


def test_search_asks_as_much_for_one_patient_as_for_three(desk, veen, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.post(reverse("book-found"), {"zoek": "veen"})
        return queries.count

    one = ask()
    for number in range(2):
        make.PatientFactory(department=desk.department, family_name=f"Veenstra-{number}")
    assert ask() == one


def test_facts_name_the_planner(desk, veen):
    desk.client.post(book_url(veen), form(desk, "9.40"))
    assert Event.objects.get(kind="appointment.booked").actor == desk.planner.actor

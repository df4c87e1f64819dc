"""The agenda: side by side, by day and by week, live, and where a free place leads."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pages.planner.agenda_picture import side_by_side
from people.models import AccessLog
from praktijkplan.localtime import monday
from scheduling.queries.needs import needs_of
from tests import factories as make


def url(desk, name="agenda", **asked):
    return reverse(name, query={"datum": desk.clinic.date.isoformat()} | asked)


def book(desk, clock, **more):
    return make.appointment(
        clinician=desk.clinician,
        type=desk.type,
        start=desk.at(clock),
        patient=make.PatientFactory(department=desk.department),
        **more,
    )


def colleague(desk, name="J. Dijkstra", day=None):
    made = make.ClinicianFactory(departments=[desk.department], name=name)
    make.session_with(made, day or desk.clinic.date, "13.00", "15.00", department=desk.department)
    return made


def lanes(answer):
    return answer.context["picture"].lanes


def tiles(lane, kind):
    return [tile for tile in lane.tiles if tile.kind == kind]


def test_everyone_at_work_stands_side_by_side(desk):
    nurse = colleague(desk)
    make.ClinicianFactory(departments=[desk.department], name="dr. K. Sørensen")
    answer = desk.client.get(url(desk))
    assert [lane.clinician for lane in lanes(answer)] == [nurse, desk.clinician]


def test_chosen_clinicians_alone_are_shown_also_on_a_day_off(desk):
    colleague(desk)
    away = make.ClinicianFactory(departments=[desk.department], name="dr. K. Sørensen")
    answer = desk.client.get(url(desk, zorgverlener=[str(away.pk)]))
    assert [lane.clinician for lane in lanes(answer)] == [away]


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999", "1' or 1"])
def test_clinician_that_is_none_leaves_who_is_at_work(desk, asked):
    answer = desk.client.get(url(desk, zorgverlener=asked))
    assert answer.status_code == 200
    assert [lane.clinician for lane in lanes(answer)] == [desk.clinician]


def test_clinician_of_another_department_is_not_shown(desk):
    stranger = make.ClinicianFactory(departments=[make.department("neurologie")], name="dr. J.W. de Graaf")
    answer = desk.client.get(url(desk, zorgverlener=str(stranger.pk)))
    assert lanes(answer) == ()


def test_week_has_five_days_from_monday_and_steps_by_a_week(desk):
    first = monday(desk.clinic.date)
    context = desk.client.get(url(desk, weergave="week")).context
    assert [lane.day for lane in context["picture"].lanes] == [first + timedelta(days=after) for after in range(5)]
    asked = parse_qs(context["next"].lstrip("?"))
    assert asked["datum"] == [(desk.clinic.date + timedelta(days=7)).isoformat()]
    assert asked["weergave"] == ["week"]


def test_appointment_stands_at_its_time_with_form_in_shape_and_word(desk):
    held = book(desk, "9.40")
    answer = desk.client.get(url(desk))
    (lane,) = lanes(answer)
    (tile,) = tiles(lane, "booked")
    assert (tile.row, tile.rows, tile.what.appointment) == (9, 4, held)
    body = answer.content.decode()
    assert f'href="{reverse("appointment", args=[held.public_id])}"' in body
    assert "#video" in body
    assert tile.label in body


def test_free_place_leads_to_booking_on_its_day_with_its_clinician(desk):
    (lane,) = lanes(desk.client.get(url(desk)))
    first = tiles(lane, "place")[0]
    assert urlsplit(first.url).path == reverse("book-find")
    day = desk.clinic.date.isoformat()
    assert parse_qs(urlsplit(first.url).query) == {
        "van": [day],
        "tot": [day],
        "dag": [day],
        "zorgverlener": [str(desk.clinician.pk)],
        "slot": [desk.slot("9.00")],
        "type": [str(desk.type.pk)],
    }


def test_free_place_is_no_link_for_who_may_not_book(desk, client_of):
    lead = make.member("lead", desk.department, name="Wilma ter Horst")
    (lane,) = lanes(client_of(lead).get(url(desk)))
    assert {tile.url for tile in tiles(lane, "place")} == {""}


def test_names_are_not_shown_to_who_may_not_see_patients(desk, client_of):
    held = book(desk, "9.40")
    lead = make.member("lead", desk.department, name="Wilma ter Horst")
    body = client_of(lead).get(url(desk)).content.decode()
    assert held.patient.full_name not in body
    assert str(held.public_id) not in body


def test_why_someone_is_absent_is_for_planners_and_leads(desk, client_of):
    absence = make.absence(desk.clinician, desk.at("9.00"), desk.at("10.00"), kind="ill")
    nurse = make.member("clinician", desk.department, name="J. Dijkstra")
    why = "<b>afwezig</b> <span>ziek</span>"
    assert why in desk.client.get(url(desk)).content.decode()
    told = client_of(nurse).get(url(desk)).content.decode()
    assert why not in told
    assert "<b>afwezig</b></span>" in told
    page = reverse("absence", args=[absence.public_id])
    assert page in desk.client.get(url(desk)).content.decode()
    assert page not in told


def test_agenda_for_a_patient_leads_back_to_the_booking_of_that_patient(desk):
    patient = make.PatientFactory(department=desk.department)
    answer = desk.client.get(url(desk, patient=str(patient.public_id), type=str(desk.type.pk)))
    first = tiles(lanes(answer)[0], "place")[0]
    assert urlsplit(first.url).path == reverse("book", args=[patient.public_id])
    assert f"patient={patient.public_id}" in answer.context["next"]


def test_agenda_to_move_has_places_of_the_type_and_leads_to_moving(desk):
    held = book(desk, "9.00")
    make.AppointmentTypeFactory(department=desk.department, duration_minutes=10)
    answer = desk.client.get(url(desk, verzetten=str(held.public_id)))
    place = tiles(lanes(answer)[0], "place")[0]
    assert urlsplit(place.url).path == reverse("appointment-move", args=[held.public_id])
    assert (place.end - place.start) == timedelta(minutes=20)
    assert answer.context["shown"].aim.moving == held


@pytest.mark.parametrize("asked", ["patient", "verzetten"])
def test_patient_or_appointment_of_another_department_does_not_exist(desk, asked):
    elsewhere = make.appointment(department=make.department("neurologie"))
    about = elsewhere.patient.public_id if asked == "patient" else elsewhere.public_id
    assert desk.client.get(url(desk, **{asked: str(about)})).status_code == 404
    assert desk.client.get(url(desk, **{asked: "x"})).status_code == 404


@pytest.mark.parametrize("asked", ["morgen", "2026-02-30", "9999-12-31"])
def test_day_that_is_none_shows_today_and_says_so(desk, asked):
    answer = desk.client.get(reverse("agenda"), {"datum": asked})
    assert answer.status_code == 404
    assert answer.context["wrong_day"]


def test_now_line_stands_in_the_column_of_today(desk, client_of):
    with time_machine.travel(desk.at("9.42"), tick=False):
        (lane,) = lanes(client_of(desk.planner).get(reverse("agenda")))
    (line,) = tiles(lane, "now")
    assert line.row == 9


def test_each_patient_is_logged_once_however_often_it_refreshes(desk):
    booked = book(desk, "9.40")
    desk.client.get(url(desk))
    for _ in range(3):
        desk.client.get(url(desk, "agenda-now"), headers={"X-Requested-With": "live"})
    assert AccessLog.objects.filter(action="view.agenda", appointment_id=booked.pk).count() == 1


def test_refresh_without_a_change_is_not_sent_again(desk):
    first = desk.client.get(url(desk, "agenda-now"))
    same = desk.client.get(url(desk, "agenda-now"), headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    book(desk, "9.40")
    changed = desk.client.get(url(desk, "agenda-now"), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize("view", ["dag", "week"])
def test_agenda_asks_a_fixed_number_of_queries(desk, count_queries, view):
    def ask():
        with count_queries() as queries:
            desk.client.get(url(desk, weergave=view))
        return queries

    book(desk, "9.40")
    ask()
    one = ask()
    for name in ("dr. K. Sørensen", "J. Dijkstra"):
        beside = make.ClinicianFactory(departments=[desk.department], name=name)
        make.session_with(
            beside, desk.clinic.date, "9.00", "12.00", breaks=[("10.00", "10.15")], department=desk.department
        )
        make.appointment(
            clinician=beside,
            type=desk.type,
            start=desk.at("9.00"),
            patient=make.PatientFactory(department=desk.department),
        )
    three = ask()
    assert three.count == one.count, str(three)


@pytest.mark.parametrize(
    ("spans", "places"),
    [
        ([], []),
        ([(0, 10), (10, 20)], [(1, 1), (1, 1)]),
        ([(0, 10), (5, 15)], [(1, 2), (2, 2)]),
        ([(0, 10), (5, 15), (10, 20), (20, 30)], [(1, 2), (2, 2), (1, 2), (1, 1)]),
        ([(0, 30), (0, 10), (5, 15), (15, 20)], [(1, 3), (2, 3), (3, 3), (2, 3)]),
    ],
)
def test_who_overlap_stand_side_by_side(spans, places):
    assert side_by_side(spans) == places


def test_hours_reach_as_far_as_there_is_something_to_see(desk):
    colleague(desk)
    context = desk.client.get(url(desk)).context
    assert [hour.label for hour in context["picture"].hours] == [f"{hour}.00" for hour in range(9, 15)]


def test_empty_day_says_so(desk):
    answer = desk.client.get(reverse("agenda", query={"datum": (timezone.localdate() + timedelta(400)).isoformat()}))
    assert lanes(answer) == ()
    assert "Een spreekuur komt uit een gepubliceerd raster" in answer.content.decode()


def test_weekend_stands_in_the_week_only_when_something_is_on(desk):
    saturday = monday(desk.clinic.date) + timedelta(days=5)
    make.session_with(desk.clinician, saturday, "9.00", "10.00", department=desk.department)
    days = [lane.day for lane in lanes(desk.client.get(url(desk, weergave="week")))]
    assert days[5:] == [saturday]


def first_place(desk, at=1, **asked):
    return tiles(lanes(desk.client.get(url(desk, **asked)))[0], "place")[at]


def test_place_chosen_before_the_patient_is_kept_until_the_booking(desk):
    patient = make.PatientFactory(department=desk.department, family_name="Ferrée")
    place = first_place(desk)
    answer = desk.client.get(place.url)
    assert answer.context["place"] == (desk.at("9.20"), desk.clinician)
    found = desk.client.post(
        reverse("book-found"),
        {"zoek": "ferree", "plek": answer.context["place_query"], "enter": "1"},
        headers={"HX-Request": "true"},
    )
    onward = found["HX-Redirect"]
    assert urlsplit(onward).path == reverse("book", args=[patient.public_id])
    shown = desk.client.get(onward)
    assert shown.context["chosen_slot"] == desk.slot("9.20")
    assert shown.context["offer"].chosen(desk.slot("9.20")).start == desk.at("9.20")


def test_nothing_but_a_place_is_carried_on_to_the_booking(desk):
    make.PatientFactory(department=desk.department, family_name="Ferrée")
    plek = f"slot={desk.slot('9.20')}&next=https://elsewhere.example/&dag=2026-11-30"
    found = desk.client.post(reverse("book-found"), {"zoek": "ferree", "plek": plek})
    assert "elsewhere" not in found.content.decode()
    assert f"slot={desk.slot('9.20')}&amp;dag=2026-11-30" in found.content.decode()


@pytest.mark.parametrize("slot", ["", "x", "1.2.3", "99999999999.1", "29312345.0"])
def test_place_that_is_none_is_left_out(desk, slot):
    answer = desk.client.get(reverse("book-find"), {"slot": slot})
    assert (answer.status_code, answer.context["place"]) == (200, None)


def test_place_chosen_to_move_to_stands_chosen_with_its_letter(desk):
    held = book(desk, "9.00")
    place = first_place(desk, verzetten=str(held.public_id))
    answer = desk.client.get(place.url)
    assert answer.context["chosen_slot"] == desk.slot("9.40")
    assert answer.context["new_start"] == desk.at("9.40")


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25"])
def test_clock_change_at_night_moves_nothing_in_the_morning(desk, client_of, day):
    """The night of a missing or a doubled hour: nine o'clock stands at nine."""
    with time_machine.travel(make.amsterdam("2026-10-20", "9.00"), tick=False):
        make.session_with(desk.clinician, day, "9.00", "10.00", department=desk.department)
        make.absence(desk.clinician, make.amsterdam(day, "0.00"), make.amsterdam(day, "9.40"), kind="leave")
        (lane,) = lanes(client_of(desk.planner).get(reverse("agenda", query={"datum": day})))
    assert [tile.row for tile in tiles(lane, "block")] == [1]
    assert [(tile.row, tile.rows) for tile in tiles(lane, "away")] == [(1, 8)]
    assert [tile.row for tile in tiles(lane, "place")] == [9]


def test_clinic_until_midnight_ends_at_the_end_of_its_column(desk):
    desk.clinic.blocks.update(
        starts=desk.clinic.blocks.get().ends, ends=int(desk.at("0.00").timestamp()) // 60 + 1440
    )
    picture = desk.client.get(url(desk)).context["picture"]
    (block,) = tiles(picture.lanes[0], "block")
    assert (picture.hours[0].label, picture.hours[-1].label) == ("12.00", "23.00")
    assert (block.row, block.rows) == (1, 12 * 12)


def test_order_and_who_is_needed_go_through_the_agenda_and_back(desk):
    patient = make.PatientFactory(department=desk.department)
    nuray = make.need(make.InterpreterFactory(department=desk.department))
    order = make.FollowUpOrderFactory(
        department=desk.department,
        patient=patient,
        type=desk.type,
        earliest=desk.clinic.date,
        latest=desk.clinic.date,
    )
    asked = {"opdracht": order.pk, "duur": "20", "nodig": f"{int(nuray.resource)}.{nuray.resource_id}"}
    book = reverse("book", args=[patient.public_id])
    agenda = desk.client.get(desk.client.get(book, asked).context["agenda_url"])
    place = tiles(lanes(agenda)[0], "place")[1]
    assert str(order.pk) in agenda.context["shown"].aim.back
    page = desk.client.get(place.url)
    context = page.context
    assert (context["open_order"], context["window"]["duur"].value()) == (order, "20")
    sent = dict(context["window"].pairs) | {"type": desk.type.pk, "opdracht": order.pk, "decided_by": "together"}
    desk.client.post(book, sent | {"slot": context["chosen_slot"]})
    order.refresh_from_db()
    assert order.appointment.start == place.start
    assert needs_of(order.appointment) == {nuray}

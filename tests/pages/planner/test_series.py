"""Een reeks: proposed in one list, changed where the clerk wants, booked all or none."""

from datetime import timedelta

import pytest
from django.urls import reverse

from people.models import AccessLog
from scheduling.models import Appointment, AppointmentChange
from tests import factories as make

WEEKS = 3


@pytest.fixture
def patient(desk):
    for week in range(1, WEEKS):
        make.session_with(desk.clinician, desk.clinic.date + timedelta(weeks=week), "9.00", "12.00")
    return make.PatientFactory(department=desk.department, particle="", family_name="Zandbergen")


def address(patient):
    return reverse("book-series", args=[patient.public_id])


def asked(desk, **more):
    return {"type": desk.type.pk, "aantal": WEEKS, "weken": 1, "van": desk.clinic.date, "speling": "0", **more}


def rows(desk, patient, **more):
    return desk.client.get(address(patient), asked(desk, **more)).context["rows"]


def post(desk, patient, shown, **more):
    sent = asked(desk, decided_by="together") | {row.name: row.value for row in shown} | more
    return desk.client.post(address(patient), sent)


def test_places_are_proposed_and_booked_in_one_go(desk, patient):
    shown = rows(desk, patient)
    assert [row.wanted for row in shown] == [desk.clinic.date + timedelta(weeks=week) for week in range(WEEKS)]
    answer = post(desk, patient, shown)
    held = list(Appointment.objects.filter(patient=patient).order_by("start"))
    assert [each.start for each in held] == [row.options[0].start for row in shown]
    batch = AppointmentChange.objects.values_list("batch", flat=True).distinct().get()
    assert answer["Location"] == reverse("together", args=[batch])
    assert AccessLog.objects.filter(action="book.series", patient=patient).exists()


def test_series_is_undone_from_the_page_after_it_and_nobody_hears_of_it(desk, patient):
    done = post(desk, patient, rows(desk, patient))["Location"]
    page = desk.client.get(done)
    assert (page.context["may_undo"], page.context["letters"] > 0) == (WEEKS, True)
    assert desk.client.post(done + "ongedaan/")["Location"] == done
    after = desk.client.get(done)
    assert (after.context["all_undone"], after.context["letters"]) == (True, 0)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}


def test_one_is_changed_and_one_left_out(desk, patient):
    shown = rows(desk, patient)
    other = shown[1].options[1]
    post(desk, patient, shown, **{shown[1].name: other.value, shown[2].name: "-"})
    held = Appointment.objects.filter(patient=patient).order_by("start")
    assert [each.start for each in held] == [shown[0].options[0].start, other.start]


def test_place_taken_meanwhile_is_named_and_the_rest_kept(desk, patient):
    shown = rows(desk, patient)
    kept = shown[0].options[2].value
    make.appointment(clinician=desk.clinician, type=desk.type, start=shown[1].options[0].start)
    answer = post(desk, patient, shown, **{shown[0].name: kept})
    assert answer.status_code == 409
    assert "2" in answer.context["problems"][0]
    again = answer.context["rows"]
    assert again[1].problems
    assert (again[0].value, again[1].value != shown[1].value) == (kept, True)
    assert not Appointment.objects.filter(patient=patient).exists()
    assert post(desk, patient, again).status_code == 302


def test_booking_of_a_colleague_meanwhile_is_said_before_anything_is_booked(desk, patient):
    page = desk.client.get(address(patient), asked(desk)).context
    later = desk.clinic.date + timedelta(weeks=WEEKS)
    make.session_with(desk.clinician, later, "9.00", "12.00")
    theirs = make.appointment(
        patient=patient, clinician=desk.clinician, type=desk.type, start=make.amsterdam(later, "9.00")
    )
    answer = post(desk, patient, page["rows"], gezien=page["seen"])
    assert (answer.status_code, list(Appointment.objects.filter(patient=patient))) == (409, [theirs])
    assert [row.value for row in answer.context["rows"]] == [row.value for row in page["rows"]]
    assert post(desk, patient, page["rows"], gezien=answer.context["seen"]).status_code == 302


def test_asked_without_a_type_says_so(desk, patient):
    asks = desk.client.get(address(patient), asked(desk, type="")).context["asked"]
    assert (asks.is_asked, list(asks.errors)) == (True, ["type"])


def test_missing_place_says_why(desk, patient):
    shown = rows(desk, patient, aantal=WEEKS + 1)
    assert (shown[-1].missing != "", shown[-1].value, shown[-1].options) == (True, "-", ())


def test_sent_twice_is_booked_once(desk, patient):
    shown = rows(desk, patient)
    assert len({post(desk, patient, shown)["Location"] for _ in range(2)}) == 1
    assert Appointment.objects.filter(patient=patient).count() == WEEKS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aantal", "1"),
        ("aantal", "25"),
        ("aantal", "veel"),
        ("weken", "0"),
        ("weken", "27"),
        ("van", "gisteren"),
        ("van", "2020-01-01"),
        ("speling", "4"),
        ("type", "999999"),
        ("zorgverlener", "999999"),
    ],
)
def test_nonsense_is_said_beside_the_field_and_kept(desk, patient, name, value):
    for answer in (
        desk.client.get(address(patient), asked(desk, **{name: value})),
        post(desk, patient, [], **{name: value}),
    ):
        assert answer.context["asked"].errors[name]
        assert str(answer.context["asked"][name].value()) == value
        assert answer.context["rows"] == []
    assert not Appointment.objects.exists()


def test_fewer_than_two_places_are_no_series(desk, patient):
    shown = rows(desk, patient)
    answer = post(desk, patient, shown, **{row.name: "-" for row in shown[1:]})
    assert (answer.status_code, len(answer.context["problems"])) == (422, 1)
    assert [row.value for row in answer.context["rows"][1:]] == ["-", "-"]


@pytest.mark.parametrize("value", ["", "x", "1.1", "99999999999.1"])
def test_place_that_makes_no_sense_is_none(desk, patient, value):
    answer = post(desk, patient, [], **{f"plek-{n}": value for n in range(1, WEEKS + 1)})
    assert answer.status_code in (409, 422)
    assert not Appointment.objects.exists()


def test_asks_as_many_queries_for_two_as_for_three(desk, patient, count_queries):
    def queries(count):
        with count_queries() as found:
            rows(desk, patient, aantal=count)
        return found

    queries(2)
    two = queries(2)
    assert queries(3).count == two.count, str(two)

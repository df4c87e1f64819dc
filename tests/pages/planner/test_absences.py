"""Ziek/verlof: someone is reported ill, and every patient gets another place or another end."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import CallTask
from pages.planner.absence_form import ChangeForm, as_it_is
from people.models import AccessLog
from scheduling.actions.absences import enter_absence
from scheduling.models import Absence, Appointment, AppointmentChange, AppointmentStatus, Misfit
from scheduling.models.minutes import from_minute
from tests import factories as make

CLOCKS = ("9.00", "9.20", "9.40")


@pytest.fixture
def wit(desk):
    """A colleague with room for two on the same day."""
    colleague = make.ClinicianFactory(departments=[desk.department], name="dr. Wit")
    make.session_with(colleague, desk.clinic.date, "9.00", "9.40", department=desk.department)
    return colleague


@pytest.fixture
def booked(desk):
    """Three in the clinic of tomorrow; the last has neither mail nor a mobile number."""
    held = [make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at(clock)) for clock in CLOCKS]
    patient = held[-1].patient
    patient.email, patient.mobile = "", ""
    patient.save(update_fields=["email", "mobile"])
    return held


@pytest.fixture
def ill(desk, booked):
    day = desk.clinic.date
    return enter_absence(
        clinician=desk.clinician,
        starts=make.amsterdam(day, "0.00"),
        ends=make.amsterdam(day + timedelta(days=1), "0.00"),
        kind=Absence.Kind.ILL,
        by=desk.planner.actor,
        now=timezone.now(),
    )


def address(absence, name="absence"):
    return reverse(name, args=[absence.public_id])


def entered(desk, **fields):
    day = str(desk.clinic.date)
    sent = {"clinician": desk.clinician.pk, "kind": "ill", "period": "other", "first": day, "last": day, **fields}
    return desk.client.post(reverse("absences"), sent)


def shown(desk, absence):
    return desk.client.get(address(absence)).context["rows"]


def chosen(rows, **more):
    sent = {"row": [row.task.pk for row in rows], "act": "accept"}
    for row in rows:
        sent[f"version-{row.task.pk}"] = row.task.appointment.schedule_version
        sent[f"place-{row.task.pk}"] = row.value
    return sent | more


def test_who_is_reported_ill_is_followed_by_who_was_booked(desk, booked):
    answer = entered(desk)
    absence = Absence.objects.get()
    assert answer["Location"] == address(absence)
    assert {task.appointment for task in absence.misfits.all()} == set(booked)
    assert (absence.kind, absence.entered_by) == ("ill", desk.planner.actor)
    first = make.amsterdam(desk.clinic.date, "0.00")
    assert (from_minute(absence.starts), from_minute(absence.ends)) == (first, first + timedelta(days=1))


def test_a_part_of_the_day_touches_only_that(desk, booked):
    entered(desk, first_at="9.20", last_at="9.40")
    assert [task.appointment for task in Misfit.objects.all()] == [booked[1]]


@pytest.mark.parametrize(
    ("period", "days"), [("today", lambda d: (d, d)), ("this_week", lambda d: (d, d + timedelta(6 - d.weekday())))]
)
def test_a_period_is_one_choice(desk, period, days):
    entered(desk, period=period, first="", last="")
    absence = Absence.objects.get()
    first, last = days(timezone.localdate())
    assert from_minute(absence.starts) == make.amsterdam(first, "0.00")
    assert from_minute(absence.ends) == make.amsterdam(last + timedelta(days=1), "0.00")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"first": "", "last": ""}, "first"),
        ({"first": "x"}, "first"),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "first"),
        ({"first": "2020-01-01", "last": "2020-01-02"}, "first"),
        ({"last_at": "25.00"}, "last_at"),
        ({"first_at": "11.00", "last_at": "10.00"}, "last"),
        ({"clinician": "999999"}, "clinician"),
        ({"kind": "tired"}, "kind"),
    ],
)
def test_what_is_no_absence_is_refused_and_what_was_typed_is_kept(desk, fields, wrong):
    answer = entered(desk, **fields)
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert not Absence.objects.exists()
    assert answer.context["form"]["period"].value() == "other"


def test_a_clinician_of_another_department_cannot_be_chosen(desk):
    stranger = make.ClinicianFactory(departments=[make.department("neurologie")])
    assert entered(desk, clinician=stranger.pk).status_code == 422


WINTER = make.amsterdam("2027-01-04", "9.00")


def period(now=WINTER, **fields):
    form = ChangeForm({"kind": "ill", "period": "other", "revision": 1, **fields}, now=now)
    return form, form.is_valid()


def test_hour_that_spring_skips_does_not_exist():
    form, valid = period(first="2027-03-28", first_at="2.30", last="2027-03-28")
    assert not valid
    assert "first_at" in form.errors


def test_hour_that_autumn_doubles_is_asked():
    sent = {"first": "2027-10-31", "first_at": "2.30", "last": "2027-10-31"}
    form, valid = period(**sent)
    assert not valid
    assert form.asks_first
    assert not form.asks_last
    moments = []
    for which in "01":
        form, valid = period(**sent, first_which=which)
        assert valid
        moments.append(form.starts)
    assert moments[1] - moments[0] == timedelta(hours=1)


def test_longer_than_a_year_is_refused():
    form, valid = period(first="2027-01-04", last="2028-02-01")
    assert not valid
    assert "last" in form.errors


def test_form_of_an_absence_gives_the_same_absence_again(desk):
    for first, last in (("0.00", "0.00"), ("9.10", "12.40")):
        day = desk.clinic.date
        until = day + timedelta(days=1) if last == "0.00" else day
        absence = make.absence(desk.clinician, make.amsterdam(day, first), make.amsterdam(until, last))
        form = ChangeForm({k: "" if v is None else v for k, v in as_it_is(absence).items()}, now=timezone.now())
        assert form.is_valid(), form.errors
        assert (form.starts, form.ends) == (from_minute(absence.starts), from_minute(absence.ends))


def test_each_patient_has_a_place_chosen_that_nobody_else_has(desk, wit, ill):
    make.session_with(wit, desk.clinic.date, "13.00", "14.00", department=desk.department)
    rows = shown(desk, ill)
    assert len(rows) == len(CLOCKS)
    assert all(row.value and row.checked for row in rows)
    assert len({row.value for row in rows}) == len(CLOCKS)
    assert AccessLog.objects.filter(action="view.absence").count() == len(CLOCKS)


def test_whom_no_message_reaches_is_marked(desk, wit, ill, booked):
    answer = desk.client.get(address(ill))
    assert [row.letters for row in answer.context["rows"]] == [1, 1, 0]
    assert answer.context["letters"]["to_phone"] == 1
    assert answer.context["letters"]["without_place"] == 1


def test_all_places_are_taken_in_one_go_and_the_rest_is_cancelled_and_phoned(desk, wit, ill, booked):
    moved = desk.client.post(address(ill, "absence-replan"), chosen(shown(desk, ill)))
    assert moved["Location"] == address(ill)
    (left,) = shown(desk, ill)
    assert left.options == ()
    asked = desk.client.post(address(ill, "absence-replan"), chosen([left], act="cancel"))
    assert asked.context["confirm"] == {"act": "cancel", "letters": left.letters, "count": 1, "to_phone": 1}
    assert f'<a class="btn" href="{address(ill)}">' in asked.content.decode()
    assert Misfit.objects.filter(ended_at=None).count() == 1
    desk.client.post(address(ill, "absence-replan"), chosen([left], act="cancel", confirmed="1"))
    ends = sorted(Misfit.objects.values_list("end", flat=True))
    assert ends == ["cancelled", "moved", "moved"]
    cancelled = Appointment.objects.get(status=AppointmentStatus.CANCELLED)
    assert CallTask.objects.filter(appointment=cancelled, done_at=None).count() == 1
    assert {each.clinician for each in Appointment.objects.exclude(pk=cancelled.pk)} == {wit}
    assert desk.client.get(address(ill)).context["count"]["open"] == 0


def test_who_must_be_phoned_is_named_before_and_after(desk, wit, ill, booked):
    unreached = booked[-1].patient
    page = desk.client.get(address(ill))
    assert [row.task.appointment.patient for row in page.context["letters"]["unreached"]] == [unreached]
    assert page.context["to_phone"] == []
    sent = chosen(page.context["rows"], act="cancel")
    assert desk.client.post(address(ill, "absence-replan"), sent).context["confirm"]["to_phone"] == 1
    desk.client.post(address(ill, "absence-replan"), sent | {"act": "accept", "confirmed": "1"})
    desk.client.post(address(ill, "absence-replan"), chosen(shown(desk, ill), act="cancel", confirmed="1"))
    assert unreached in desk.client.get(address(ill)).context["to_phone"]


def test_what_was_done_in_one_go_before_the_absence_is_not_undone_here(desk, booked):
    AppointmentChange.objects.filter(appointment=booked[0]).update(batch=uuid.uuid4())
    entered(desk)
    assert desk.client.get(address(Absence.objects.get())).context["batches"] == []


def test_one_place_is_taken_by_the_button_beside_the_patient(desk, wit, ill):
    rows = shown(desk, ill)
    desk.client.post(address(ill, "absence-replan"), chosen(rows, only=str(rows[0].task.pk)))
    assert [task.end for task in Misfit.objects.order_by("pk")] == ["moved", "", ""]


def test_a_place_taken_meanwhile_is_said_and_the_others_are_moved(desk, wit, ill):
    rows = shown(desk, ill)
    start = from_minute(int(rows[0].value.split(".")[0]))
    make.appointment(clinician=wit, type=desk.type, start=start)
    answer = desk.client.post(address(ill, "absence-replan"), chosen(rows))
    assert answer.status_code == 409
    problems = [row.problems for row in answer.context["rows"] if row.task.pk == rows[0].task.pk]
    assert problems != [()]
    assert Misfit.objects.filter(end="moved").count() == 1


def test_an_appointment_that_a_colleague_moved_is_not_moved_again(desk, wit, ill, booked):
    sent = chosen(shown(desk, ill)[:1])
    day = desk.clinic.date + timedelta(days=1)
    make.session_with(wit, day, "13.00", "14.00", department=desk.department)
    elsewhere = make.amsterdam(day, "13.00")
    make.move_appointment(appointment=booked[0], start=elsewhere, clinician=wit, by="user:9", now=timezone.now())
    assert desk.client.post(address(ill, "absence-replan"), sent).status_code == 422
    assert Appointment.objects.get(pk=booked[0].pk).start == elsewhere


@pytest.mark.parametrize("place", ["", "x", "1.2", "1.2.3", "99999999999.1.1", "٣.١.١"])
def test_nonsense_for_a_place_moves_nobody(desk, wit, ill, place):
    rows = shown(desk, ill)[:1]
    sent = chosen(rows, **{f"place-{rows[0].task.pk}": place})
    assert desk.client.post(address(ill, "absence-replan"), sent).status_code == 422
    assert not Misfit.objects.exclude(end="").exists()


def test_many_letters_are_confirmed_with_their_number(desk, wit):
    make.session_with(wit, desk.clinic.date, "13.00", "17.00", department=desk.department)
    for n in range(10):
        clock = f"{9 + n // 4}.{n % 4 * 15:02d}"
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at(clock), minutes=15)
    entered(desk)
    absence = Absence.objects.get()
    answer = desk.client.post(address(absence, "absence-replan"), chosen(shown(desk, absence)))
    assert answer.context["confirm"] == {"act": "accept", "letters": 10, "count": 10, "to_phone": 0}
    assert Misfit.objects.filter(ended_at=None).count() == 10
    desk.client.post(address(absence, "absence-replan"), chosen(shown(desk, absence), confirmed="1"))
    assert not Misfit.objects.filter(ended_at=None).exists()


def test_lifting_ends_what_was_left(desk, ill):
    answer = desk.client.post(address(ill, "absence-lift"), {"revision": 1})
    assert answer["Location"] == reverse("absences")
    assert {task.end for task in Misfit.objects.all()} == {"fits_again"}
    again = desk.client.post(address(ill, "absence-lift"), {"revision": 2})
    assert again.status_code == 409


def test_changed_in_another_tab_is_said(desk, ill):
    day = desk.clinic.date
    whole = {"kind": "leave", "period": "other", "first": str(day), "last": str(day), "revision": 1}
    shorter = {"first_at": "9.40", "last_at": "12.00"}
    changed = desk.client.post(address(ill, "absence-change"), {**whole, **shorter})
    assert changed["Location"] == address(ill)
    assert Misfit.objects.filter(ended_at=None).count() == 1
    answer = desk.client.post(address(ill, "absence-change"), whole)
    assert answer.status_code == 409
    assert desk.client.post(address(ill, "absence-lift"), {"revision": 1}).status_code == 409


def test_another_department_sees_a_number_and_no_names(desk, ill, client_of):
    neurology = make.department("neurologie")
    desk.clinician.departments.add(neurology)
    elsewhere = client_of(make.member("planner", neurology))
    answer = elsewhere.get(address(ill))
    assert answer.context["rows"] == []
    assert answer.context["count"]["elsewhere"] == len(CLOCKS)
    assert not any(str(task.appointment.public_id) in answer.content.decode() for task in ill.misfits.all())


def test_lead_sees_how_far_it_is_and_no_patients(desk, ill, client_of):
    answer = client_of(make.member("lead", desk.department)).get(address(ill))
    assert (answer.context["rows"], answer.context["count"]["open"]) == ([], len(CLOCKS))


def test_menu_counts_who_waits_and_list_says_how_many(desk, ill):
    answer = desk.client.get(reverse("absences"))
    assert next(item.count for item in answer.context["navigation"] if item.current) == len(CLOCKS)
    (only,) = answer.context["absences"]
    assert (only.row.total, only.row.to_do, only.row.elsewhere) == (len(CLOCKS), len(CLOCKS), 0)


def test_left_as_it_is_leads_back_to_the_absence(desk, ill):
    task = ill.misfits.first()
    answer = desk.client.post(reverse("misfit-leave", args=[task.pk]), {"reason": "Wit neemt waar"})
    assert answer["Location"] == address(ill)


def test_page_reads_the_same_number_of_times_for_one_patient_and_for_three(desk, wit, ill, count_queries):
    desk.client.get(address(ill))
    counts = []
    for _time in range(2):
        with count_queries() as counted:
            desk.client.get(address(ill))
        counts.append(len(counted))
        Misfit.objects.exclude(pk=ill.misfits.first().pk).delete()
    assert counts[0] == counts[1]


def test_what_was_accepted_in_one_go_is_undone_in_one_go(desk, ill, wit):
    desk.client.post(address(ill, "absence-replan"), chosen([row for row in shown(desk, ill) if row.chosen]))
    page = desk.client.get(address(ill))
    [batch] = page.context["batches"]
    assert batch.count == 2
    answer = desk.client.post(reverse("together-undo", args=[batch.id]))
    assert answer["Location"] == reverse("together", args=[batch.id])
    after = desk.client.get(address(ill))
    assert (after.context["batches"], after.context["count"]["open"]) == ([], 3)


def test_what_was_done_in_one_go_asks_as_many_queries_for_two_as_for_one(desk, ill, wit, count_queries):
    rows = [row for row in shown(desk, ill) if row.chosen]
    desk.client.post(address(ill, "absence-replan"), chosen(rows))
    [batch] = desk.client.get(address(ill)).context["batches"]
    together = reverse("together", args=[batch.id])
    desk.client.get(together)
    with count_queries() as two:
        desk.client.get(together)
    assert two.count < 30, str(two)

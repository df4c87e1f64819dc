"""Follow-ups: ordered from a patient or an appointment, changed, dropped, and planned from the list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog
from praktijkplan.windows import Period, Unit, window_around
from scheduling.actions.orders import Wanted, change_order
from scheduling.actions.preferences import state_preference
from scheduling.models import Appointment, AppointmentChange, FollowUpOrder, SuitabilityCheck
from scheduling.models.minutes import from_minute
from tests import factories as make

pytestmark = pytest.mark.django_db
SAID = {"number": "3", "unit": "months", "margin": "2", "margin_unit": "weeks", "clinician": "", "minutes": ""}


@pytest.fixture
def patient(desk):
    return make.PatientFactory(department=desk.department)


def order(desk, **more):
    window = {"earliest": desk.clinic.date - timedelta(days=3), "latest": desk.clinic.date + timedelta(days=9)}
    return make.FollowUpOrderFactory(**{"department": desk.department, "type": desk.type, **window, **more})


def said(desk, **more):
    return {**SAID, "type": desk.type.pk, "note": "", **more}


class TestMaking:
    def url(self, patient):
        return reverse("patient-order", args=[patient.public_id])

    def test_over_three_months_two_weeks_earlier_or_later(self, desk, patient):
        answer = desk.client.post(self.url(patient), said(desk, note="Dochter is erbij", minutes="30"))
        assert answer["Location"] == reverse("patient", args=[patient.public_id])
        made = FollowUpOrder.objects.get()
        window = window_around(timezone.localdate(), Period(3, Unit.MONTHS), Period(2, Unit.WEEKS))
        assert (made.earliest, made.latest) == window
        assert (made.patient, made.type, made.clinician, made.minutes, made.note, made.ordered_by) == (
            patient,
            desk.type,
            None,
            30,
            "Dochter is erbij",
            desk.planner.actor,
        )

    def test_after_an_appointment_it_is_counted_from_that_day_with_the_same_clinician(self, desk):
        booked = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.00"))
        url = reverse("appointment-order", args=[booked.public_id])
        assert desk.client.get(url).context["form"].initial["clinician"] == desk.clinician.pk
        answer = desk.client.post(url, said(desk, number="6", unit="weeks", clinician=desk.clinician.pk))
        assert answer["Location"] == reverse("appointment", args=[booked.public_id])
        made = FollowUpOrder.objects.get()
        assert made.latest == desk.clinic.date + timedelta(weeks=8)
        assert (made.patient, made.clinician) == (booked.patient, desk.clinician)

    def test_form_begins_with_the_form_that_was_agreed(self, desk, patient):
        make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=30)
        assert desk.client.get(self.url(patient)).context["form"].initial["type"] == desk.type
        make.policy(desk.department, default_modality={"follow_up": "phone"})
        assert desk.client.get(self.url(patient)).context["form"].initial["type"].modality == "phone"

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"number": ""}, "number"),
            ({"number": "0"}, "number"),
            ({"number": "-3"}, "number"),
            ({"number": "99999999999"}, "number"),
            ({"number": "60"}, "number"),
            ({"unit": "years"}, "unit"),
            ({"margin": "x"}, "margin"),
            ({"margin_unit": "months"}, "margin_unit"),
            ({"minutes": "7"}, "minutes"),
            ({"minutes": "500"}, "minutes"),
            ({"clinician": "999999"}, "clinician"),
            ({"type": ""}, "type"),
            ({"note": "x" * 201}, "note"),
        ],
    )
    def test_what_is_no_order_is_refused_and_what_was_typed_is_kept(self, desk, patient, fields, wrong):
        answer = desk.client.post(self.url(patient), said(desk, **{"note": "Blijft staan", **fields}))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [wrong]
        assert answer.context["form"]["note"].value() == fields.get("note", "Blijft staan")
        assert not FollowUpOrder.objects.exists()

    def test_type_of_another_department_cannot_be_ordered(self, desk, patient):
        stranger = make.AppointmentTypeFactory(department=make.department("neurologie"))
        assert desk.client.post(self.url(patient), said(desk, type=stranger.pk)).status_code == 422


class TestChanging:
    def sent(self, desk, held, **more):
        return {
            "type": desk.type.pk,
            "clinician": "",
            "minutes": "",
            "note": "",
            "earliest_day": held.earliest,
            "latest_day": held.latest,
            "revision": held.revision,
            **more,
        }

    def url(self, held, name="patient-order-change"):
        return reverse(name, args=[held.pk])

    def test_changed_and_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(self, desk):
        held = order(desk)
        sent = self.sent(desk, held, note="Liefst vroeg", clinician=desk.clinician.pk)
        assert desk.client.post(self.url(held), sent).status_code == 302
        again = desk.client.post(self.url(held), {**sent, "note": "Liefst laat"})
        assert again.status_code == 409
        assert again.context["form"]["note"].value() == "Liefst laat"
        held.refresh_from_db()
        assert (held.note, held.clinician, held.revision) == ("Liefst vroeg", desk.clinician, 2)
        seen = {**sent, "note": "Liefst laat", "revision": again.context["form"]["revision"].value()}
        assert desk.client.post(self.url(held), seen).status_code == 302

    @pytest.mark.parametrize("latest", ["", "2020-01-01", "9999-12-31", "x"])
    def test_window_that_cannot_be_is_refused(self, desk, latest):
        held = order(desk, earliest="2019-01-01")
        answer = desk.client.post(self.url(held), self.sent(desk, held, latest_day=latest))
        assert answer.status_code == 422
        assert "latest_day" in answer.context["form"].errors

    def test_dropped_with_a_reason(self, desk):
        held = order(desk)
        url = self.url(held, "patient-order-drop")
        assert desk.client.post(url, {"reason": " ", "revision": 1}).status_code == 422
        assert desk.client.post(url, {"reason": "Verhuisd", "revision": 1}).status_code == 302
        held.refresh_from_db()
        assert held.drop_reason == "Verhuisd"
        assert desk.client.post(url, {"reason": "Verhuisd", "revision": 2}).status_code == 409
        assert "Verhuisd" in desk.client.get(self.url(held)).content.decode()

    def test_planned_one_leads_to_its_appointment(self, desk):
        booked = make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.00"))
        held = order(desk, patient=booked.patient, appointment=booked)
        answer = desk.client.get(self.url(held))
        assert str(booked.public_id) in answer.content.decode()
        assert answer.context["form"] is None
        assert desk.client.post(self.url(held), self.sent(desk, held)).context["form"] is None


class TestList:
    def shown(self, desk, **query):
        return desk.client.get(reverse("to-plan"), query).context

    def test_most_pressing_first_each_with_a_place_that_nobody_else_has(self, desk):
        today = timezone.localdate()
        later = order(desk, latest=today + timedelta(days=40))
        late = order(desk, earliest=today - timedelta(days=30), latest=today - timedelta(days=2))
        rows = self.shown(desk)["rows"]
        assert [row.order for row in rows] == [late, later]
        assert len({row.value for row in rows}) == 2
        assert AccessLog.objects.filter(action="view.orders").count() == 2

    def test_says_what_the_patient_would_rather(self, desk):
        held = order(desk)
        state_preference(patient=held.patient, preference="phone", by="user:1", now=timezone.now())
        (row,) = self.shown(desk)["rows"]
        assert row.wish == "phone"

    def test_who_no_message_reaches_must_be_phoned(self, desk):
        silent = make.PatientFactory(department=desk.department, unreachable=True)
        child, _mother = make.child_with_parent(desk.clinic.date, department=desk.department)
        alone = make.PatientFactory(department=desk.department, birth_date=child.birth_date)
        for who in (silent, child, alone):
            order(desk, patient=who)
        assert [row.letters for row in self.shown(desk)["rows"]] == [0, 1, 0]
        assert desk.client.get(reverse("to-plan")).content.decode().count("moet gebeld worden") == 2

    def test_filters_and_counts(self, desk):
        today = timezone.localdate()
        phone = make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)
        late = order(desk, earliest=today - timedelta(days=30), latest=today - timedelta(days=2))
        own = order(desk, clinician=desk.clinician, latest=today + timedelta(days=5), earliest=today)
        call = order(desk, type=phone, latest=today + timedelta(days=50), earliest=today + timedelta(days=40))
        kept = lambda **query: [row.order for row in self.shown(desk, **query)["rows"]]  # noqa: E731
        assert kept(hoe="overdue") == [late]
        assert kept(hoe="later") == [call]
        assert kept(zorgverlener=desk.clinician.pk) == [own]
        assert kept(type=phone.pk) == [call]
        assert kept(tot=(today + timedelta(days=5)).isoformat()) == [late, own]
        assert [each["count"] for each in self.shown(desk)["counts"]] == [3, 1, 1, 0, 1]
        assert [each["count"] for each in self.shown(desk, type=phone.pk)["counts"]] == [1, 0, 0, 0, 1]

    @pytest.mark.parametrize(
        "query", [{"hoe": "x"}, {"type": "x"}, {"tot": "x"}, {"zorgverlener": "9"}, {"page": "x"}]
    )
    def test_what_cannot_be_understood_is_not_filtered_by(self, desk, query):
        order(desk)
        assert len(self.shown(desk, **query)["rows"]) == 1

    def test_another_departments_orders_are_not_shown(self, desk):
        make.FollowUpOrderFactory(department=make.department("neurologie"))
        assert self.shown(desk)["rows"] == []

    def test_who_books_elsewhere_goes_on_with_the_order(self, desk):
        held = order(desk)
        (row,) = self.shown(desk)["rows"]
        assert f"opdracht={held.pk}&type={desk.type.pk}" in row.book_url
        assert desk.client.get(row.book_url).context["asked_type"] == desk.type

    def test_beyond_what_can_be_booked_is_said(self, desk):
        order(desk, earliest=timezone.localdate() + timedelta(weeks=40), latest="2099-01-01")
        (row,) = self.shown(desk)["rows"]
        assert (row.too_early, row.options) == (True, ())

    def test_menu_counts_what_presses(self, desk):
        order(desk)
        order(desk, latest=timezone.localdate() + timedelta(days=60))
        tabs = desk.client.get(reverse("to-plan")).context["worklists"]
        assert [(tab.count, tab.current) for tab in tabs if tab.url == reverse("to-plan")] == [(1, True)]

    def test_page_reads_as_often_for_one_as_for_five(self, desk, count_queries):
        counts = []
        for many in (1, 4):
            for n in range(many):
                order(desk, latest=timezone.localdate() + timedelta(days=9 + n))
            desk.client.get(reverse("to-plan"))
            with count_queries() as queries:
                desk.client.get(reverse("to-plan"))
            counts.append(queries.count)
        assert counts[0] == counts[1]


def chosen(rows, **more):
    sent = {"row": [row.order.pk for row in rows]}
    for row in rows:
        sent[f"revision-{row.order.pk}"] = row.order.revision
        sent[f"place-{row.order.pk}"] = row.value
    return sent | more


class TestPlanning:
    def rows(self, desk):
        return desk.client.get(reverse("to-plan")).context["rows"]

    def accept(self, desk, sent, query=""):
        return desk.client.post(reverse("to-plan-accept") + query, sent)

    def test_all_who_are_ticked_are_booked_in_one_go(self, desk):
        held = [order(desk) for _ in range(3)]
        answer = self.accept(desk, chosen(self.rows(desk)[:2]), "?hoe=due")
        (batch,) = set(AppointmentChange.objects.values_list("batch", flat=True))
        assert answer["Location"] == f"{reverse('to-plan')}?hoe=due&gedaan={batch}"
        assert [row.order for row in self.rows(desk)] == [held[2]]
        assert AccessLog.objects.filter(action="plan.orders").count() == 2

    def test_what_was_booked_in_one_go_is_undone_in_one_go_and_must_be_planned_again(self, desk):
        held = [order(desk) for _ in range(3)]
        done = self.accept(desk, chosen(self.rows(desk)))["Location"]
        together = reverse("together", args=[desk.client.get(done).context["batch"]])
        assert together in desk.client.get(done).content.decode()
        page = desk.client.get(together)
        sent = {"row": [row.change.pk for row in page.context["rows"]]}
        desk.client.post(reverse("together-undo", args=[page.context["batch"]]), sent)
        assert {row.order for row in self.rows(desk)} == set(held)

    def test_one_by_the_button_beside_the_patient(self, desk):
        held = [order(desk) for _ in range(2)]
        self.accept(desk, chosen(self.rows(desk), only=str(held[1].pk)))
        assert [row.order for row in self.rows(desk)] == [held[0]]

    def test_place_taken_meanwhile_is_said_and_the_others_are_booked(self, desk):
        rows = [order(desk), order(desk)] and self.rows(desk)
        start = from_minute(int(rows[0].value.split(".")[0]))
        make.appointment(clinician=desk.clinician, type=desk.type, start=start)
        answer = self.accept(desk, chosen(rows))
        assert answer.status_code == 409
        (left,) = answer.context["rows"]
        assert left.order == rows[0].order
        assert left.problems
        assert left.options

    def test_changed_or_dropped_meanwhile_is_said_and_nothing_is_booked(self, desk):
        changed, dropped = order(desk), order(desk)
        rows = self.rows(desk)
        wanted = Wanted(type=desk.type, earliest=changed.earliest, latest=changed.latest, note="Toch later")
        change_order(order=changed, wanted=wanted, expected_revision=1, by="user:9", now=timezone.now())
        FollowUpOrder.objects.filter(pk=dropped.pk).update(dropped_at=timezone.now(), drop_reason="Verhuisd")
        answer = self.accept(desk, chosen(rows))
        assert answer.status_code == 409
        assert answer.context["problem"]
        assert [bool(row.problems) for row in answer.context["rows"]] == [True]
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize("place", ["", "x", "1.2", "1.2.3", "99999999999.1.1", "٣.١.١"])
    def test_nonsense_for_a_place_books_nobody(self, desk, place):
        held = order(desk)
        sent = chosen(self.rows(desk), **{f"place-{held.pk}": place})
        assert self.accept(desk, sent).status_code == 422
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize("row", ["x", "-1", "9" * 30, ""])
    def test_nonsense_for_a_row_books_nobody(self, desk, row):
        order(desk)
        assert self.accept(desk, chosen(self.rows(desk)) | {"row": [row]}).status_code in (409, 422)

    def test_only_with_the_clinician_that_was_ordered(self, desk):
        other = make.ClinicianFactory(departments=[desk.department], name="S. Ramdin")
        make.session_with(other, desk.clinic.date, "9.00", "12.00", department=desk.department)
        held = order(desk, clinician=other)
        place = f"{int(desk.at('9.00').timestamp()) // 60}.{desk.clinician.pk}.{desk.type.pk}"
        assert self.accept(desk, chosen(self.rows(desk), **{f"place-{held.pk}": place})).status_code == 422

    def test_order_of_another_department_is_not_planned(self, desk):
        stranger = make.FollowUpOrderFactory(department=make.department("neurologie"))
        sent = {"row": [stranger.pk], f"revision-{stranger.pk}": 1, f"place-{stranger.pk}": desk.slot("9.00")}
        assert self.accept(desk, sent).status_code == 409
        assert not Appointment.objects.exists()

    def test_form_that_known_facts_speak_against_is_not_ticked_and_needs_a_reason(self, desk):  # PP-03
        held, fine = order(desk), order(desk)
        neurologie = make.department("neurologie")
        make.treated_by(held.patient, [neurologie])
        make.appointment(patient=held.patient, department=neurologie, modality="visit", start=desk.at("16.00"))
        warned, other = self.rows(desk)
        assert (warned.order, warned.checked, warned.needs_reason) == (held, False, True)
        assert (other.order, other.checked, other.against) == (fine, True, [])
        assert warned.against[0] in desk.client.get(reverse("to-plan")).content.decode()
        refused = self.accept(desk, chosen([warned, other]))
        assert refused.status_code == 409
        (left,) = refused.context["rows"]
        assert (left.order, left.checked, left.lacks_reason) == (held, True, True)
        assert f'aria-describedby="why-{held.pk}-error"' in refused.content.decode()
        why = f"why-{held.pk}"
        assert self.accept(desk, chosen([left], **{why: " "})).status_code == 409
        done = self.accept(desk, chosen([left], **{why: "Komt voor een ander dagdeel"}))
        assert done.status_code == 302
        kept = SuitabilityCheck.objects.get()
        assert (kept.findings, kept.overruled_reason) == (["on_site_same_day"], "Komt voor een ander dagdeel")

    def test_wish_and_lack_of_an_address_are_looked_at_first_but_need_no_reason(self, desk):
        held = order(desk, patient=make.PatientFactory(department=desk.department, unreachable=True))
        state_preference(patient=held.patient, preference="phone", by="user:1", now=timezone.now())
        (row,) = self.rows(desk)
        assert (row.checked, row.needs_reason, len(row.against), row.wish) == (False, False, 1, "phone")
        assert self.accept(desk, chosen([row])).status_code == 302

    def test_many_are_confirmed_with_their_number(self, desk):
        make.session_with(desk.clinician, desk.clinic.date, "13.00", "17.00", department=desk.department)
        for _ in range(10):
            order(desk)
        rows = self.rows(desk)
        assert self.accept(desk, chosen(rows)).context["confirm"] == 10
        assert not Appointment.objects.exists()
        assert self.accept(desk, chosen(rows, confirmed="1")).status_code == 302
        assert Appointment.objects.count() == 10

    def test_its_own_length_is_booked(self, desk):
        order(desk, minutes=35)
        self.accept(desk, chosen(self.rows(desk)))
        assert Appointment.objects.get().duration_minutes == 35

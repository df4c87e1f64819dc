"""Boeken: the form of contact is decided together, what follows is shown, and two clerks hear of each other."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people import permissions
from people.permissions import Permission
from scheduling.actions.preferences import state_preference
from scheduling.models import Appointment, AppointmentChange, Occupancy, SessionBlock, SuitabilityCheck
from scheduling.models.minutes import to_minute
from scheduling.queries.needs import needs_of
from tests import factories as make


@pytest.fixture
def veen(desk):
    return make.PatientFactory(department=desk.department, initials="W.", particle="van der", family_name="Veen")


@pytest.fixture
def forms(desk):
    """By form of contact, the type of a follow-up."""
    phone = make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)
    visit = make.AppointmentTypeFactory(department=desk.department, modality="visit", duration_minutes=20)
    for block in SessionBlock.objects.all():
        block.types.add(phone, visit)
    return {"video": desk.type, "phone": phone, "visit": visit}


def book_url(patient):
    return reverse("book", args=[patient.public_id])


def form(desk, clock="9.40", **more):
    return {"type": desk.type.pk, "slot": desk.slot(clock), "decided_by": "together", **more}


def shown(desk, patient, **query):
    return desk.client.get(book_url(patient), {"type": desk.type.pk, **query})


def findings(answer):
    return [found.id.value for found in answer.context["deciding"].weighed.assessment.findings]


class TestTwoClerks:
    def test_what_a_colleague_booked_meanwhile_is_shown_and_the_next_press_goes_on(self, desk, veen):
        seen = shown(desk, veen).context["seen"]
        other = make.appointment(
            patient=veen, clinician=desk.clinician, type=desk.type, start=desk.at("11.00"), by="user:99"
        )
        sent = form(desk, gezien=seen, decided_by="patient", dagdeel="morning")
        answer = desk.client.post(book_url(veen), sent)
        assert answer.status_code == 409
        assert list(answer.context["meanwhile"]["made"]) == [other]
        assert reverse("appointment", args=[other.public_id]) in answer.content.decode()
        assert answer.context["form"]["decided_by"].value() == "patient"
        assert answer.context["window"].kept["dagdeel"] == "morning"
        offered = answer.context["offer"]
        assert offered.chosen(answer.context["chosen_slot"]).start == desk.at("9.40")
        assert len(offered.places) == 6
        assert Appointment.objects.count() == 1
        again = desk.client.post(book_url(veen), sent | {"gezien": answer.context["seen"]})
        assert again.status_code == 302
        assert Appointment.objects.filter(patient=veen).count() == 2

    def test_a_refusal_for_another_reason_does_not_pass_over_what_was_not_seen(self, desk, veen):
        seen = shown(desk, veen).context["seen"]
        make.appointment(patient=veen, clinician=desk.clinician, type=desk.type, start=desk.at("11.00"))
        wrong = desk.client.post(book_url(veen), form(desk, gezien=seen, decided_by="nobody"))
        assert (wrong.status_code, wrong.context["seen"]) == (422, seen)
        assert desk.client.post(book_url(veen), form(desk, gezien=seen)).status_code == 409

    def test_a_token_of_another_patient_counts_as_having_seen_nothing(self, desk, veen):
        stranger = make.appointment(department=desk.department, start=desk.at("10.00"))
        make.appointment(patient=veen, clinician=desk.clinician, type=desk.type, start=desk.at("11.00"))
        for token in (str(stranger.public_id), "0", "none", "9" * 40):
            assert desk.client.post(book_url(veen), form(desk, gezien=token)).status_code == 409

    def test_enter_pressed_twice_is_no_colleague(self, desk, veen):
        sent = form(desk, gezien=shown(desk, veen).context["seen"])
        first, second = (desk.client.post(book_url(veen), sent) for _ in range(2))
        assert first["Location"] == second["Location"]


class TestSuitability:
    def test_what_is_known_is_not_asked_and_what_is_asked_may_be_left_open(self, desk, veen):
        answer = shown(desk, veen)
        asked = [field.name for field in answer.context["deciding"].questions]
        assert asked == [
            "emergency",
            "medically_sound",
            "examination_needed",
            "unsafe_at_home",
            "lacks_capacity",
            "skills_and_means",
            "bad_news_asked",
        ]
        assert desk.client.post(book_url(veen), form(desk)).status_code == 302
        assert not SuitabilityCheck.objects.exists()

    def test_a_warned_form_needs_a_reason_which_is_kept_with_who_decided(self, desk, veen, forms):  # PP-03
        sent = form(desk, examination_needed="yes", unsafe_at_home="no", decided_by="clinician")
        refused = desk.client.post(book_url(veen), sent)
        assert refused.status_code == 422
        assert refused.context["deciding"].form.errors["overruled_reason"]
        assert refused.context["deciding"].form["examination_needed"].value() == "yes"
        assert refused.context["form"]["decided_by"].value() == "clinician"
        assert not Appointment.objects.exists()
        assert desk.client.post(book_url(veen), sent | {"overruled_reason": " "}).status_code == 422
        reason = "Onderzoek gebeurt bij de huisarts"
        assert desk.client.post(book_url(veen), sent | {"overruled_reason": reason}).status_code == 302
        kept = SuitabilityCheck.objects.get()
        assert kept.answers == {"examination_needed": "yes", "unsafe_at_home": "no"}
        assert (kept.findings, kept.overruled_reason) == (["examination_needed"], reason)
        assert (kept.decided_by, kept.by) == ("clinician", desk.planner.actor)
        body = desk.client.get(reverse("appointment", args=[Appointment.objects.get().public_id])).content.decode()
        assert reason in body

    def test_the_proposed_form_is_one_press_away_and_keeps_all_that_was_answered(self, desk, veen, forms):
        sent = form(desk, examination_needed="yes", anders=forms["visit"].pk, opdracht="")
        answer = desk.client.post(book_url(veen), sent)
        assert answer.status_code == 200
        assert answer.context["asked_type"] == forms["visit"]
        assert answer.context["deciding"].form["examination_needed"].value() == "yes"
        assert findings(answer) == []
        assert not Appointment.objects.exists()

    def test_visit_on_the_same_day_is_found_and_a_visit_proposed(self, desk, veen, forms):  # PP-03
        neurologie = make.department("neurologie")
        make.treated_by(veen, [neurologie])
        make.appointment(patient=veen, department=neurologie, modality="visit", start=desk.at("13.00"))
        answer = shown(desk, veen)
        assert findings(answer) == ["on_site_same_day"]
        (found,) = answer.context["deciding"].findings
        assert found.instead == forms["visit"]

    def test_child_whose_parent_is_not_known_is_found(self, desk):  # PP-03
        child = make.PatientFactory(
            child=True, department=desk.department, birth_date=timezone.localdate() - timedelta(days=6 * 365)
        )
        assert "child_alone" in findings(shown(desk, child))
        assert "lacks_capacity" not in [field.name for field in shown(desk, child).context["deciding"].questions]

    def test_wish_and_lack_of_an_address_are_advice(self, desk, forms):
        patient = make.PatientFactory(department=desk.department, unreachable=True)
        state_preference(patient=patient, preference="phone", by="system", now=timezone.now())
        answer = shown(desk, patient)
        assert set(findings(answer)) == {"no_address", "prefers_other"}
        assert not answer.context["deciding"].warned
        assert desk.client.post(book_url(patient), form(desk)).status_code == 302

    def test_new_patient_by_video_is_identified_later(self, desk, veen):  # PP-55
        new = make.AppointmentTypeFactory(
            department=desk.department, contact_kind="new", modality="video", duration_minutes=30
        )
        for block in SessionBlock.objects.all():
            block.types.add(new)
        assert findings(shown(desk, veen, type=new.pk)) == ["identify_later"]

    def test_answers_are_weighed_while_choosing_and_stay_out_of_the_address(self, desk, veen, forms):
        url = reverse("book-beside", args=[veen.public_id])
        answer = desk.client.post(url, form(desk, skills_and_means="no"))
        asked = [field.name for field in answer.context["deciding"].questions]
        assert {"skills_and_means", "help_at_hand", "looking_helps"} <= set(asked)
        assert findings(answer) == ["no_skills_or_means"]
        assert 'hx-swap-oob="true"' in answer.content.decode()
        assert desk.client.get(url).status_code == 405

    def test_an_answer_that_is_none_is_refused(self, desk, veen):
        assert desk.client.post(book_url(veen), form(desk, emergency="perhaps")).status_code == 422


class TestLetters:
    def test_what_would_be_sent_stands_beside_the_place_before_it_is_booked(self, desk, veen):
        answer = shown(desk, veen, dag=desk.clinic.date.isoformat(), slot=desk.slot("10.40"))
        (letter,) = answer.context["previews"]
        assert letter.recipient == veen.full_name
        assert "10.40" in letter.body
        assert letter.channel_words
        assert not Appointment.objects.exists()

    def test_it_follows_the_place_that_is_chosen(self, desk, veen):
        answer = desk.client.post(reverse("book-beside", args=[veen.public_id]), form(desk, "11.20"))
        assert "11.20" in answer.context["previews"][0].body

    def test_who_cannot_be_reached_is_said(self, desk):
        patient = make.PatientFactory(department=desk.department, unreachable=True)
        assert not shown(desk, patient).context["previews"][0].reaches

    @pytest.mark.parametrize("slot", ["", "x", "12", "29700000.999999"])
    def test_no_place_no_letter(self, desk, veen, slot):
        url = reverse("book-beside", args=[veen.public_id])
        assert desk.client.post(url, form(desk) | {"slot": slot}).status_code == 422


class TestForms:
    def test_every_form_may_be_looked_for_at_once_and_the_preferred_one_is_a_reason(self, desk, veen, forms):  # PP-01
        state_preference(patient=veen, preference="phone", by="system", now=timezone.now())
        places = shown(desk, veen, vormen="on").context["offer"].places
        assert places[0].type == forms["phone"]
        opened = shown(desk, veen, vormen="on", dag=desk.clinic.date.isoformat()).context["offer"].days[0]
        assert {each.type for each in opened.places} == set(forms.values())
        answer = desk.client.post(book_url(veen), form(desk, slot=places[0].value, vormen="on"))
        assert answer.status_code == 302
        assert Appointment.objects.get().modality == "phone"

    def test_without_a_wish_the_agreed_form_is_one(self, desk, veen, forms):  # PP-17
        make.policy(desk.department, default_modality={"follow_up": "visit"})
        assert shown(desk, veen, vormen="on").context["offer"].places[0].type == forms["visit"]

    def test_form_agreed_for_a_purpose_is_marked_at_its_type(self, desk, veen):  # PP-18
        talk = make.AppointmentTypeFactory(
            department=desk.department, modality="phone", duration_minutes=15, purpose="uitleg"
        )
        make.policy(desk.department, default_by_purpose={"uitleg": "phone"})
        shown_forms = [each for kind in shown(desk, veen).context["kinds"] for each in kind.forms]
        assert {each.modality: (each.agreed, each.agreed_types) for each in shown_forms} == {
            "video": (True, frozenset()),
            "phone": (False, frozenset({talk.pk})),
        }

    def test_place_of_a_type_that_is_not_offered_here_is_refused(self, desk, veen):
        foreign = make.AppointmentTypeFactory(department=make.department("neurologie"))
        answer = desk.client.post(book_url(veen), form(desk, slot=f"{desk.slot('9.40')}.{foreign.pk}"))
        assert answer.status_code == 422
        assert answer.context["form"].errors["slot"]


class TestLength:
    def test_a_longer_consult_is_looked_for_and_booked(self, desk, veen):
        assert {each.minutes for each in shown(desk, veen, duur=45).context["offer"].places} == {45}
        desk.client.post(book_url(veen), form(desk, duur=45))
        assert Appointment.objects.get().duration_minutes == 45

    @pytest.mark.parametrize("minutes", ["7", "0", "245", "-5", "veel"])
    def test_a_length_that_is_none_is_said_beside_the_field(self, desk, veen, minutes):
        assert shown(desk, veen, duur=minutes).context["window"].errors["duur"]
        answer = desk.client.post(book_url(veen), form(desk, duur=minutes))
        assert answer.status_code == 422
        assert answer.context["window"].kept["duur"] == minutes
        assert not Appointment.objects.exists()

    def test_another_type_begins_with_its_own_length(self, desk, veen, forms):
        body = shown(desk, veen, duur=45).content.decode()
        assert f"?type={forms['phone'].pk}&amp;van=" in body
        assert not re.search(f'type={forms["phone"].pk}&[^"]*duur=45', body)
        assert re.search(f'type={desk.type.pk}&[^"]*duur=45', body)


class TestUrgent:
    @pytest.fixture
    def held(self, desk):
        SessionBlock.objects.update(released=to_minute(desk.at("8.30")))

    def test_held_places_are_shown_for_an_urgent_consult_only_and_marked(self, desk, veen, held):  # PP-32
        assert shown(desk, veen).context["offer"].places == ()
        answer = shown(desk, veen, spoed="on")
        assert all(each.held for each in answer.context["offer"].places)
        assert 'class="tag held"' in answer.content.decode()

    def test_held_place_is_booked_for_an_urgent_consult_only(self, desk, veen, held):
        assert desk.client.post(book_url(veen), form(desk)).status_code == 409
        assert desk.client.post(book_url(veen), form(desk, spoed="on")).status_code == 302


class TestOverbooking:
    @pytest.fixture
    def taken(self, desk):
        return make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.40"))

    def beside(self, desk, **more):
        typed = {
            "op": desk.clinic.date.isoformat(),
            "om": "9.40",
            "bij": desk.clinician.pk,
            "reden": "Kan niet wachten",
        }
        sent = {"type": desk.type.pk, "decided_by": "together", "boven_op": "1", **typed, **more}
        return {name: value for name, value in sent.items() if value is not None}

    def test_beside_another_appointment_with_a_reason_that_stays_in_sight(self, desk, veen, taken):
        answer = desk.client.post(book_url(veen), self.beside(desk))
        assert answer.status_code == 302
        booked = Appointment.objects.get(patient=veen)
        assert (booked.start, booked.overbook_reason) == (desk.at("9.40"), "Kan niet wachten")
        assert Occupancy.objects.get(appointment=booked, resource=1).overbooked
        body = desk.client.get(reverse("appointment", args=[booked.public_id])).content.decode()
        assert "Kan niet wachten" in body
        assert (
            "overboekt"
            in desk.client.get(reverse("agenda"), {"datum": desk.clinic.date.isoformat()}).content.decode()
        )

    def test_without_it_the_place_is_taken(self, desk, veen, taken):
        assert desk.client.post(book_url(veen), form(desk, "9.40")).status_code == 409

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"reden": ""}, "reden"),
            ({"reden": "x" * 201}, "reden"),
            ({"om": "25.00"}, "om"),
            ({"op": "gisteren"}, "op"),
            ({"bij": "999999"}, "bij"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(self, desk, veen, taken, wrong, field):
        answer = desk.client.post(book_url(veen), self.beside(desk, **wrong))
        assert answer.status_code == 422
        assert list(answer.context["overbook"].errors) == [field]
        assert answer.context["overbook"]["om"].value() == wrong.get("om", "9.40")
        assert not Appointment.objects.filter(patient=veen).exists()

    def test_as_many_as_was_agreed(self, desk, veen, taken):
        make.policy(desk.department, overbooks_most=0)
        answer = desk.client.post(book_url(veen), self.beside(desk))
        assert answer.status_code == 409
        assert answer.context["overbook"]["reden"].value() == "Kan niet wachten"

    def test_who_may_not_overbook_has_no_such_form(self, desk, veen, taken, monkeypatch):
        monkeypatch.setitem(permissions.ROLES, Permission.OVERBOOK, frozenset())
        assert shown(desk, veen).context["overbook"] is None
        assert desk.client.post(book_url(veen), self.beside(desk)).status_code == 422
        assert not Appointment.objects.filter(patient=veen).exists()


class TestOrder:
    @pytest.fixture
    def order(self, desk, veen):
        return make.FollowUpOrderFactory(
            department=desk.department,
            patient=veen,
            type=desk.type,
            minutes=30,
            clinician=desk.clinician,
            earliest=desk.clinic.date,
            latest=desk.clinic.date + timedelta(days=10),
        )

    def test_order_fills_in_what_it_asks_for(self, desk, veen, order):
        answer = desk.client.get(book_url(veen), {"opdracht": order.pk})
        assert answer.context["asked_type"] == desk.type
        assert answer.context["window"].kept == {
            "van": order.earliest.isoformat(),
            "tot": order.latest.isoformat(),
            "zorgverlener": str(desk.clinician.pk),
            "dagdeel": "",
            "duur": "30",
            "spoed": "",
            "vormen": "",
        }
        assert {each.minutes for each in answer.context["offer"].places} == {30}

    def test_another_clinician_may_be_chosen_all_the_same(self, desk, veen, order):
        asked = desk.client.get(book_url(veen), {"opdracht": order.pk, "zorgverlener": "", "duur": ""}).context
        assert asked["window"].kept["zorgverlener"] == ""
        assert asked["window"].kept["duur"] == ""

    def test_booking_plans_the_order(self, desk, veen, order):
        assert desk.client.post(book_url(veen), form(desk, opdracht=order.pk)).status_code == 302
        order.refresh_from_db()
        assert order.appointment == Appointment.objects.get()
        assert order.appointment.duration_minutes == 30

    def test_order_planned_meanwhile_is_said_and_the_next_press_books_beside_it(self, desk, veen, order):
        seen = desk.client.get(book_url(veen), {"opdracht": order.pk}).context["seen"]
        made = make.appointment(
            patient=veen, clinician=desk.clinician, type=desk.type, start=desk.at("11.00"), order=order
        )
        answer = desk.client.post(book_url(veen), form(desk, opdracht=order.pk, gezien=seen))
        assert answer.status_code == 409
        assert list(answer.context["meanwhile"]["made"]) == [made]
        assert answer.context["open_order"] is None
        assert f'name="opdracht" value="{order.pk}"' not in answer.content.decode()

    def test_dropped_order_is_said(self, desk, veen, order):
        order.dropped_at, order.drop_reason = timezone.now(), "Verhuisd"
        order.save()
        assert desk.client.post(book_url(veen), form(desk, opdracht=order.pk)).status_code == 409
        assert desk.client.get(book_url(veen), {"opdracht": order.pk}).context["open_order"] is None

    def test_order_of_another_patient_or_department_is_none_here(self, desk, veen):
        of_another = make.FollowUpOrderFactory(department=desk.department, type=desk.type)
        elsewhere = make.FollowUpOrderFactory(department=make.department("neurologie"), patient=veen)
        for number in (of_another.pk, elsewhere.pk, "999999", "x", "9" * 30):
            assert desk.client.get(book_url(veen), {"opdracht": number}).context["order"] is None


def test_history_names_the_overbooking(desk, veen):
    make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.40"))
    desk.client.post(book_url(veen), TestOverbooking().beside(desk))
    change = AppointmentChange.objects.get(appointment__patient=veen)
    assert change.after["overbook_reason"] == "Kan niet wachten"


class TestAlsoNeeded:
    @pytest.fixture
    def nuray(self, desk):
        return make.InterpreterFactory(department=desk.department, name="Nuray Demir", languages=["tr"])

    @pytest.fixture
    def elsewhere(self, desk, nuray):
        """Nuray interprets for somebody else from 9.40 to 10.00."""
        return make.appointment(
            clinician=make.ClinicianFactory(departments=[desk.department]),
            type=desk.type,
            start=desk.at("9.40"),
            needs=frozenset({make.need(nuray)}),
        )

    def value(self, who):
        need = make.need(who)
        return f"{int(need.resource)}.{need.resource_id}"

    def test_places_are_where_all_are_free_and_the_done_page_names_them(self, desk, veen, nuray, elsewhere):
        page = shown(desk, veen, nodig=self.value(nuray), dag=desk.clinic.date.isoformat())
        starts = {place.start for day in page.context["offer"].days for place in day.places}
        assert desk.at("9.20") in starts
        assert not starts & {desk.at("9.25"), desk.at("9.40"), desk.at("9.55")}
        done = desk.client.post(book_url(veen), form(desk, "9.20", nodig=self.value(nuray)), follow=True)
        held = Appointment.objects.get(patient=veen)
        assert needs_of(held) == {make.need(nuray)}
        assert done.context["appointment"] == held
        assert "Nuray Demir" in done.content.decode()

    def test_who_is_taken_is_named_and_what_was_chosen_stays(self, desk, veen, nuray, elsewhere):
        sent = form(desk, nodig=self.value(nuray), duur="25", decided_by="patient")
        answer = desk.client.post(book_url(veen), sent)
        assert answer.status_code == 409
        assert "Nuray Demir" in answer.context["problems"][0]
        assert answer.context["window"]["nodig"].value() == [self.value(nuray)]
        assert f"nodig={self.value(nuray)}" in answer.context["places_url"]
        assert not Appointment.objects.filter(patient=veen).exists()

    @pytest.mark.parametrize("wrong", ["", "x", "4.999999", "9" * 400])
    def test_nonsense_is_said_beside_the_field(self, desk, veen, nuray, wrong):
        answer = desk.client.post(book_url(veen), form(desk, nodig=[self.value(nuray), wrong]))
        assert answer.status_code == 422
        assert answer.context["window"].errors["nodig"]
        assert answer.context["window"]["nodig"].value() == [self.value(nuray), wrong]
        assert not Appointment.objects.exists()

    def test_second_clinician_is_a_second_one(self, desk, veen):
        second = make.ClinicianFactory(departments=[desk.department])
        make.session_with(second, desk.clinic.date, "9.00", "12.00")
        places = shown(desk, veen, nodig=self.value(second)).context["offer"].places
        assert {place.clinician for place in places} == {desk.clinician}
        twice = shown(desk, veen, nodig=self.value(second), zorgverlener=second.pk)
        assert twice.context["window"].errors["nodig"]
        sent = form(desk, nodig=self.value(desk.clinician))
        assert desk.client.post(book_url(veen), sent).context["window"].errors["nodig"]
        assert not Appointment.objects.exists()

"""Another form or another length where the appointment stands: told before, done once, and never unseen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message, MessageState
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import AppointmentChange, SuitabilityCheck
from scheduling.models.minutes import to_minute
from tests import factories as make


@pytest.fixture
def phone(desk):
    return make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=10)


@pytest.fixture
def visit(desk):
    return make.AppointmentTypeFactory(department=desk.department, modality="visit", duration_minutes=30)


@pytest.fixture
def held(desk, phone, visit):
    """Twenty minutes of video at 9.40; the clinic takes phone calls of ten minutes too, and visits nowhere."""
    for block in desk.clinic.blocks.all():
        block.types.set([desk.type, phone])
    patient = make.PatientFactory(department=desk.department, family_name="Veen", particle="van der", initials="W.")
    return make.appointment(
        patient=patient, clinician=desk.clinician, type=desk.type, start=desk.at("9.40"), by=desk.planner.actor
    )


def form_url(appointment):
    return reverse("appointment-form", args=[appointment.public_id])


def length_url(appointment):
    return reverse("appointment-length", args=[appointment.public_id])


def done_url(appointment):
    return reverse("appointment-done", args=[appointment.public_id])


def wish(phone, **more):
    return {"soort": phone.pk, "reason": "patient_asked", "decided_by": "patient", "version": 1, **more}


def told(appointment):
    Message.objects.filter(appointment=appointment, kind="confirmation").update(
        state=MessageState.SENT, sent_at=timezone.now(), offered_at=timezone.now()
    )


class TestSuits:
    """Changing the form asks what booking asks (PP-02, PP-03)."""

    @pytest.fixture
    def called(self, desk, held, phone):
        """The appointment of 9.40, which is a phone call."""
        held.type, held.modality = phone, "phone"
        held.save()
        return held

    def test_warned_form_needs_a_reason_which_is_kept(self, desk, called):
        sent = wish(desk.type, unsafe_at_home="yes", decided_by="clinician")
        refused = desk.client.post(form_url(called), sent)
        assert refused.status_code == 422
        assert refused.context["deciding"].form.errors["overruled_reason"]
        assert refused.context["form"]["decided_by"].value() == "clinician"
        called.refresh_from_db()
        assert called.modality == "phone"
        done = desk.client.post(form_url(called), sent | {"overruled_reason": "Belt vanaf het werk"})
        assert done["Location"] == done_url(called)
        kept = SuitabilityCheck.objects.get()
        assert (kept.modality, kept.overruled_reason) == ("video", "Belt vanaf het werk")
        assert kept.decided_by == "clinician"

    def test_visit_that_becomes_a_video_call_does_not_speak_against_itself(self, desk, called, visit):
        called.type, called.modality = visit, "visit"
        called.save()
        weighed = desk.client.get(form_url(called), {"soort": desk.type.pk}).context["deciding"].weighed
        assert not weighed.known.on_site_same_day

    def test_other_form_instead_keeps_answers_and_version(self, desk, called, phone):
        sent = wish(desk.type, examination_needed="yes", anders=phone.pk)
        answer = desk.client.post(form_url(called), sent)
        assert answer.status_code == 200
        assert answer.context["version"] == "1"
        assert not SuitabilityCheck.objects.exists()

    def test_answers_are_weighed_while_choosing(self, desk, called):
        url = reverse("appointment-form-weighed", args=[called.public_id])
        answer = desk.client.post(url, wish(desk.type, unsafe_at_home="yes"))
        assert answer.context["deciding"].warned
        assert desk.client.post(url, {"soort": "999999"}).status_code == 422


class TestSuitsElsewhere:
    """A form that does not fit in place goes on as a move, which asks the same (PP-02, PP-03)."""

    @pytest.fixture
    def visit_only(self, desk, held, visit):
        """A visit at 9.40; the video call it is to become is held in the afternoon, on the day of another visit."""
        held.type, held.modality = visit, "visit"
        held.save()
        desk.clinic.blocks.all()[0].types.set([visit])
        make.session_with(desk.clinician, desk.clinic.date, "13.00", "15.00", types=[desk.type])
        neurologie = make.department("neurologie")
        make.treated_by(held.patient, [neurologie])
        make.appointment(patient=held.patient, department=neurologie, modality="visit", start=desk.at("16.00"))
        return held

    def move(self, desk, held, **more):
        url = reverse("appointment-move", args=[held.public_id])
        sent = {"slot": desk.slot("13.00"), "soort": desk.type.pk, "reason": "other_form", "version": 1}
        return desk.client.post(url, sent | more)

    def test_warned_form_is_not_moved_to_without_a_reason(self, desk, visit_only):
        page = desk.client.get(form_url(visit_only), {"soort": desk.type.pk})
        assert page.context["why_not"]
        (found,) = page.context["deciding"].findings
        assert found.warns
        refused = self.move(desk, visit_only, emergency="no", decided_by="patient")
        assert refused.status_code == 422
        assert refused.context["deciding"].form.errors["overruled_reason"]
        assert refused.context["deciding"].form["emergency"].value() == "no"
        assert refused.context["form"]["decided_by"].value() == "patient"
        assert not SuitabilityCheck.objects.exists()
        done = self.move(desk, visit_only, decided_by="patient", overruled_reason="Gaat eerst naar huis")
        assert done["Location"] == done_url(visit_only)
        visit_only.refresh_from_db()
        assert (visit_only.modality, visit_only.decided_by) == ("video", "patient")
        kept = SuitabilityCheck.objects.get()
        assert (kept.findings, kept.overruled_reason) == (["on_site_same_day"], "Gaat eerst naar huis")

    def test_it_is_weighed_for_the_day_of_the_place_chosen(self, desk, visit_only):
        url = reverse("appointment-form-weighed", args=[visit_only.public_id])
        later = make.next_workday(desk.clinic.date)
        slot = f"{to_minute(make.amsterdam(later.isoformat(), '13.00'))}.{desk.clinician.pk}"
        sent = {"soort": desk.type.pk}
        assert desk.client.post(url, sent | {"slot": desk.slot("13.00")}).context["deciding"].warned
        answer = desk.client.post(url, sent | {"slot": slot})
        assert not answer.context["deciding"].warned
        assert desk.client.post(url, sent | {"slot": "x"}).status_code == 422

    def test_move_in_the_same_form_asks_nothing(self, desk, held):
        page = desk.client.get(reverse("appointment-move", args=[held.public_id]))
        assert "deciding" not in page.context
        assert self.move(desk, held, slot=desk.slot("11.00"), soort="", unsafe_at_home="yes").status_code == 302
        assert not SuitabilityCheck.objects.exists()


class TestForm:
    def test_all_other_forms_are_offered_and_says_which_fit_here(self, desk, held, phone, visit):
        offered = desk.client.get(form_url(held)).context["offered"]
        assert [(each.type, each.fits) for each in offered] == [(phone, True), (visit, False)]

    def test_it_changes_where_it_stands(self, desk, held, phone):
        answer = desk.client.post(form_url(held), wish(phone))
        held.refresh_from_db()
        assert answer["Location"] == done_url(held)
        assert (held.modality, held.start, held.end) == ("phone", desk.at("9.40"), desk.at("9.50"))
        change = AppointmentChange.objects.get(appointment=held, kind="form")
        assert (change.by, change.reason, change.after["decided_by"]) == (
            desk.planner.actor,
            "patient_asked",
            "patient",
        )
        assert AccessLog.objects.filter(action="change_form.appointment", appointment_id=held.pk).exists()

    def test_letter_is_shown_before(self, desk, held, phone):
        told(held)
        answer = desk.client.get(form_url(held), {"soort": phone.pk})
        (preview,) = answer.context["previews"]
        assert preview.kind == "form_changed"
        assert preview.body in answer.content.decode().replace("&#x27;", "'")

    def test_who_was_not_told_yet_gets_a_first_confirmation_of_the_call(self, desk, held, phone):
        (preview,) = desk.client.get(form_url(held), {"soort": phone.pk}).context["previews"]
        assert preview.kind == "confirmation"

    def test_form_that_does_not_fit_here_says_why_and_where(self, desk, held, visit):
        make.session_with(desk.clinician, make.next_workday(desk.clinic.date), "13.00", "16.00", types=[visit])
        answer = desk.client.get(form_url(held), {"soort": visit.pk})
        assert answer.context["why_not"]
        place = answer.context["offer"].places[0]
        moved = desk.client.post(
            reverse("appointment-move", args=[held.public_id]),
            {"slot": place.value, "soort": visit.pk, "reason": "other_form", "version": 1},
        )
        held.refresh_from_db()
        assert moved["Location"] == done_url(held)
        assert (held.start, held.modality, held.duration_minutes) == (place.start, "visit", 30)

    def test_place_lost_meanwhile_answers_with_others_and_changes_nothing(self, desk, held, phone, visit):
        answer = desk.client.post(form_url(held), wish(phone, soort=visit.pk))
        held.refresh_from_db()
        assert answer.status_code == 409
        assert answer.context["problems"]
        assert answer.context["version"] == 1
        assert (held.modality, held.schedule_version) == ("video", 1)

    def test_second_tab_does_not_overwrite_the_first_unseen(self, desk, held, phone):
        make.move_appointment(appointment=held, start=desk.at("11.00"), by="user:1", now=timezone.now())
        answer = desk.client.post(form_url(held), wish(phone, decided_by="clinician"))
        held.refresh_from_db()
        assert answer.status_code == 409
        assert held.modality == "video"
        assert "11.00" in answer.context["problems"][0]
        assert answer.context["form"]["decided_by"].value() == "clinician"
        again = desk.client.post(form_url(held), wish(phone, version=answer.context["version"]))
        assert again["Location"] == done_url(held)

    def test_sent_twice_is_done_once(self, desk, held, phone):
        for _ in range(2):
            assert desk.client.post(form_url(held), wish(phone))["Location"] == done_url(held)
        held.refresh_from_db()
        assert held.schedule_version == 2

    @pytest.mark.parametrize(
        "wrong", [{"soort": ""}, {"soort": "x"}, {"reason": "because"}, {"decided_by": "the cat"}, {"version": ""}]
    )
    def test_nonsense_is_refused(self, desk, held, wrong, phone):
        assert desk.client.post(form_url(held), wish(phone, **wrong)).status_code == 422
        held.refresh_from_db()
        assert held.schedule_version == 1

    def test_type_of_another_department_is_no_choice(self, desk, held, phone):
        foreign = make.AppointmentTypeFactory(department=make.department("neurologie"), modality="phone")
        assert desk.client.post(form_url(held), wish(phone, soort=foreign.pk)).status_code == 422

    def test_cancelled_one_has_no_form_to_change(self, desk, held):
        cancel_appointment(appointment=held, by="system", now=timezone.now())
        for address in (form_url(held), length_url(held)):
            assert desk.client.get(address)["Location"] == reverse("appointment", args=[held.public_id])

    def test_asks_as_many_queries_for_one_form_as_for_three(self, desk, held, count_queries, phone):
        def asked():
            with count_queries() as queries:
                desk.client.get(form_url(held))
            return queries

        asked()
        two = asked()
        make.AppointmentTypeFactory(department=desk.department, modality="written")
        make.AppointmentTypeFactory(department=desk.department, modality="phone", duration_minutes=15)
        assert asked().count == two.count, str(two)


class TestLength:
    def test_it_gets_longer_and_the_patient_hears_nothing(self, desk, held):
        told(held)
        before = Message.objects.count()
        answer = desk.client.post(length_url(held), {"minutes": 35, "note": "Er is veel te bespreken", "version": 1})
        held.refresh_from_db()
        assert answer["Location"] == done_url(held)
        assert (held.start, held.end) == (desk.at("9.40"), desk.at("10.15"))
        assert Message.objects.count() == before
        assert not Message.objects.filter(kind__in=["moved", "form_changed"]).exists()
        assert AppointmentChange.objects.get(appointment=held, kind="length").note == "Er is veel te bespreken"

    def test_says_how_long_it_can_be(self, desk, held):
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("10.20"))
        assert "40" in desk.client.get(length_url(held)).context["fits"]

    def test_too_long_for_the_gap_answers_with_places_where_it_fits(self, desk, held):
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("10.20"))
        answer = desk.client.post(length_url(held), {"minutes": 45, "note": "meer tijd", "version": 1})
        held.refresh_from_db()
        assert (answer.status_code, held.schedule_version) == (409, 1)
        assert answer.context["form"]["note"].value() == "meer tijd"
        place = answer.context["offer"].places[0]
        moved = desk.client.post(
            reverse("appointment-move", args=[held.public_id]),
            {"slot": place.value, "duur": 45, "reason": "clinic_changed", "version": 1},
        )
        held.refresh_from_db()
        assert moved["Location"] == done_url(held)
        assert (held.start, held.duration_minutes) == (place.start, 45)

    @pytest.mark.parametrize("minutes", ["", "0", "-20", "17", "245", "lang", "1e9"])
    def test_no_length_is_refused_and_keeps_what_was_typed(self, desk, held, minutes):
        answer = desk.client.post(length_url(held), {"minutes": minutes, "version": 1})
        held.refresh_from_db()
        assert (answer.status_code, held.schedule_version) == (422, 1)
        assert answer.context["form"]["minutes"].value() == minutes

    def test_second_tab_does_not_overwrite_the_first_unseen(self, desk, held):
        desk.client.post(length_url(held), {"minutes": 35, "version": 1})
        answer = desk.client.post(length_url(held), {"minutes": 25, "version": 1})
        held.refresh_from_db()
        assert (answer.status_code, held.duration_minutes) == (409, 35)
        assert answer.context["version"] == 2

    def test_move_asked_for_an_unheard_of_length_is_a_plain_move(self, desk, held):
        desk.client.post(
            reverse("appointment-move", args=[held.public_id]),
            {"slot": desk.slot("11.00"), "duur": "7", "soort": "x", "reason": "patient_asked", "version": 1},
        )
        held.refresh_from_db()
        assert (held.start, held.duration_minutes, held.type) == (desk.at("11.00"), 20, desk.type)


class TestUndo:
    def undo(self, desk, appointment, **sent):
        return desk.client.post(reverse("appointment-undo", args=[appointment.public_id]), sent)

    def test_move_is_undone_from_the_page_after_it(self, desk, held):
        make.move_appointment(appointment=held, start=desk.at("11.00"), by="user:1", now=timezone.now())
        page = desk.client.get(done_url(held))
        assert page.context["may_undo"]
        assert 'name="version" value="2"' in page.content.decode()
        answer = self.undo(desk, held, version=2)
        held.refresh_from_db()
        assert answer["Location"] == reverse("appointment", args=[held.public_id])
        assert (held.start, held.schedule_version) == (desk.at("9.40"), 3)
        assert not desk.client.get(done_url(held)).context["may_undo"]
        assert AccessLog.objects.filter(action="undo.appointment", appointment_id=held.pk).exists()

    def test_cancellation_is_undone(self, desk, held):
        cancel_appointment(appointment=held, by="system", now=timezone.now(), note="griep")
        self.undo(desk, held, version=2)
        held.refresh_from_db()
        assert (held.status, held.cancel_reason) == ("booked", "")

    @pytest.mark.parametrize("sent", [{}, {"version": 1}, {"version": "x"}, {"version": 10**30}])
    def test_what_was_not_shown_is_not_undone(self, desk, held, sent):
        make.move_appointment(appointment=held, start=desk.at("11.00"), by="user:1", now=timezone.now())
        self.undo(desk, held, **sent)
        held.refresh_from_db()
        assert (held.start, held.schedule_version) == (desk.at("11.00"), 2)

    def test_place_taken_meanwhile_is_said(self, desk, held):
        make.move_appointment(appointment=held, start=desk.at("11.00"), by="user:1", now=timezone.now())
        make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.40"))
        self.undo(desk, held, version=2)
        [said] = desk.client.get(reverse("appointment", args=[held.public_id])).context["messages"]
        assert "09.40" in said.message
        held.refresh_from_db()
        assert held.start == desk.at("11.00")

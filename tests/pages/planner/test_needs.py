"""Ook nodig: who is needed besides is free then, or places are shown where all are."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from people.models import AccessLog
from scheduling.actions.cancelling import cancel_appointment
from scheduling.models import Appointment, Interpreter, ParticipantRole
from scheduling.queries.needs import needs_of
from tests import factories as make


@pytest.fixture
def nuray(desk):
    return make.InterpreterFactory(department=desk.department, name="Nuray Demir", languages=["tr"])


@pytest.fixture
def held(desk):
    return make.appointment(clinician=desk.clinician, type=desk.type, start=desk.at("9.40"))


def address(appointment, name="appointment-needs"):
    return reverse(name, args=[appointment.public_id])


def value(who):
    need = make.need(who)
    return f"{int(need.resource)}.{need.resource_id}"


def post(desk, appointment, *who, **more):
    return desk.client.post(address(appointment), {"nodig": [value(each) for each in who], "version": 1, **more})


class TestOfAppointment:
    def test_interpreter_is_taken_along_and_the_patient_hears_nothing(self, desk, held, nuray):
        before = Message.objects.count()
        assert post(desk, held, nuray)["Location"] == address(held, "appointment")
        held.refresh_from_db()
        assert needs_of(held) == {make.need(nuray)}
        assert held.participants.get(role=ParticipantRole.INTERPRETER).interpreter == nuray
        assert (held.schedule_version, Message.objects.count()) == (2, before)
        text = desk.client.get(address(held, "appointment")).content.decode()
        assert "Nuray Demir" in text
        assert AccessLog.objects.filter(action="change_needs.appointment", appointment_id=held.pk).exists()

    def test_what_is_no_longer_ticked_is_given_back(self, desk, held, nuray):
        post(desk, held, nuray)
        assert "checked" in desk.client.get(address(held)).content.decode()
        post(desk, held, version=2)
        assert needs_of(held) == frozenset()
        assert not held.participants.filter(role=ParticipantRole.INTERPRETER).exists()

    def test_second_clinician_stands_in_the_agenda_of_both(self, desk, held):
        other = make.ClinicianFactory(departments=[desk.department], name="S. Ramdin")
        make.session_with(other, desk.clinic.date, "9.00", "12.00")
        assert post(desk, held, other).status_code == 302
        agenda = desk.client.get(reverse("agenda"), {"datum": desk.clinic.date.isoformat()})
        assert agenda.content.decode().count(reverse("appointment", args=[held.public_id])) == 2

    def test_who_is_taken_is_named_with_places_where_all_are_free(self, desk, held, nuray):
        other = make.ClinicianFactory(departments=[desk.department])
        make.appointment(clinician=other, type=desk.type, start=desk.at("9.40"), needs=frozenset({make.need(nuray)}))
        answer = post(desk, held, nuray)
        assert answer.status_code == 409
        assert "Nuray Demir" in answer.context["problems"][0]
        place = answer.context["offer"].places[0]
        assert answer.context["previews"]
        moved = post(desk, held, nuray, slot=place.value)
        held.refresh_from_db()
        assert moved["Location"] == address(held, "appointment-done")
        assert (held.start, needs_of(held)) == (place.start, {make.need(nuray)})

    def test_none_of_the_places_is_where_somebody_is_taken(self, desk, held, nuray):
        other = make.ClinicianFactory(departments=[desk.department])
        for clock in ("9.40", "10.00", "10.20"):
            make.appointment(
                clinician=other, type=desk.type, start=desk.at(clock), needs=frozenset({make.need(nuray)})
            )
        starts = {place.start for place in post(desk, held, nuray).context["offer"].places}
        assert not starts & {desk.at("9.45"), desk.at("10.00"), desk.at("10.20")}

    def test_moved_it_is_offered_only_where_all_are_free(self, desk, held, nuray):
        post(desk, held, nuray)
        other = make.ClinicianFactory(departments=[desk.department])
        make.appointment(clinician=other, type=desk.type, start=desk.at("9.00"), needs=frozenset({make.need(nuray)}))
        page = desk.client.get(address(held, "appointment-move"), {"dag": desk.clinic.date.isoformat()})
        shown = {place.start for day in page.context["offer"].days for place in day.places}
        assert desk.at("9.20") in shown
        assert not shown & {desk.at("9.00"), desk.at("9.05"), desk.at("9.15")}

    def test_changed_meanwhile_is_said_and_what_was_ticked_is_kept(self, desk, held, nuray):
        make.move_appointment(appointment=held, start=desk.at("11.00"), by="user:1", now=timezone.now())
        answer = post(desk, held, nuray)
        assert answer.status_code == 409
        assert "11.00" in answer.context["problems"][0]
        assert answer.context["form"]["nodig"].value() == [value(nuray)]

    def test_sent_twice_is_done_once(self, desk, held, nuray):
        for _ in range(2):
            assert post(desk, held, nuray)["Location"] == address(held, "appointment")
        held.refresh_from_db()
        assert held.schedule_version == 2

    @pytest.mark.parametrize("wrong", ["", "x", "4", "4.x", "2.1", "4.999999", "9" * 400])
    def test_nonsense_is_refused(self, desk, held, wrong):
        answer = desk.client.post(address(held), {"nodig": [wrong], "version": 1})
        assert answer.status_code == 422

    def test_nobody_of_another_department_and_not_who_stopped(self, desk, held, nuray):
        theirs = make.InterpreterFactory(department=make.department("neurologie"), name="Ali Kaya")
        nuray.active = False
        nuray.save()
        assert [post(desk, held, who).status_code for who in (theirs, nuray, desk.clinician)] == [422] * 3

    def test_who_stopped_stays_where_booked(self, desk, held, nuray):
        post(desk, held, nuray)
        Interpreter.objects.update(active=False)
        assert post(desk, held, nuray, version=2).status_code == 302
        assert needs_of(held) == {make.need(nuray)}

    def test_cancelled_one_needs_nobody(self, desk, held):
        cancel_appointment(appointment=held, by="system", now=timezone.now())
        assert desk.client.get(address(held))["Location"] == address(held, "appointment")

    def test_asks_as_many_queries_for_one_as_for_four(self, desk, held, nuray, count_queries):
        def queries():
            with count_queries() as found:
                desk.client.get(address(held))
            return found

        queries()
        one = queries()
        for name in ("Ali Kaya", "Samia Haddad", "Jan Kowalski"):
            make.InterpreterFactory(department=desk.department, name=name)
        assert queries().count == one.count, str(one)


class TestInterpreters:
    url = "/tolken/"

    def sent(self, **more):
        return {"name": "Samia Haddad", "languages": ["ar", "fr"], "active": "on"} | more

    def test_added_changed_and_taken_out_of_use(self, desk):
        url = reverse("interpreters")
        assert desk.client.post(url, self.sent(phone="020-1234577"))["Location"] == url
        samia = Interpreter.objects.get()
        assert (samia.name, samia.languages, samia.active) == ("Samia Haddad", ["ar", "fr"], True)
        page = reverse("interpreter", args=[samia.pk])
        assert desk.client.post(page, self.sent(languages=["ar"], active=""))["Location"] == url
        samia.refresh_from_db()
        assert (samia.languages, samia.active) == (["ar"], False)

    def test_list_says_how_often_each_is_booked(self, desk, held, nuray):
        post(desk, held, nuray)
        cancelled = make.appointment(start=desk.at("11.00"), type=desk.type, needs=frozenset({make.need(nuray)}))
        cancel_appointment(appointment=cancelled, by="system", now=timezone.now())
        [(row, _languages)] = desk.client.get(reverse("interpreters")).context["interpreters"]
        assert (row, row.ahead) == (nuray, 1)

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [("name", ""), ("name", "x" * 81), ("languages", []), ("languages", ["xx"]), ("email", "x"), ("phone", "12")],
    )
    def test_nonsense_is_said_beside_the_field(self, desk, field, wrong):
        answer = desk.client.post(reverse("interpreters"), self.sent(**{field: wrong}))
        assert answer.status_code == 422
        assert answer.context["form"].errors[field]
        assert not Interpreter.objects.exists()

    def test_name_that_is_there_already_is_refused(self, desk, nuray):
        answer = desk.client.post(reverse("interpreters"), self.sent(name=nuray.name))
        assert answer.context["form"].errors["name"]
        other = make.InterpreterFactory(department=desk.department, name="Ali Kaya")
        answer = desk.client.post(reverse("interpreter", args=[other.pk]), self.sent(name=nuray.name))
        assert answer.context["form"].errors["name"]
        assert Appointment.objects.count() == 0

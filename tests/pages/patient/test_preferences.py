import pytest
from django.utils import timezone

from events.catalogue import PreferenceStated
from events.models import Event
from people.models import AccessLog
from scheduling.actions.requests import decline_request
from scheduling.models import ContactPreference, ModalityRequest
from scheduling.queries.preferences import general_preference
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_preference_is_kept_after_a_choice_and_a_check(phone, link, mrs_van_der_veen):
    page = phone.enter_with(link[1])

    check = phone.post(page + "voorkeur/", {"preference": "visit"})["Location"]
    assert not ContactPreference.objects.exists()
    assert "visit" not in check
    done = phone.post(check)

    assert done["Location"] == page + "voorkeur/bewaard/"
    kept = ContactPreference.objects.get()
    assert (kept.preference, kept.patient, kept.appointment, kept.stated_by) == (
        "visit",
        mrs_van_der_veen.patient,
        mrs_van_der_veen,
        f"link:{link[0].ref}",
    )
    assert Event.objects.get(kind=PreferenceStated.kind).actor == f"link:{link[0].ref}"
    assert AccessLog.objects.filter(action="state.preference", result="allowed").count() == 1


@pytest.mark.parametrize("preference", ["video", "phone", "visit", "written", "unknown"])
def test_every_answer_is_an_answer(phone, link, preference):
    page = phone.enter_with(link[1])

    phone.post(phone.post(page + "voorkeur/", {"preference": preference})["Location"])

    assert phone.get(page + "voorkeur/bewaard/").context["preference"].value == preference
    assert phone.get(page).context["preference"].value == preference


@pytest.mark.parametrize("answer", [{}, {"preference": ""}, {"preference": "carrier pigeon"}])
def test_no_answer_is_asked_again(phone, link, answer):
    page = phone.enter_with(link[1])

    assert phone.post(page + "voorkeur/", answer).status_code == 422
    assert phone.post(page + "voorkeur/controle/")["Location"] == page + "voorkeur/"
    assert not ContactPreference.objects.exists()


def test_confirming_twice_keeps_one(phone, link):
    page = phone.enter_with(link[1])
    check = phone.post(page + "voorkeur/", {"preference": "phone"})["Location"]

    phone.post(check)
    phone.post(check)

    assert ContactPreference.objects.count() == 1


def test_choice_of_one_link_is_not_confirmed_through_another(phone, link):
    page = phone.enter_with(link[1])
    other = make.appointment(patient=make.PatientFactory())
    theirs = phone.enter_with(make.personal_link(other)[1], other.patient.birth_date)
    phone.post(page + "voorkeur/", {"preference": "phone"})
    phone.cookies["vp_choice"]["path"] = "/"

    assert phone.post(theirs + "voorkeur/controle/")["Location"] == theirs + "voorkeur/"
    assert not ContactPreference.objects.exists()


def test_parent_states_the_preference_of_the_child(phone):
    child, _ = make.child_with_parent(make.next_workday())
    visit = make.appointment(patient=child)
    personal, path = make.personal_link(visit)
    page = phone.enter_with(path, child.birth_date)

    phone.post(phone.post(page + "voorkeur/", {"preference": "video"})["Location"])

    assert ContactPreference.objects.get().patient == child
    assert ContactPreference.objects.get().stated_by == f"link:{personal.ref}"


class TestRequest:
    """Mrs Van der Veen is planned by video, and would rather be phoned (PP-07)."""

    def ask(self, phone, link, preference="phone"):
        page = phone.enter_with(link[1])
        phone.post(phone.post(page + "voorkeur/", {"preference": preference})["Location"])
        return page

    def test_wish_that_differs_is_asked_and_said_with_the_appointment(self, phone, link):
        page = self.ask(phone, link)
        (request,) = ModalityRequest.objects.all()
        assert (request.asked, request.asked_by) == ("phone", f"link:{link[0].ref}")
        assert phone.get(page).context["asked"].state == "open"
        assert phone.get(page + "voorkeur/bewaard/").context["asked"].row == request

    def test_wish_as_it_is_planned_asks_nothing(self, phone, link):
        page = self.ask(phone, link, "video")
        assert not ModalityRequest.objects.exists()
        assert phone.get(page).context["asked"] is None

    def test_is_withdrawn_by_one_button_and_again_does_nothing(self, phone, link):
        page = self.ask(phone, link)
        for _time in range(2):
            assert phone.post(page + "verzoek/intrekken/")["Location"] == page
        assert ModalityRequest.objects.get().end == "withdrawn"
        assert AccessLog.objects.filter(action="withdraw.request", result="allowed").count() == 2

    def test_reason_of_no_is_read_by_the_patient(self, phone, link):
        page = self.ask(phone, link)
        decline_request(
            request=ModalityRequest.objects.get(), reason="Wij willen uw huid zien.", by="user:1", now=timezone.now()
        )
        assert "Wij willen uw huid zien." in phone.get(page).content.decode()

    def test_who_only_has_the_link_sees_nothing_of_it(self, phone, laptop, link):
        page = self.ask(phone, link)
        assert laptop.get(link[1])["Location"] == page
        assert "asked" not in laptop.get(page).context
        laptop.post(page + "verzoek/intrekken/")
        assert ModalityRequest.objects.get().is_open

    def test_wish_in_general_is_kept_when_the_patient_says_so(self, phone, link, mrs_van_der_veen):
        page = self.ask(phone, link)
        assert general_preference(mrs_van_der_veen.patient_id) == ""
        assert phone.post(page + "voorkeur/bewaard/")["Location"] == page + "voorkeur/bewaard/"
        assert general_preference(mrs_van_der_veen.patient_id) == "phone"
        assert phone.get(page + "voorkeur/bewaard/").context["in_general"]

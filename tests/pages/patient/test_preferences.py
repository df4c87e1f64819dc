import pytest

from events.catalogue import PreferenceStated
from events.models import Event
from people.models import AccessLog
from scheduling.models import ContactPreference
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

"""New patients, and patients of another department taken on in an explicit step."""

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AccessLog, Patient
from tests import factories as make

NEW = {
    "number": "8123456",
    "birth_date": "3-2-1950",
    "salutation": "ms",
    "initials": "T.",
    "particle": "van 't",
    "family_name": "Hof-Çelik",
    "email": "t.hof@post.example",
    "mobile": "06-12 34 56 78",
    "phone": "",
}


def test_new_patient_belongs_to_the_department_and_can_be_found(desk):
    answer = desk.client.post(reverse("patient-new"), NEW)
    made = Patient.objects.get()
    assert answer["Location"] == reverse("book", args=[made.public_id])
    assert (made.full_name, made.birth_date.isoformat(), made.mobile) == (
        "T. van 't Hof-Çelik",
        "1950-02-03",
        "+31612345678",
    )
    assert list(made.departments.all()) == [desk.department]
    assert AccessLog.objects.filter(action="register.patient", patient=made).exists()
    assert str(made.public_id) in desk.client.post(reverse("book-found"), {"zoek": "hof celik"}).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"birth_date": "1950"}, "birth_date"),
        ({"birth_date": "31-2-1950"}, "birth_date"),
        ({"birth_date": "1-1-2999"}, "birth_date"),
        ({"birth_date": "1-1-1800"}, "birth_date"),
        ({"family_name": ""}, "family_name"),
        ({"email": "t.hof"}, "email"),
        ({"mobile": "0612"}, "mobile"),
        ({"mobile": "020-6240808"}, "mobile"),
        ({"phone": "twintig"}, "phone"),
        ({"salutation": "dr"}, "salutation"),
    ],
)
def test_wrong_input_is_an_error_beside_the_field_and_is_kept(desk, wrong, field):
    answer = desk.client.post(reverse("patient-new"), NEW | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["initials"].value() == "T."
    assert not Patient.objects.exists()


def test_patient_without_mail_and_phone_can_be_registered(desk):
    assert desk.client.post(reverse("patient-new"), NEW | {"email": "", "mobile": ""}).status_code == 302


def test_number_that_exists_in_the_hospital_leads_to_the_other_door(desk):
    make.PatientFactory(department=make.department("neurologie"), number="8123456")
    answer = desk.client.post(reverse("patient-new"), NEW)
    assert answer.status_code == 422
    assert "“" in answer.context["form"].errors["number"][0]
    assert Patient.objects.count() == 1


@pytest.fixture
def elsewhere(db):
    return make.PatientFactory(
        department=make.department("neurologie"),
        number="8123456",
        birth_date=make.moments.day("1950-02-03"),
        family_name="Zandbergen",
    )


def known(desk, **asked):
    return desk.client.post(reverse("patient-known"), {"number": "8123456", "birth_date": "3-2-1950", **asked})


def test_patient_known_elsewhere_is_shown_on_number_and_birth_date_only(desk, elsewhere):
    answer = known(desk)
    assert "Zandbergen" in answer.content.decode()
    assert not elsewhere.treatment_relations.filter(department=desk.department).exists()
    assert AccessLog.objects.filter(action="find.patient", patient=elsewhere).exists()


@pytest.mark.parametrize("asked", [{"number": "8123457"}, {"birth_date": "4-2-1950"}])
def test_wrong_number_and_wrong_date_get_the_same_answer(desk, elsewhere, asked):
    answer = known(desk, **asked)
    assert answer.status_code == 422
    assert "Zandbergen" not in answer.content.decode()
    assert list(answer.context["form"].errors) == ["__all__"]
    assert AccessLog.objects.filter(action="find.patient", patient=None).exists()


def test_treatment_begins_only_in_the_second_step_and_is_logged(desk, elsewhere):
    assert desk.client.get(reverse("book", args=[elsewhere.public_id])).status_code == 404
    answer = known(desk, begin="1")
    assert answer["Location"] == reverse("book", args=[elsewhere.public_id])
    relation = elsewhere.treatment_relations.get(department=desk.department)
    assert relation.since == timezone.localdate()
    assert AccessLog.objects.filter(action="begin.treatment", patient=elsewhere).exists()
    assert desk.client.get(answer["Location"]).status_code == 200


def test_patient_who_is_treated_here_already_is_not_taken_on_again(desk):
    make.PatientFactory(department=desk.department, number="8123456", birth_date=make.moments.day("1950-02-03"))
    assert known(desk).context["here"]

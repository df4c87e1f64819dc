"""A department's own words: saved as versions, never over those of somebody else, and always with a way back."""

from dataclasses import replace
from functools import partial

import pytest
from django.utils import timezone

from notifications.actions.texts import ChangedMeanwhile, Problems, restore_default, restore_version, save_text
from notifications.content.defaults import default_text
from notifications.content.findings import FindingId
from notifications.content.samples import sample_facts
from notifications.content.text import TextKey
from notifications.models import Instruction, MessageText
from notifications.texts import TextsOf, history_of, own_texts, text_for
from people.models import Role
from tests import factories as make
from tests.support.together import together

pytestmark = pytest.mark.django_db

KEY = TextKey("confirmation", "sms", "nl", "video")
OURS = "{ziekenhuis}: wij zien u graag op {datum_kort}, {tijd} uur. Beeldbellen: {link} Vragen? Bel {tel}"
BETTER = OURS.replace("graag", "heel graag")


@pytest.fixture
def lungs():
    return make.department()


@pytest.fixture
def fatima(lungs):
    return make.member(Role.PLANNER, lungs)


def save(department, by, body=OURS, base_version=0, key=KEY):
    return save_text(
        department=department, **key._asdict(), body=body, base_version=base_version, by=by, now=timezone.now()
    )


def counting(department, key=KEY):
    return text_for(department.pk, *key)


def test_default_counts_until_the_department_has_words_of_its_own(lungs, fatima):
    assert counting(lungs).text == default_text(KEY)
    assert (counting(lungs).version, counting(lungs).is_default) == (0, True)

    saved = save(lungs, fatima)

    assert (saved.version, saved.made_by, saved.warnings) == (1, fatima, [])
    assert (counting(lungs).body, counting(lungs).version, counting(lungs).is_default) == (f"{OURS}\n", 1, False)


def test_other_departments_and_other_texts_keep_theirs(lungs, fatima):
    save(lungs, fatima)
    assert counting(make.department("neurologie")).is_default
    assert counting(lungs, KEY._replace(form="phone")).is_default
    assert counting(lungs, KEY._replace(language="en")).is_default
    assert counting(lungs, KEY._replace(channel="mail")).is_default


def test_text_with_errors_is_not_saved(lungs, fatima):
    problems = save(lungs, fatima, OURS.replace("{tel}", "ons"))
    assert isinstance(problems, Problems)
    assert [finding.id for finding in problems.findings] == [FindingId.MISSING_PHONE]
    assert not MessageText.objects.exists()


def test_name_of_a_clinician_of_this_department_is_an_error_here_only(lungs, fatima):
    make.ClinicianFactory(name="dr. M. van der Veen", departments=[lungs])
    named = f"{OURS} Groet, Veen"
    assert isinstance(save(lungs, fatima, named), Problems)
    assert isinstance(save(make.department("neurologie"), fatima, named), MessageText)


def test_warnings_are_kept_with_what_was_saved(lungs, fatima):
    saved = save(lungs, fatima, OURS.replace("Vragen?", "Indien vragen?"))
    assert saved.warnings == [
        {"id": "difficult_word", "line": 1, "facts": {"word": "Indien", "plainer": "als"}},
    ]


def test_text_that_somebody_else_saved_meanwhile_is_not_written_over(lungs, fatima):
    theirs = save(lungs, fatima)
    answer = save(lungs, make.member(Role.LEAD, lungs), BETTER, base_version=0)
    assert answer == ChangedMeanwhile(theirs)
    assert counting(lungs).version == 1
    assert save(lungs, fatima, BETTER, base_version=1).version == 2


def test_version_that_never_was_is_no_ground_to_build_on(lungs, fatima):
    assert save(lungs, fatima, base_version=7) == ChangedMeanwhile(None)


def test_back_to_the_default_follows_what_that_becomes(lungs, fatima):
    save(lungs, fatima)
    back = restore_default(department=lungs, **KEY._asdict(), base_version=1, by=fatima, now=timezone.now())
    assert (back.version, back.is_default) == (2, True)
    MessageText.objects.filter(pk=back.pk).update(body="wat de standaard toen was")
    assert (counting(lungs).text, counting(lungs).version, counting(lungs).is_default) == (default_text(KEY), 2, True)


def test_earlier_version_comes_back_as_a_new_one(lungs, fatima):
    save(lungs, fatima)
    save(lungs, fatima, BETTER, base_version=1)
    again = restore_version(
        department=lungs, **KEY._asdict(), version=1, base_version=2, by=fatima, now=timezone.now()
    )
    assert (again.version, again.body) == (3, f"{OURS}\n")
    assert [row.version for row in history_of(lungs, KEY)] == [3, 2, 1]


def test_version_of_another_department_cannot_be_brought_back(lungs, fatima):
    save(make.department("neurologie"), fatima)
    with pytest.raises(MessageText.DoesNotExist):
        restore_version(department=lungs, **KEY._asdict(), version=1, base_version=0, by=fatima, now=timezone.now())


def test_batch_reads_the_texts_of_all_departments_once(lungs, fatima, count_queries):
    neurology = make.department("neurologie")
    save(lungs, fatima)
    save(lungs, fatima, BETTER, base_version=1)
    save(neurology, fatima)
    facts = sample_facts("confirmation", "video", "nl")
    with count_queries() as asked:
        texts = TextsOf([lungs.pk, neurology.pk])
        said = [texts.sms(department.pk, facts) for department in (lungs, neurology, lungs)]
    assert len(asked) == 1
    assert ["heel graag" in one for one in said] == [True, False, True]


def test_letter_leads_to_the_leaflet_of_the_department(lungs, fatima):
    Instruction.objects.create(
        department=lungs,
        kind="film",
        title="Zo werkt beeldbellen",
        url="https://dewaard.example/film",
        changed_at=timezone.now(),
        changed_by=fatima.actor,
    )
    facts = replace(sample_facts("confirmation", "video", "nl"), guide="", guide_link="")
    for department, offered in ((lungs, True), (make.department("neurologie"), False)):
        letter = TextsOf([department.pk]).letter(department.pk, facts)
        assert ("Zo werkt beeldbellen: https://dewaard.example/film" in letter.as_text()) is offered
        assert ('href="https://dewaard.example/film"' in letter.as_html()) is offered
        assert ("Wilt u zien hoe het gaat?" in letter.as_text()) is offered


def test_own_texts_are_the_latest_of_each(lungs, fatima):
    save(lungs, fatima)
    latest = save(lungs, fatima, BETTER, base_version=1)
    assert own_texts(lungs) == {KEY: latest}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins():
    department = make.department()
    people = [make.member(Role.PLANNER, department), make.member(Role.LEAD, department)]

    answers = together(*[partial(save, department, by) for by in people])

    assert sorted(type(answer).__name__ for answer in answers) == ["ChangedMeanwhile", "MessageText"]
    assert MessageText.objects.count() == 1

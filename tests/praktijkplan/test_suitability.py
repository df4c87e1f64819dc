from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktijkplan.contact import ContactKind, Modality
from praktijkplan.findings import Severity
from praktijkplan.suitability import (
    Answer,
    Assessment,
    Known,
    Question,
    SuitFinding,
    SuitFindingId,
    assess,
)

SURE = Known(age=54, video_held_before=3)
NOTHING_WRONG = {
    Question.EMERGENCY: Answer.NO,
    Question.MEDICALLY_SOUND: Answer.YES,
    Question.EXAMINATION_NEEDED: Answer.NO,
    Question.UNSAFE_AT_HOME: Answer.NO,
    Question.LACKS_CAPACITY: Answer.NO,
    Question.BAD_NEWS_ASKED: Answer.YES,
}


def by_video(answers=NOTHING_WRONG, known=SURE, kind=ContactKind.FOLLOW_UP) -> Assessment:
    return assess(Modality.VIDEO, kind, answers, known)


def warning(found: SuitFindingId, rule="PP-03", proposes=Modality.VISIT, **facts) -> SuitFinding:
    return SuitFinding(found, rule, Severity.WARNING, proposes, facts)


def test_video_suits_when_nothing_speaks_against_it():  # PP-02
    assert by_video() == Assessment()
    assert by_video().suited
    assert by_video().proposes is None


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (Question.EMERGENCY, Answer.YES, warning(SuitFindingId.EMERGENCY)),
        (Question.EXAMINATION_NEEDED, Answer.YES, warning(SuitFindingId.EXAMINATION_NEEDED)),
        (Question.UNSAFE_AT_HOME, Answer.YES, warning(SuitFindingId.UNSAFE_AT_HOME)),
        (Question.LACKS_CAPACITY, Answer.YES, warning(SuitFindingId.LACKS_CAPACITY)),
        (Question.MEDICALLY_SOUND, Answer.NO, warning(SuitFindingId.NOT_MEDICALLY_SOUND, "PP-02")),
        (Question.BAD_NEWS_ASKED, Answer.NO, warning(SuitFindingId.BAD_NEWS_NOT_ASKED, "PP-02")),
    ],
)
def test_each_answer_of_the_plan_warns_of_video(question, answer, expected):  # PP-02, PP-03
    found = by_video({**NOTHING_WRONG, question: answer})
    assert found.findings == (expected,)
    assert not found.suited
    assert found.proposes is Modality.VISIT


def test_child_under_12_without_representative_is_detected():  # PP-03
    child = replace(SURE, age=11)
    assert by_video(known=child).findings == (warning(SuitFindingId.CHILD_ALONE, age=11),)
    assert by_video(known=replace(child, representative_can_take_part=True)).suited
    assert by_video(known=replace(child, age=12)).suited


def test_appointment_on_site_the_same_day_is_detected():  # PP-03
    assert by_video(known=replace(SURE, on_site_same_day=True)).findings == (warning(SuitFindingId.ON_SITE_SAME_DAY),)


def test_who_lacks_capacity_may_be_seen_with_a_representative():  # PP-03
    answers = {**NOTHING_WRONG, Question.LACKS_CAPACITY: Answer.YES}
    assert by_video(answers, replace(SURE, representative_can_take_part=True)).suited


def test_help_at_hand_makes_up_for_skills():  # PP-03
    never = Known(age=81)
    answers = {**NOTHING_WRONG, Question.SKILLS_AND_MEANS: Answer.NO}
    alone = by_video(answers, never)
    assert alone.findings == (warning(SuitFindingId.NO_SKILLS_OR_MEANS, proposes=Modality.PHONE),)
    assert alone.to_ask == (Question.HELP_AT_HAND, Question.LOOKING_HELPS)
    assert by_video({**answers, Question.HELP_AT_HAND: Answer.YES}, never).suited


def test_where_looking_helps_a_visit_takes_the_place_of_video():  # PP-02
    answers = {**NOTHING_WRONG, Question.SKILLS_AND_MEANS: Answer.NO, Question.LOOKING_HELPS: Answer.YES}
    assert by_video(answers, Known(age=81)).proposes is Modality.VISIT


def test_what_the_system_knows_is_not_asked():
    assert by_video({}, Known(age=54)).to_ask == (
        Question.EMERGENCY,
        Question.MEDICALLY_SOUND,
        Question.EXAMINATION_NEEDED,
        Question.UNSAFE_AT_HOME,
        Question.LACKS_CAPACITY,
        Question.SKILLS_AND_MEANS,
        Question.BAD_NEWS_ASKED,
    )
    assert Question.SKILLS_AND_MEANS not in by_video({}, SURE).to_ask
    assert Question.SKILLS_AND_MEANS in by_video({}, replace(SURE, technique_failed_last=True)).to_ask
    assert Question.LACKS_CAPACITY not in by_video({}, replace(SURE, age=8)).to_ask
    assert Question.LACKS_CAPACITY not in by_video({}, replace(SURE, representative_can_take_part=True)).to_ask


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (
            replace(SURE, technique_failed_last=True),
            SuitFinding(SuitFindingId.TECHNIQUE_FAILED, "PP-02", Severity.ADVICE, Modality.PHONE),
        ),
        (
            replace(SURE, has_mobile_or_mail=False),
            SuitFinding(SuitFindingId.NO_ADDRESS, "PP-02", Severity.ADVICE, Modality.PHONE),
        ),
        (
            replace(SURE, preference=Modality.VISIT),
            SuitFinding(SuitFindingId.PREFERS_OTHER, "PP-04", Severity.ADVICE, Modality.VISIT),
        ),
    ],
)
def test_what_makes_video_harder_is_said_and_needs_no_reason(known, expected):
    found = by_video(known=known)
    assert found.findings == (expected,)
    assert found.findings[0].id.is_detected
    assert found.suited


def test_new_patient_by_video_is_identified_later():  # PP-55
    found = by_video(kind=ContactKind.NEW)
    assert found.findings == (SuitFinding(SuitFindingId.IDENTIFY_LATER, "PP-55", Severity.ADVICE, None),)


def test_warnings_stand_before_advice():
    known = replace(SURE, preference=Modality.PHONE, on_site_same_day=True, technique_failed_last=True)
    assert [found.severity for found in by_video(known=known).findings] == [
        Severity.WARNING,
        Severity.ADVICE,
        Severity.ADVICE,
    ]


def test_talk_between_colleagues_asks_nothing():
    assert by_video({}, Known(), kind=ContactKind.INTERCOLLEGIAL) == Assessment()


def test_visit_in_an_emergency_stays_a_visit():
    answers = {**NOTHING_WRONG, Question.EMERGENCY: Answer.YES, Question.EXAMINATION_NEEDED: Answer.YES}
    found = assess(Modality.VISIT, ContactKind.FOLLOW_UP, answers, SURE)
    assert found.findings == (SuitFinding(SuitFindingId.EMERGENCY, "PP-03", Severity.ADVICE, None),)
    assert found.suited


modalities = st.sampled_from(Modality)
kinds = st.sampled_from(ContactKind)
answered = st.dictionaries(st.sampled_from(Question), st.sampled_from(Answer))
facts = st.builds(
    Known,
    age=st.none() | st.integers(0, 110),
    representative_can_take_part=st.booleans(),
    on_site_same_day=st.booleans(),
    video_held_before=st.integers(0, 3),
    technique_failed_last=st.booleans(),
    preference=st.none() | modalities,
    has_mobile_or_mail=st.booleans(),
)


@given(modalities, kinds, answered, facts, st.integers(12, 110), st.integers(12, 110))
def test_age_alone_never_argues_against_a_form(modality, kind, answers, known, one, other):  # PP-04
    assert assess(modality, kind, answers, replace(known, age=one)) == assess(
        modality, kind, answers, replace(known, age=other)
    )


@given(modalities, kinds, answered, facts)
def test_proposed_form_is_suited(modality, kind, answers, known):
    found = assess(modality, kind, answers, known)
    assert (found.proposes is None) is found.suited
    if found.proposes is not None:
        assert found.proposes is not modality
        assert assess(found.proposes, kind, answers, known).suited


@given(modalities, kinds, answered, facts)
def test_answering_what_is_asked_comes_to_an_end(modality, kind, answers, known):
    given_answers = dict(answers)
    for _ in Question:
        found = assess(modality, kind, given_answers, known)
        assert not set(found.to_ask) & set(given_answers)
        if not found.to_ask:
            return
        given_answers[found.to_ask[0]] = Answer.NO
    assert not assess(modality, kind, given_answers, known).to_ask


# Whether looking helps also decides what takes the place of video where the system itself advises against it.
@given(
    modalities,
    kinds,
    answered,
    facts,
    st.sampled_from([question for question in Question if question is not Question.LOOKING_HELPS]),
    st.sampled_from(Answer),
)
def test_answer_that_is_not_asked_for_changes_nothing(modality, kind, answers, known, question, answer):
    unanswered = {asked: said for asked, said in answers.items() if asked is not question}
    before = assess(modality, kind, unanswered, known)
    if question not in before.to_ask:
        assert assess(modality, kind, {**unanswered, question: answer}, known).findings == before.findings

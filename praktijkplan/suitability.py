"""Whether a form of contact suits the patient and the question: the keuzehulp (PP-02, PP-03)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from praktijkplan.contact import ContactKind, Modality
from praktijkplan.findings import Severity

# PP-03: from this age a patient may take part alone.
TAKES_PART_ALONE_FROM = 12


class Question(StrEnum):
    """What only people can answer, in the order in which it is asked."""

    EMERGENCY = "emergency"
    MEDICALLY_SOUND = "medically_sound"
    EXAMINATION_NEEDED = "examination_needed"  # extensive, by hand
    UNSAFE_AT_HOME = "unsafe_at_home"
    LACKS_CAPACITY = "lacks_capacity"
    SKILLS_AND_MEANS = "skills_and_means"  # a device with camera and sound, a good connection, and able to use it
    HELP_AT_HAND = "help_at_hand"
    BAD_NEWS_ASKED = "bad_news_asked"  # yes: the patient was asked, or there is none to tell
    LOOKING_HELPS = "looking_helps"  # the colour of a wound, how someone moves


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class SuitFindingId(StrEnum):
    """What speaks against a form, and the facts that the finding carries."""

    EMERGENCY = "emergency"
    NOT_MEDICALLY_SOUND = "not_medically_sound"
    EXAMINATION_NEEDED = "examination_needed"
    UNSAFE_AT_HOME = "unsafe_at_home"
    LACKS_CAPACITY = "lacks_capacity"
    BAD_NEWS_NOT_ASKED = "bad_news_not_asked"
    NO_SKILLS_OR_MEANS = "no_skills_or_means"
    # Detected, not asked
    CHILD_ALONE = "child_alone"  # age
    ON_SITE_SAME_DAY = "on_site_same_day"
    TECHNIQUE_FAILED = "technique_failed"
    NO_ADDRESS = "no_address"
    PREFERS_OTHER = "prefers_other"
    IDENTIFY_LATER = "identify_later"

    @property
    def is_detected(self) -> bool:
        """Whether the system finds it without asking anyone."""
        return self in _DETECTED


_DETECTED = frozenset(
    {
        SuitFindingId.CHILD_ALONE,
        SuitFindingId.ON_SITE_SAME_DAY,
        SuitFindingId.TECHNIQUE_FAILED,
        SuitFindingId.NO_ADDRESS,
        SuitFindingId.PREFERS_OTHER,
        SuitFindingId.IDENTIFY_LATER,
    }
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the system knows on the day of the appointment, so that nobody is asked for it."""

    age: int | None = None  # years; None: not known
    representative_can_take_part: bool = False
    on_site_same_day: bool = False
    video_held_before: int = 0  # video consults
    technique_failed_last: bool = False  # in the newest of these
    preference: Modality | None = None  # what the patient stated
    has_mobile_or_mail: bool = True


@dataclass(frozen=True, slots=True)
class SuitFinding:
    """What speaks against a form; a warning asks for a reason to go on, advice does not."""

    id: SuitFindingId
    rule: str  # PP-id
    severity: Severity
    proposes: Modality | None  # None: keep the form
    facts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found, the gravest first, and what is left to ask."""

    findings: tuple[SuitFinding, ...] = ()
    to_ask: tuple[Question, ...] = ()

    @property
    def suited(self) -> bool:
        """Whether the form can be chosen without overruling a warning."""
        return not any(found.severity is Severity.WARNING for found in self.findings)

    @property
    def proposes(self) -> Modality | None:
        """A form against which none of these warnings speaks; None when this form is suited."""
        proposed = {found.proposes for found in self.findings if found.severity is Severity.WARNING}
        if Modality.VISIT in proposed:
            return Modality.VISIT
        return Modality.PHONE if proposed else None


# PP-03: the answer that warns of video, what is found, and the rule that says so.
_WARNS_OF_VIDEO: Mapping[Question, tuple[Answer, SuitFindingId, str]] = {
    Question.MEDICALLY_SOUND: (Answer.NO, SuitFindingId.NOT_MEDICALLY_SOUND, "PP-02"),
    Question.EXAMINATION_NEEDED: (Answer.YES, SuitFindingId.EXAMINATION_NEEDED, "PP-03"),
    Question.UNSAFE_AT_HOME: (Answer.YES, SuitFindingId.UNSAFE_AT_HOME, "PP-03"),
    Question.BAD_NEWS_ASKED: (Answer.NO, SuitFindingId.BAD_NEWS_NOT_ASKED, "PP-02"),
}


def assess(modality: Modality, kind: ContactKind, answers: Mapping[Question, Answer], known: Known) -> Assessment:
    """What speaks against holding this contact in this form, and which questions are still open (PP-02, PP-03).

    Age from 12 years never counts (PP-04). What is known is not asked: a child without a representative and an
    appointment on site the same day are detected, and who held a video consult that worked has the skills and the
    means. For any other form than video only an emergency, and who cannot decide alone, are of account. A talk
    between colleagues has no patient to suit.
    """
    if kind is ContactKind.INTERCOLLEGIAL:
        return Assessment()
    findings = [*_whatever_the_form(modality, answers, known)]
    if modality is Modality.VIDEO:
        findings += _of_video(kind, answers, known)
    findings.sort(key=lambda found: found.severity.rank)
    return Assessment(tuple(findings), tuple(_open_questions(modality, answers, known)))


def _whatever_the_form(modality: Modality, answers: Mapping[Question, Answer], known: Known) -> Iterator[SuitFinding]:
    """Against a remote form these warn; at a visit they ask for an urgent place, and for someone to come along."""
    severity, proposes = (Severity.WARNING, Modality.VISIT) if modality.is_remote else (Severity.ADVICE, None)
    if answers.get(Question.EMERGENCY) is Answer.YES:
        yield SuitFinding(SuitFindingId.EMERGENCY, "PP-03", severity, proposes)
    if known.representative_can_take_part:
        return
    if known.age is not None and known.age < TAKES_PART_ALONE_FROM:
        yield SuitFinding(SuitFindingId.CHILD_ALONE, "PP-03", severity, proposes, {"age": known.age})
    elif answers.get(Question.LACKS_CAPACITY) is Answer.YES:
        yield SuitFinding(SuitFindingId.LACKS_CAPACITY, "PP-03", severity, proposes)


def _of_video(kind: ContactKind, answers: Mapping[Question, Answer], known: Known) -> Iterator[SuitFinding]:
    for question, (warning, found, rule) in _WARNS_OF_VIDEO.items():
        if answers.get(question) is warning:
            yield SuitFinding(found, rule, Severity.WARNING, Modality.VISIT)
    if known.on_site_same_day:
        yield SuitFinding(SuitFindingId.ON_SITE_SAME_DAY, "PP-03", Severity.WARNING, Modality.VISIT)
    unseen = Modality.VISIT if answers.get(Question.LOOKING_HELPS) is Answer.YES else Modality.PHONE
    if _cannot_manage(answers, known):
        yield SuitFinding(SuitFindingId.NO_SKILLS_OR_MEANS, "PP-03", Severity.WARNING, unseen)
    if known.technique_failed_last:
        yield SuitFinding(SuitFindingId.TECHNIQUE_FAILED, "PP-02", Severity.ADVICE, unseen)
    if not known.has_mobile_or_mail:
        yield SuitFinding(SuitFindingId.NO_ADDRESS, "PP-02", Severity.ADVICE, unseen)
    if known.preference not in (None, Modality.VIDEO):
        yield SuitFinding(SuitFindingId.PREFERS_OTHER, "PP-04", Severity.ADVICE, known.preference)
    if kind is ContactKind.NEW:
        yield SuitFinding(SuitFindingId.IDENTIFY_LATER, "PP-55", Severity.ADVICE, None)


def _has_managed(known: Known) -> bool:
    return known.video_held_before > 0 and not known.technique_failed_last


def _cannot_manage(answers: Mapping[Question, Answer], known: Known) -> bool:
    """Unable, and nobody known to be at hand."""
    unable = not _has_managed(known) and answers.get(Question.SKILLS_AND_MEANS) is Answer.NO
    return unable and answers.get(Question.HELP_AT_HAND) is not Answer.YES


def _open_questions(modality: Modality, answers: Mapping[Question, Answer], known: Known) -> Iterator[Question]:
    of_account = {Question.EMERGENCY}
    if not known.representative_can_take_part and (known.age is None or known.age >= TAKES_PART_ALONE_FROM):
        of_account.add(Question.LACKS_CAPACITY)
    if modality is Modality.VIDEO:
        of_account |= _WARNS_OF_VIDEO.keys()
        if not _has_managed(known):
            of_account.add(Question.SKILLS_AND_MEANS)
        if _cannot_manage(answers, known):
            of_account |= {Question.HELP_AT_HAND, Question.LOOKING_HELPS}
    for question in Question:
        if question in of_account and question not in answers:
            yield question

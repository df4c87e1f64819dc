"""The suitability check in words: questions as they are asked, and what speaks against a form of contact."""

from collections.abc import Callable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from praktijkplan.contact import Modality
from praktijkplan.suitability import Answer, Known, Question, SuitFinding, SuitFindingId
from scheduling.vocabulary import MODALITIES

QUESTIONS: Mapping[Question, "str | Promise"] = {
    Question.EMERGENCY: _("Is it an emergency?"),
    Question.MEDICALLY_SOUND: _("Does the clinician find it medically responsible?"),
    Question.EXAMINATION_NEEDED: _("Is an extensive physical examination needed?"),
    Question.UNSAFE_AT_HOME: _("Is it unsafe to talk at home?"),
    Question.LACKS_CAPACITY: _("Does somebody else have to decide for the patient?"),
    Question.SKILLS_AND_MEANS: _("Does the patient have camera, sound and internet, and manage with these?"),
    Question.HELP_AT_HAND: _("Is there somebody at hand who can help?"),
    Question.BAD_NEWS_ASKED: _("No bad news, or was the patient asked beforehand?"),
    Question.LOOKING_HELPS: _("Does it help to see something, such as a wound or a movement?"),
}
ANSWERS: list[tuple[str, "str | Promise"]] = [
    (Answer.YES.value, _("yes")),
    (Answer.NO.value, _("no")),
    (Answer.UNKNOWN.value, _("unknown")),
]


def _child_alone(found: SuitFinding) -> str:
    said = gettext("The patient is %(age)d years old, and no representative is known who can take part.")
    return said % found.facts


def _prefers(found: SuitFinding) -> str:
    form = str(dict(MODALITIES)[found.proposes]) if found.proposes else ""
    return gettext("The patient prefers: %(form)s.") % {"form": form}


_FOUND: Mapping[SuitFindingId, Callable[[SuitFinding], str]] = {
    SuitFindingId.EMERGENCY: lambda found: gettext("It is an emergency: the patient is to be seen, soon."),
    SuitFindingId.NOT_MEDICALLY_SOUND: lambda found: gettext("The clinician does not find it responsible."),
    SuitFindingId.EXAMINATION_NEEDED: lambda found: gettext("A physical examination is not possible at a distance."),
    SuitFindingId.UNSAFE_AT_HOME: lambda found: gettext("The patient cannot talk safely at home."),
    SuitFindingId.LACKS_CAPACITY: lambda found: gettext(
        "Somebody else decides for the patient, and no representative is known who can take part."
    ),
    SuitFindingId.BAD_NEWS_NOT_ASKED: lambda found: gettext(
        "Bad news is told by video only when the patient was asked beforehand."
    ),
    SuitFindingId.NO_SKILLS_OR_MEANS: lambda found: gettext(
        "The patient cannot make a video call, and nobody is at hand to help."
    ),
    SuitFindingId.CHILD_ALONE: _child_alone,
    SuitFindingId.ON_SITE_SAME_DAY: lambda found: gettext("The patient comes to the hospital on this day anyway."),
    SuitFindingId.TECHNIQUE_FAILED: lambda found: gettext("Technique failed in the last video call."),
    SuitFindingId.NO_ADDRESS: lambda found: gettext(
        "No e-mail address or mobile number is known: the link cannot be sent."
    ),
    SuitFindingId.PREFERS_OTHER: _prefers,
    SuitFindingId.IDENTIFY_LATER: lambda found: gettext(
        "A new patient is identified later: at signing in, or on camera before the consult begins."
    ),
}


def finding_sentence(found: SuitFinding) -> str:
    return _FOUND[found.id](found)


def known_words(known: Known, form: Modality) -> Iterator[str]:
    """What need not be asked, as far as it is of account for this form."""
    if known.age is not None:
        yield ngettext("%(age)d year old", "%(age)d years old", known.age) % {"age": known.age}
    if known.representative_can_take_part:
        yield gettext("a representative can take part")
    if form is not Modality.VIDEO:
        return
    if known.video_held_before:
        yield ngettext("%(count)d video call before", "%(count)d video calls before", known.video_held_before) % {
            "count": known.video_held_before
        }
    else:
        yield gettext("no video call before")

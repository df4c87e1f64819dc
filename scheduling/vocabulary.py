"""The field's words for people: the pure package has the values, here stand their labels."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from praktijkplan.contact import ContactKind, Modality
from praktijkplan.localtime import HalfDay
from praktijkplan.rasters import WeekPattern
from praktijkplan.slots import BlockMode

Choices = list[tuple[str, "str | Promise"]]

MODALITIES: Choices = [
    (Modality.VIDEO.value, _("video call")),
    (Modality.PHONE.value, _("phone call")),
    (Modality.VISIT.value, _("visit")),
    (Modality.WRITTEN.value, _("in writing")),
]
# A patient may also not know: an answer in its own right (PP-04).
UNDECIDED = "unknown"
PREFERENCES: Choices = [*MODALITIES, (UNDECIDED, _("I do not know"))]
CONTACT_KINDS: Choices = [
    (ContactKind.NEW.value, _("new patient (NP)")),
    (ContactKind.FOLLOW_UP.value, _("follow-up (CP)")),
    (ContactKind.SECOND_OPINION.value, _("second opinion")),
    (ContactKind.INTERCOLLEGIAL.value, _("intercollegial consult")),
    (ContactKind.CO_TREATMENT.value, _("co-treatment")),
]
BLOCK_MODES: Choices = [
    (BlockMode.FIXED.value, _("fixed moments")),
    (BlockMode.FLEXIBLE.value, _("flexible within the block")),
    (BlockMode.HYBRID.value, _("hybrid: the clinic chooses")),
    (BlockMode.BREAK.value, _("break")),
]
WEEK_PATTERNS: Choices = [
    (WeekPattern.EVERY.value, _("every week")),
    (WeekPattern.EVEN.value, _("even weeks")),
    (WeekPattern.ODD.value, _("odd weeks")),
]
HALF_DAYS: Choices = [
    (HalfDay.MORNING.value, _("morning")),
    (HalfDay.AFTERNOON.value, _("afternoon")),
]
# Why an appointment was moved: a fact holds the code, what people write stays on the appointment.
MOVE_REASONS: Choices = [
    ("patient_asked", _("the patient asked for it")),
    ("clinician_away", _("the clinician is away")),
    ("clinic_changed", _("the clinic was changed")),
    ("other_form", _("another form of contact")),
    ("planning_mistake", _("planned by mistake")),
]
# Why a patient cannot have the form of contact they asked for: what they read, also in mail, so nothing medical.
DECLINE_REASONS: Mapping[str, "str | Promise"] = MappingProxyType(
    {
        "needs_presence": _("Your clinician would like to see you in the hospital."),
        "needs_picture": _("Your clinician would like to be able to see you."),
        "only_this_form": _("This appointment can only be held in this way."),
        "no_place": _("There is no place for this form in this period."),
        "discuss_first": _("We would like to discuss this with you first, during the appointment."),
    }
)
# On whose behalf an appointment was changed or cancelled.
ASKED_BY: Choices = [
    ("patient", _("the patient")),
    ("representative", _("the representative")),
    ("clinician", _("the clinician")),
    ("clinic", _("the clinic")),
]

"""What was weighed when a form of contact was chosen (PP-02, PP-03)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from events.catalogue import SuitabilityAssessed
from events.log import record
from scheduling.actions.placing import Why
from scheduling.models import Appointment, SuitabilityCheck
from scheduling.queries.suitability import Weighed


@dataclass(frozen=True, kw_only=True)
class Suitability:
    """What was answered and what the system knew, as `praktijkplan.suitability` judged it for the form chosen.

    `warned`: it argues against this form. Choosing it all the same needs `overruled_reason`.
    """

    findings: tuple[str, ...]
    warned: bool
    answers: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    overruled_reason: str = ""

    @classmethod
    def of(cls, weighed: Weighed, overruled_reason: str = "") -> "Suitability | None":
        """None where nothing was found and nobody answered anything: then there is nothing to keep."""
        if not weighed.assessment.findings and not weighed.answers:
            return None
        return cls(
            findings=tuple(found.id.value for found in weighed.assessment.findings),
            warned=not weighed.assessment.suited,
            answers={question.value: answer.value for question, answer in weighed.answers.items()},
            known=asdict(weighed.known),
            overruled_reason=overruled_reason,
        )

    @property
    def lacks_reason(self) -> bool:
        return self.warned and not self.overruled_reason.strip()


def note_suitability(appointment: Appointment, check: Suitability, why: Why) -> SuitabilityCheck:
    row = SuitabilityCheck.objects.create(
        appointment=appointment,
        modality=appointment.modality,
        answers=dict(check.answers),
        known=dict(check.known),
        findings=list(check.findings),
        overruled_reason=check.overruled_reason.strip() if check.warned else "",
        decided_by=appointment.decided_by,
        by=why.by,
        at=why.now,
    )
    record(
        SuitabilityAssessed(
            appointment=appointment.pk,
            session=appointment.session_id,
            department=appointment.department_id,
            modality=appointment.modality,
            findings=check.findings,
            overruled=check.warned,
        ),
        at=why.now,
        actor=why.by,
    )
    return row

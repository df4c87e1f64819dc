"""Every text of a department at a glance: whose words they are, and what the checks of today say of them."""

from dataclasses import dataclass
from datetime import datetime

from notifications.content.checks import check_text
from notifications.content.defaults import all_keys, default_text
from notifications.content.findings import TextFinding
from notifications.content.text import Text, TextKey
from notifications.texts import names_of, own_texts
from people.models import Department


@dataclass(frozen=True, slots=True)
class TextAtAGlance:
    """`version` 0: nobody ever touched it. A default is checked once for all, when it is written."""

    text: Text
    version: int
    is_default: bool
    changed_at: datetime | None
    changed_by: str
    findings: tuple[TextFinding, ...]

    @property
    def key(self) -> TextKey:
        return self.text.key

    @property
    def errors(self) -> int:
        return sum(finding.is_error for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def texts_at_a_glance(department: Department) -> list[TextAtAGlance]:
    """In the order of a patient's journey. What was fine when it was saved may have errors by now."""
    own, names = own_texts(department), names_of(department)
    found = []
    for key in all_keys():
        row = own.get(key)
        is_default = row is None or row.is_default
        text = default_text(key) if row is None or row.is_default else Text(key, row.body)
        found.append(
            TextAtAGlance(
                text=text,
                version=row.version if row else 0,
                is_default=is_default,
                changed_at=row.made_at if row else None,
                changed_by=row.made_by.name if row else "",
                findings=() if is_default else tuple(check_text(text, names)),
            )
        )
    return found

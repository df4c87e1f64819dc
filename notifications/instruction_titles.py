"""A title stands in mails, so it may tell no more than the mail around it."""

from notifications.content.findings import FindingId, error
from notifications.content.forbidden import clinicians_in, forbidden_in
from notifications.texts import names_of
from people.models import Department


def title_problems(department: Department, title: str) -> list[str]:
    """What to leave out, as sentences; empty when the title can be sent."""
    names = names_of(department)
    found = [error(id_, word=word) for id_, word in forbidden_in(title, names)]
    found += [error(FindingId.CLINICIAN_NAME, word=word) for word in clinicians_in(title, names)]
    return [finding.sentence for finding in found]

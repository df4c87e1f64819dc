"""A department's own words: each save is a version, and no version is ever changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from notifications.content.checks import check_text
from notifications.content.defaults import default_text
from notifications.content.findings import TextFinding
from notifications.content.text import Text, TextKey
from notifications.models import MessageText
from notifications.texts import history_of, names_of
from people.models import Department, User


@dataclass(frozen=True, slots=True)
class Problems:
    """The text has errors; nothing was saved. Warnings are among them for the writer to see."""

    findings: tuple[TextFinding, ...]


@dataclass(frozen=True, slots=True)
class ChangedMeanwhile:
    """Somebody else saved this text first; nothing was written. `latest` is what they made of it."""

    latest: MessageText | None


def save_text(
    *,
    department: Department,
    kind: str,
    channel: str,
    language: str,
    form: str,
    body: str,
    base_version: int,
    by: User,
    now: datetime,
) -> MessageText | Problems | ChangedMeanwhile:
    """`base_version` is the version that the writer saw: 0 for a default that nobody had touched."""
    text = Text(TextKey(kind, channel, language, form), _clean(body))
    findings = check_text(text, names_of(department))
    if any(finding.is_error for finding in findings):
        return Problems(findings)
    return _add(department, text, base_version, by, now, warnings=findings)


def restore_default(
    *,
    department: Department,
    kind: str,
    channel: str,
    language: str,
    form: str,
    base_version: int,
    by: User,
    now: datetime,
) -> MessageText | ChangedMeanwhile:
    """From now on the default counts, also when a release changes it. What it says today is kept with the version."""
    text = default_text(TextKey(kind, channel, language, form))
    return _add(department, text, base_version, by, now, is_default=True)


def restore_version(
    *,
    department: Department,
    kind: str,
    channel: str,
    language: str,
    form: str,
    version: int,
    base_version: int,
    by: User,
    now: datetime,
) -> MessageText | Problems | ChangedMeanwhile:
    """An earlier version once more, as a new one: it may have errors by the checks of today.

    Raises MessageText.DoesNotExist.
    """
    key = TextKey(kind, channel, language, form)
    earlier = history_of(department, key).get(version=version)
    again = {"department": department, **key._asdict(), "base_version": base_version, "by": by, "now": now}
    return restore_default(**again) if earlier.is_default else save_text(**again, body=earlier.body)


def _add(
    department: Department,
    text: Text,
    base_version: int,
    by: User,
    now: datetime,
    *,
    is_default: bool = False,
    warnings: Sequence[TextFinding] = (),
) -> MessageText | ChangedMeanwhile:
    row = MessageText(
        department=department,
        **text.key._asdict(),
        body=text.body,
        version=base_version + 1,
        made_by=by,
        made_at=now,
        is_default=is_default,
        warnings=[finding.as_document() for finding in warnings],
    )
    latest = history_of(department, text.key).first()
    if (latest.version if latest else 0) != base_version:
        return _changed(department, text.key)
    try:
        # The constraint decides between two who save at once.
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _changed(department, text.key)
    return row


def _changed(department: Department, key: TextKey) -> ChangedMeanwhile:
    return ChangedMeanwhile(history_of(department, key).first())


def _clean(body: str) -> str:
    lines = body.replace("\r\n", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"

"""Which instruction material there is to offer, and which links are in trouble."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from notifications.models import Instruction
from people.models import Department

DEFAULT_LANGUAGE = "nl"
CHECK_EVERY = timedelta(hours=20)


def instructions_for(department_id: int, language: str) -> list[Instruction]:
    """What a message or a patient's page offers, in the department's order (PP-40, PP-41): without broken links.

    In the reader's language; where there is nothing in it, in Dutch. The placeholder {uitleg} gives the first.
    """
    offered = Instruction.objects.filter(
        department_id=department_id, language__in={language, DEFAULT_LANGUAGE}, broken_since__isnull=True
    )
    found = list(offered)
    return [each for each in found if each.language == language] or found


def count_broken_links(department: Department) -> int:
    return Instruction.objects.filter(department=department, broken_since__isnull=False).count()


def links_to_check(*, now: datetime) -> QuerySet[Instruction]:
    """Those never checked first, then those whose last check is longest ago."""
    due = Q(checked_at__isnull=True) | Q(checked_at__lt=now - CHECK_EVERY)
    return Instruction.objects.filter(due).order_by(F("checked_at").asc(nulls_first=True), "id")

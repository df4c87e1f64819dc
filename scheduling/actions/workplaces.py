"""Workplaces: the checklist of working from home (PP-29)."""

from datetime import datetime

from scheduling.models import Workplace, WorkplaceKind


class NotAtHome(Exception):
    """Only a workplace at home has this checklist; nothing was written."""


def confirm_checklist(*, workplace: Workplace, by: str, now: datetime) -> Workplace:
    """A secure connection, bandwidth, a quiet place and good sound were checked. Raises NotAtHome."""
    _only_at_home(workplace)
    workplace.checklist_confirmed_at, workplace.checklist_confirmed_by = now, by
    workplace.save(update_fields=["checklist_confirmed_at", "checklist_confirmed_by"])
    return workplace


def withdraw_checklist(*, workplace: Workplace) -> Workplace:
    """It has to be checked again, such as after a move. Raises NotAtHome."""
    _only_at_home(workplace)
    workplace.checklist_confirmed_at, workplace.checklist_confirmed_by = None, ""
    workplace.save(update_fields=["checklist_confirmed_at", "checklist_confirmed_by"])
    return workplace


def _only_at_home(workplace: Workplace) -> None:
    if workplace.kind != WorkplaceKind.HOME:
        raise NotAtHome

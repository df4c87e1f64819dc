"""Interpreters of a department: added, changed, and taken out of use. What they were booked for stands."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from people.models import Department
from scheduling.models import Interpreter


class NameTaken(Exception):
    """The department has somebody of that name already; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class About:
    """Who an interpreter is; `languages` are codes of scheduling.languages."""

    name: str
    languages: Collection[str]
    phone: str = ""
    email: str = ""
    active: bool = True


def add_interpreter(*, department: Department, about: About) -> Interpreter:
    """Raises NameTaken."""
    return _save(Interpreter(department=department), about)


def change_interpreter(*, interpreter: Interpreter, about: About) -> Interpreter:
    """Who stops is offered no more, and stays where booked. Raises NameTaken."""
    return _save(interpreter, about)


def _save(interpreter: Interpreter, about: About) -> Interpreter:
    interpreter.name, interpreter.languages = about.name.strip(), sorted(about.languages)
    interpreter.phone, interpreter.email, interpreter.active = about.phone, about.email, about.active
    others = Interpreter.objects.filter(department=interpreter.department_id, name=interpreter.name)
    if others.exclude(pk=interpreter.pk).exists():
        raise NameTaken
    try:
        with transaction.atomic():
            interpreter.save()
    except IntegrityError as error:
        raise NameTaken from error
    return interpreter

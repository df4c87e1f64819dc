from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from scheduling.models import Appointment, AppointmentLink
from tests import factories as make

BORN = date(1951, 3, 29)


class Browser(Client):
    """A patient's browser: links as the cookie of a real one would hold them."""

    def open(self, path: str) -> Any:
        return self.get(path)

    def enter_with(self, path: str, birth_date: date = BORN) -> str:
        """Through the link and the birth date; the clean address of the appointment."""
        page = self.get(path)["Location"]
        answer = self.post(page, {"birth_date": f"{birth_date:%d-%m-%Y}"})
        assert answer.status_code == 303, answer.content.decode()
        return page


@pytest.fixture(autouse=True)
def early_afternoon() -> Iterator[None]:
    """A Tuesday, far from midnight: these tests are about minutes."""
    with time_machine.travel(make.amsterdam("2026-11-24", "13.50")):
        yield


@pytest.fixture
def phone(db: None) -> Browser:
    return Browser()


@pytest.fixture
def laptop(db: None) -> Browser:
    return Browser()


@pytest.fixture
def mrs_van_der_veen(db: None) -> Appointment:
    """She knits, and is always early."""
    patient = make.PatientFactory(family_name="Veen", particle="van der", initials="W.", birth_date=BORN)
    return make.appointment(patient=patient)


@pytest.fixture
def link(mrs_van_der_veen: Appointment) -> tuple[AppointmentLink, str]:
    return make.personal_link(mrs_van_der_veen)


@pytest.fixture
def time_machine_at() -> Callable[[datetime], Any]:
    """`with time_machine_at(moment): ...`: the clock stands at that moment."""
    return lambda moment: time_machine.travel(moment, tick=False)

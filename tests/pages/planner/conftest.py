from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from people.models import Department
from scheduling.models import AppointmentType, ClinicSession
from tests import factories as make


@dataclass(frozen=True)
class DeskAtWork:
    """Longziekten with one clinician, a clinic tomorrow from 9.00 to 12.00, and Samira at the desk."""

    department: Department
    planner: Any
    clinician: Any
    type: AppointmentType
    clinic: ClinicSession
    client: Client

    def at(self, clock: str) -> datetime:
        return make.amsterdam(self.clinic.date, clock)

    def slot(self, clock: str) -> str:
        return f"{int(self.at(clock).timestamp()) // 60}.{self.clinician.pk}"


@pytest.fixture
def desk(db: None, client_of: Callable[[Any], Client]) -> DeskAtWork:
    department = make.department("longziekten")
    planner = make.member("planner", department, name="Samira Bouzid")
    clinician = make.ClinicianFactory(departments=[department], name="dr. M. van der Veen")
    kind = make.AppointmentTypeFactory(department=department, modality="video", duration_minutes=20)
    clinic = make.session_with(clinician, make.next_workday(), "9.00", "12.00", department=department)
    return DeskAtWork(department, planner, clinician, kind, clinic, client_of(planner))

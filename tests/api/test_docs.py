"""Every command of docs/api.md works, in the order in which it stands there, against the real server."""

import os
import re
import subprocess
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from scheduling.actions.absences import enter_absence
from scheduling.models import Absence, Appointment, Misfit
from tests import factories as make

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_every_command_works(site, tmp_path, settings):
    settings.SMS_RECEIPT_SECRET = "said along with each receipt"
    lungs = make.department("longziekten")
    planner = make.member("planner", lungs)
    kind = make.AppointmentTypeFactory(department=lungs, duration_minutes=20)
    doctor = make.ClinicianFactory(departments=[lungs])
    day = make.next_workday(timezone.localdate() + timedelta(days=7))
    make.session_with(doctor, day, "13.00", "17.00")
    patient = make.PatientFactory(department=lungs)
    held = make.appointment(
        start=make.amsterdam(day, "15.00"), type=kind, clinician=doctor, patient=patient, department=lungs
    )
    mine = make.appointment(start=make.amsterdam(day, "16.00"), type=kind, clinician=doctor, department=lungs)
    _link, path = make.personal_link(mine)
    task = someone_ill(lungs, day, kind)
    order = make.FollowUpOrderFactory(department=lungs, type=kind, earliest=day, latest=day + timedelta(days=20))
    values = {
        "BASE": site,
        "EMAIL": planner.email,
        "PASSWORD": make.PASSWORD,
        "DEPARTMENT": lungs.pk,
        "RASTER": make.starter_raster("PP-21", department=lungs, clinician=doctor).pk,
        "TYPE": kind.pk,
        "CLINICIAN": doctor.pk,
        "PATIENT": patient.public_id,
        "APPOINTMENT": held.public_id,
        "FROM": day.isoformat(),
        "UNTIL": (day + timedelta(days=4)).isoformat(),
        "START": make.amsterdam(day, "13.00").isoformat(),
        "LATER": make.amsterdam(day, "14.00").isoformat(),
        "KEY": uuid.uuid4(),
        "LINK": path.removeprefix("/v/"),
        "SECRET": settings.SMS_RECEIPT_SECRET,
        "BORN": mine.patient.birth_date.isoformat(),
        "ABSENCE": task.absence.public_id,
        "TASK": task.pk,
        "VERSION": task.appointment.schedule_version,
        "ORDER": order.pk,
        "FREE": make.amsterdam(day, "16.30").isoformat(),
        "PATHWAY": make.pathway([(kind, 0, 14)]).pk,
    }
    script = "set -euo pipefail\n" + "\n".join(BLOCK.findall(DOCS.read_text(encoding="utf-8")))
    environment = {"PATH": os.environ["PATH"], **{name: str(value) for name, value in values.items()}}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "urn:videopoli:problem" not in done.stdout
    assert Appointment.objects.filter(patient=patient).count() == 2


def someone_ill(department, day, kind):
    """The task of the one appointment of a clinician who is away that day."""
    ill = make.ClinicianFactory(departments=[department])
    make.session_with(ill, day, "9.00", "12.00")
    make.appointment(start=make.amsterdam(day, "9.00"), type=kind, clinician=ill, department=department)
    absence = enter_absence(
        clinician=ill,
        starts=make.amsterdam(day, "8.00"),
        ends=make.amsterdam(day, "18.00"),
        kind=Absence.Kind.ILL,
        by="system",
        now=timezone.now(),
    )
    return Misfit.objects.get(absence=absence)


def test_every_problem_of_the_code_is_explained():
    told = DOCS.read_text(encoding="utf-8")
    rooms = Path(__file__).parents[2] / "api"
    kinds = {
        kind
        for file in rooms.rglob("*.py")
        for kind in re.findall(r"Problem\(\s*\"([a-z-]+)\"", file.read_text(encoding="utf-8"))
    }
    assert len(kinds) > 10
    assert {kind for kind in kinds if f"`{kind}`" not in told} == set()

from collections.abc import Iterable

from people.models import AccessLog, Department, Patient
from statements.inserting import insert


def log_access(
    *,
    actor: str,
    role: str,
    action: str,
    department: Department | int | None,
    patient: Patient | int | None,
    appointment: int | None = None,
    allowed: bool = True,
) -> None:
    """One row per patient whose data was read or written (NEN 7513)."""
    insert(
        AccessLog(
            actor=actor,
            role=role,
            action=action,
            department_id=department.pk if isinstance(department, Department) else department,
            patient_id=patient.pk if isinstance(patient, Patient) else patient,
            appointment_id=appointment,
            result=AccessLog.Result.ALLOWED if allowed else AccessLog.Result.REFUSED,
        )
    )


def log_access_to_list(
    *,
    actor: str,
    role: str,
    action: str,
    department: Department | int,
    seen: Iterable[tuple[int, int | None]],
) -> None:
    """For a page that shows many patients: `seen` holds (patient id, appointment id); one insert."""
    department_id = department.pk if isinstance(department, Department) else department
    AccessLog.objects.bulk_create(
        AccessLog(
            actor=actor,
            role=role,
            action=action,
            department_id=department_id,
            patient_id=patient,
            appointment_id=appointment,
        )
        for patient, appointment in seen
    )

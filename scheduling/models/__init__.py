from scheduling.models.appointments import (
    Appointment,
    AppointmentStatus,
    DecidedBy,
    Participant,
    ParticipantRole,
)
from scheduling.models.links import AppointmentLink
from scheduling.models.misfits import Misfit
from scheduling.models.occupancy import Occupancy, Resource
from scheduling.models.policy import DepartmentPolicy
from scheduling.models.preferences import ContactPreference
from scheduling.models.publications import PublicationRun
from scheduling.models.rasters import Raster, RasterBlock, RasterException, RasterPhase, RasterVersion
from scheduling.models.sessions import Absence, ClinicSession, SessionBlock
from scheduling.models.simulations import MeasuredDuration, Prediction, SimulationRun
from scheduling.models.types import ActivityCode, AppointmentType
from scheduling.models.workplaces import Workplace, WorkplaceKind

__all__ = [
    "Absence",
    "ActivityCode",
    "Appointment",
    "AppointmentLink",
    "AppointmentStatus",
    "AppointmentType",
    "ClinicSession",
    "ContactPreference",
    "DecidedBy",
    "DepartmentPolicy",
    "MeasuredDuration",
    "Misfit",
    "Occupancy",
    "Participant",
    "ParticipantRole",
    "Prediction",
    "PublicationRun",
    "Raster",
    "RasterBlock",
    "RasterException",
    "RasterPhase",
    "RasterVersion",
    "Resource",
    "SessionBlock",
    "SimulationRun",
    "Workplace",
    "WorkplaceKind",
]

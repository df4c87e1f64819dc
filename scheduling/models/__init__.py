from scheduling.models.absences import Absence
from scheduling.models.appointments import (
    Appointment,
    AppointmentStatus,
    DecidedBy,
    Participant,
    ParticipantRole,
)
from scheduling.models.changes import AppointmentChange
from scheduling.models.interpreters import Interpreter
from scheduling.models.links import AppointmentLink
from scheduling.models.misfits import Misfit
from scheduling.models.occupancy import Occupancy, Resource
from scheduling.models.orders import FollowUpOrder
from scheduling.models.pathways import CarePathway, PathwayRun, PathwayStep
from scheduling.models.policy import DepartmentPolicy
from scheduling.models.preferences import ContactPreference
from scheduling.models.publications import PublicationRun
from scheduling.models.rasters import Raster, RasterBlock, RasterException, RasterPhase, RasterVersion
from scheduling.models.requests import ModalityRequest
from scheduling.models.sessions import ClinicSession, SessionBlock
from scheduling.models.simulations import MeasuredDuration, Prediction, SimulationRun
from scheduling.models.suitability import SuitabilityCheck
from scheduling.models.types import ActivityCode, AppointmentType
from scheduling.models.waiting_list import FreedPlace, PlaceOffer, WaitingListEntry
from scheduling.models.workplaces import Workplace, WorkplaceKind

__all__ = [
    "Absence",
    "ActivityCode",
    "Appointment",
    "AppointmentChange",
    "AppointmentLink",
    "AppointmentStatus",
    "AppointmentType",
    "CarePathway",
    "ClinicSession",
    "ContactPreference",
    "DecidedBy",
    "DepartmentPolicy",
    "FollowUpOrder",
    "FreedPlace",
    "Interpreter",
    "MeasuredDuration",
    "Misfit",
    "ModalityRequest",
    "Occupancy",
    "Participant",
    "ParticipantRole",
    "PathwayRun",
    "PathwayStep",
    "PlaceOffer",
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
    "SuitabilityCheck",
    "WaitingListEntry",
    "Workplace",
    "WorkplaceKind",
]

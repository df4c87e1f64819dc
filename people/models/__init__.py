from people.models.access import AccessLog
from people.models.departments import Clinician, Department, Membership, Role
from people.models.patients import Patient, Representative, TreatmentRelation
from people.models.users import User

__all__ = [
    "AccessLog",
    "Clinician",
    "Department",
    "Membership",
    "Patient",
    "Representative",
    "Role",
    "TreatmentRelation",
    "User",
]

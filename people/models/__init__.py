from people.models.access import AccessLog
from people.models.departments import Clinician, Department, Membership, Role
from people.models.patients import Consent, Patient, Representative, TreatmentRelation
from people.models.users import User

__all__ = [
    "AccessLog",
    "Clinician",
    "Consent",
    "Department",
    "Membership",
    "Patient",
    "Representative",
    "Role",
    "TreatmentRelation",
    "User",
]

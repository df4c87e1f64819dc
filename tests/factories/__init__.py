"""Real rows, made by the product's own actions where there is one; the people in them are invented."""

from tests.factories.appointments import appointment, personal_link
from tests.factories.moments import amsterdam, next_workday
from tests.factories.patients import PatientFactory, RepresentativeFactory, child_with_parent, treated_by
from tests.factories.plans import (
    AppointmentTypeFactory,
    RasterFactory,
    WorkplaceFactory,
    policy,
    publish,
    published,
    raster_block,
    session_with,
    starter_raster,
    usual_types,
)
from tests.factories.staff import PASSWORD, ClinicianFactory, DepartmentFactory, UserFactory, department, member

__all__ = [
    "PASSWORD",
    "AppointmentTypeFactory",
    "ClinicianFactory",
    "DepartmentFactory",
    "PatientFactory",
    "RasterFactory",
    "RepresentativeFactory",
    "UserFactory",
    "WorkplaceFactory",
    "amsterdam",
    "appointment",
    "begin_with_the_first",
    "child_with_parent",
    "department",
    "member",
    "next_workday",
    "personal_link",
    "policy",
    "publish",
    "published",
    "raster_block",
    "session_with",
    "starter_raster",
    "treated_by",
    "usual_types",
]


def begin_with_the_first() -> None:
    """The factories' lists of people and departments start over."""
    for factory in (ClinicianFactory, DepartmentFactory, PatientFactory):
        factory._meta.parameters["one"].value.reset()

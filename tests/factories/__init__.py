"""Real rows, made by the product's own actions where there is one; the people in them are invented."""

from tests.factories.appointments import appointment, move_appointment, personal_link
from tests.factories.desk import (
    FollowUpOrderFactory,
    InterpreterFactory,
    absence,
    freed_place,
    modality_request,
    need,
    pathway,
    pathway_run,
    place_offer,
    waiting_for_earlier,
)
from tests.factories.device_tests import device_test
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
    "FollowUpOrderFactory",
    "InterpreterFactory",
    "PatientFactory",
    "RasterFactory",
    "RepresentativeFactory",
    "UserFactory",
    "WorkplaceFactory",
    "absence",
    "amsterdam",
    "appointment",
    "begin_with_the_first",
    "child_with_parent",
    "department",
    "device_test",
    "freed_place",
    "member",
    "modality_request",
    "move_appointment",
    "need",
    "next_workday",
    "pathway",
    "pathway_run",
    "personal_link",
    "place_offer",
    "policy",
    "publish",
    "published",
    "raster_block",
    "session_with",
    "starter_raster",
    "treated_by",
    "usual_types",
    "waiting_for_earlier",
]


def begin_with_the_first() -> None:
    """The factories' lists of people and departments start over."""
    for factory in (ClinicianFactory, DepartmentFactory, InterpreterFactory, PatientFactory):
        factory._meta.parameters["one"].value.reset()

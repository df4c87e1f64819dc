"""The eight departments, with their agreements, appointment types and workplaces. Invented, like all of the demo."""

from dataclasses import dataclass, field
from typing import Any

from praktijkplan.contact import ContactKind, Modality

NP, CP = ContactKind.NEW, ContactKind.FOLLOW_UP
VIDEO, PHONE, VISIT = Modality.VIDEO, Modality.PHONE, Modality.VISIT

KIND_WORDS = {NP: "NP", CP: "CP"}
FORM_WORDS = {VIDEO: "video", PHONE: "telefoon", VISIT: "polibezoek"}


@dataclass(frozen=True)
class TypeRow:
    kind: ContactKind
    form: Modality
    minutes: int

    @property
    def code(self) -> str:
        return f"{KIND_WORDS[self.kind]}-{self.form}-{self.minutes}".lower()

    @property
    def name(self) -> str:
        return f"{KIND_WORDS[self.kind]} {FORM_WORDS[self.form]} {self.minutes} min"


@dataclass(frozen=True)
class DepartmentRow:
    slug: str
    name: str
    extension: int
    types: tuple[TypeRow, ...]
    # What differs from the hospital's agreements.
    policy: dict[str, Any] = field(default_factory=dict)


def types(*rows: tuple[ContactKind, Modality, tuple[int, ...]]) -> tuple[TypeRow, ...]:
    return tuple(TypeRow(kind, form, minutes) for kind, form, durations in rows for minutes in durations)


# The hospital plans eight weeks ahead.
HOSPITAL_POLICY: dict[str, Any] = {"horizon_weeks": 8}

DEPARTMENTS = (
    DepartmentRow(
        "interne-geneeskunde",
        "Interne geneeskunde",
        100,
        types(
            (CP, VIDEO, (10, 15, 20)), (CP, PHONE, (10,)), (CP, VISIT, (15,)), (NP, VISIT, (30,)), (NP, VIDEO, (30,))
        ),
    ),
    DepartmentRow(
        "verloskunde-gynaecologie",
        "Verloskunde en gynaecologie",
        110,
        types(
            (CP, VIDEO, (10, 15, 20)),
            (CP, PHONE, (10,)),
            (CP, VISIT, (15, 20)),
            (NP, VISIT, (30,)),
            (NP, VIDEO, (20,)),
        ),
    ),
    DepartmentRow(
        "neurologie",
        "Neurologie",
        120,
        types(
            (CP, VIDEO, (20, 30)), (CP, PHONE, (10, 15)), (CP, VISIT, (20,)), (NP, VISIT, (45,)), (NP, VIDEO, (30,))
        ),
    ),
    DepartmentRow(
        "longgeneeskunde",
        "Longgeneeskunde",
        130,
        types(
            (CP, VIDEO, (10, 15, 20)), (CP, PHONE, (10,)), (CP, VISIT, (15,)), (NP, VISIT, (30,)), (NP, VIDEO, (30,))
        ),
    ),
    DepartmentRow(
        "kindergeneeskunde",
        "Kindergeneeskunde",
        140,
        types(
            (CP, VIDEO, (10, 15, 20)), (CP, PHONE, (10,)), (CP, VISIT, (20,)), (NP, VISIT, (30,)), (NP, VIDEO, (30,))
        ),
    ),
    DepartmentRow(
        "maag-darm-leverziekten",
        "Maag-, darm- en leverziekten",
        150,
        types((CP, VIDEO, (10, 20)), (CP, PHONE, (10,)), (CP, VISIT, (15,)), (NP, VISIT, (30,)), (NP, PHONE, (20,))),
    ),
    # The first contact is a video consult: the ECG has been made at the general practitioner's.
    DepartmentRow(
        "cardiologie",
        "Cardiologie",
        160,
        types((NP, VIDEO, (20,)), (CP, VIDEO, (10, 15)), (CP, PHONE, (10,)), (CP, VISIT, (20,)), (NP, VISIT, (30,))),
        policy={"default_modality": {"new": "video"}, "start_up_minutes": 5},
    ),
    DepartmentRow(
        "medische-psychologie",
        "Medische psychologie",
        170,
        types((CP, VIDEO, (45,)), (NP, VIDEO, (45,)), (CP, PHONE, (45,)), (CP, VISIT, (45,)), (NP, VISIT, (45,))),
        policy={"link_opens_minutes": 15},
    ),
)


# In every department: who interprets, and the codes of what they speak.
INTERPRETERS = (("Nuray Demir", ["tr"]), ("Samia Haddad", ["ar", "fr"]), ("Oksana Melnyk", ["ru", "uk"]))


@dataclass(frozen=True)
class WorkplaceRow:
    key: str
    department: str
    name: str
    kind: str
    video_ready: bool = True
    walking_minutes: int = 0


WORKPLACES = (
    WorkplaceRow("int-1", "interne-geneeskunde", "Spreekkamer A1.04", "consulting_room"),
    WorkplaceRow("int-2", "interne-geneeskunde", "Spreekkamer A1.05", "consulting_room"),
    WorkplaceRow("int-c", "interne-geneeskunde", "Beeldbelcabine A1", "cabin", walking_minutes=2),
    WorkplaceRow("gyn-1", "verloskunde-gynaecologie", "Spreekkamer B2.11", "consulting_room"),
    WorkplaceRow("gyn-2", "verloskunde-gynaecologie", "Spreekkamer B2.12", "consulting_room"),
    WorkplaceRow("gyn-c", "verloskunde-gynaecologie", "Beeldbelcabine B2", "cabin", walking_minutes=3),
    WorkplaceRow("neu-1", "neurologie", "Spreekkamer C0.02", "consulting_room"),
    WorkplaceRow("neu-m", "neurologie", "Laptop verpleegafdeling C3", "mobile", walking_minutes=4),
    WorkplaceRow("lon-1", "longgeneeskunde", "Spreekkamer C1.20", "consulting_room"),
    WorkplaceRow(
        "lon-2", "longgeneeskunde", "Spreekkamer C1.21 (zonder camera)", "consulting_room", video_ready=False
    ),
    WorkplaceRow("lon-c", "longgeneeskunde", "Beeldbelcabine C1", "cabin", walking_minutes=1),
    WorkplaceRow("lon-t", "longgeneeskunde", "Thuis, I. 't Hooft", "home"),
    WorkplaceRow("kin-1", "kindergeneeskunde", "Spreekkamer D0.08", "consulting_room"),
    WorkplaceRow("kin-2", "kindergeneeskunde", "Spreekkamer D0.09", "consulting_room"),
    WorkplaceRow("kin-c", "kindergeneeskunde", "Beeldbelcabine D0", "cabin", walking_minutes=2),
    WorkplaceRow("mdl-1", "maag-darm-leverziekten", "Spreekkamer B0.15", "consulting_room"),
    WorkplaceRow("mdl-2", "maag-darm-leverziekten", "Spreekkamer B0.16", "consulting_room"),
    WorkplaceRow("mdl-t", "maag-darm-leverziekten", "Thuis, dr. L. Fernández Ruiz", "home"),
    WorkplaceRow("car-1", "cardiologie", "Spreekkamer A0.30", "consulting_room"),
    WorkplaceRow("car-c", "cardiologie", "Beeldbelcabine A0", "cabin", walking_minutes=5),
    WorkplaceRow("car-m", "cardiologie", "Tablet hartbewaking", "mobile", walking_minutes=3),
    WorkplaceRow("psy-1", "medische-psychologie", "Spreekkamer E2.01", "consulting_room"),
    WorkplaceRow("psy-t", "medische-psychologie", "Thuis, drs. E. Nowak", "home"),
)

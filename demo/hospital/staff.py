"""Who works in the demo hospital. All of them share one password, made per data folder."""

from dataclasses import dataclass

from demo.hospital.departments import DEPARTMENTS
from people.models import Role
from praktijkplan.contact import Profession

DOMAIN = "dewaard.example"
EVERYWHERE = tuple(row.slug for row in DEPARTMENTS)
INT, GYN, NEU, LON, KIN, MDL, CAR, PSY = EVERYWHERE


@dataclass(frozen=True)
class StaffRow:
    key: str
    name: str
    title: str
    role: Role
    departments: tuple[str, ...]
    profession: str = ""

    @property
    def work(self) -> str:
        """The role, and in it what the person is: clinician, internist."""
        role = self.role.value
        return role if self.title in ("", role) else f"{role}, {self.title}"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


def clinician(key: str, name: str, title: str, profession: Profession, *departments: str) -> StaffRow:
    return StaffRow(key, name, title, Role.CLINICIAN, departments, profession.value)


_SPECIALIST, _NURSE = Profession.SPECIALIST, Profession.NURSE_SPECIALIST
CLINICIANS = (
    # The first has the clinic in progress that one steps into (demo/hospital/clinic.py).
    clinician("m.vanderveen", "dr. M. van der Veen", "internist", _SPECIALIST, INT),
    clinician("a.yildiz", "A. Yıldız", "nurse specialist, diabetes", _NURSE, INT),
    clinician("s.oosterhuis", "dr. S. Oosterhuis", "gynaecologist", _SPECIALIST, GYN),
    clinician("f.elamrani", "F. El Amrani", "physician assistant", Profession.PHYSICIAN_ASSISTANT, GYN),
    clinician("jw.degraaf", "dr. J.W. de Graaf", "neurologist", _SPECIALIST, NEU),
    clinician("r.hoekstra", "dr. R. Hoekstra", "pulmonologist", _SPECIALIST, LON),
    clinician("i.thooft", "I. 't Hooft", "nurse specialist, breathlessness", _NURSE, LON, CAR),
    clinician("k.bouazza", "dr. K. Bouazza", "paediatrician", _SPECIALIST, KIN),
    clinician("p.zijlstra", "dr. P. Zijlstra", "paediatric gastroenterologist", _SPECIALIST, KIN, MDL),
    clinician("l.fernandez", "dr. L. Fernández Ruiz", "gastroenterologist", _SPECIALIST, MDL),
    clinician("h.brouwer", "dr. H. Brouwer", "cardiologist", _SPECIALIST, CAR),
    clinician("e.nowak", "drs. E. Nowak", "clinical psychologist", Profession.PSYCHOLOGIST, PSY),
)
PLANNERS = (
    StaffRow("bianca.mulder", "Bianca Mulder", "", Role.PLANNER, (INT, LON)),
    StaffRow("yusuf.aydin", "Yusuf Aydın", "", Role.PLANNER, (GYN, KIN)),
    StaffRow("chantal.vanes", "Chantal van Es", "", Role.PLANNER, (NEU, MDL)),
    StaffRow("daan.soekhoe", "Daan Soekhoe", "", Role.PLANNER, (CAR, PSY)),
)
OTHERS = (
    StaffRow("helpdesk", "Robin Tahapary", "", Role.HELPDESK, EVERYWHERE),
    StaffRow("w.terhorst", "Wilma ter Horst", "", Role.LEAD, (INT,)),
    StaffRow("beheer", "Jurgen Baars", "", Role.ADMINISTRATOR, EVERYWHERE),
)
# In the order in which the command shows them.
STAFF = (CLINICIANS[0], *PLANNERS, *CLINICIANS[1:], *OTHERS)


def departments_of(member: StaffRow) -> list[str]:
    if member.departments == EVERYWHERE:
        return ["all"]
    names = {row.slug: row.name for row in DEPARTMENTS}
    return [names[slug] for slug in member.departments]

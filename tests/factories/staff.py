from typing import Any

import factory
from factory.django import DjangoModelFactory

from people.models import Clinician, Department, Membership, Role, User
from praktijkplan.contact import Profession

PASSWORD = "drie koude kikkers"
DEPARTMENTS = (
    ("longziekten", "Longziekten", "020-1234501"),
    ("neurologie", "Neurologie", "020-1234502"),
    ("kindergeneeskunde", "Kindergeneeskunde", "020-1234503"),
    ("interne-geneeskunde", "Interne geneeskunde", "020-1234504"),
)
# Staff by role: the clerk who knows every patient, the doctor who runs late, the helpdesk that fixes sound.
STAFF = {
    Role.PLANNER: "Fatima el Idrissi",
    Role.CLINICIAN: "Maarten van der Veen",
    Role.HELPDESK: "Jurre Kuipers",
    Role.LEAD: "Hanneke in 't Hout",
    Role.ADMINISTRATOR: "Özlem Yıldız",
}
CLINICIANS = (
    ("dr. M. van der Veen", Profession.SPECIALIST),
    ("S. Ramdin", Profession.NURSE_SPECIALIST),
    ("drs. B. 't Hart", Profession.PHYSICIAN_ASSISTANT),
    ("dr. A. Çelik", Profession.SPECIALIST),
)


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("slug",)

    class Params:
        one = factory.Iterator(DEPARTMENTS)

    slug = factory.LazyAttribute(lambda made: made.one[0])
    name = factory.LazyAttribute(lambda made: made.one[1])
    phone = factory.LazyAttribute(lambda made: made.one[2])
    helpdesk_phone = "020-1234599"


class UserFactory(DjangoModelFactory):
    """Logs in with PASSWORD."""

    class Meta:
        model = User

    name = "Fatima el Idrissi"
    email = factory.Sequence(lambda n: f"medewerker{n}@dewaard.example")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return User.objects.create_user(password=fields.pop("password", PASSWORD), **fields)


class ClinicianFactory(DjangoModelFactory):
    """With a user who is a clinician in `departments` (one of our own unless given)."""

    class Meta:
        model = Clinician
        skip_postgeneration_save = True

    class Params:
        one = factory.Iterator(CLINICIANS)

    name = factory.LazyAttribute(lambda made: made.one[0])
    profession = factory.LazyAttribute(lambda made: made.one[1].value)
    user = factory.SubFactory(UserFactory, name=factory.SelfAttribute("..name"))

    @factory.post_generation
    def departments(self, create: bool, given: Any, **kwargs: Any) -> None:
        places = list(given) if given is not None else [DepartmentFactory()]
        self.departments.set(places)
        if self.user is not None:
            for place in places:
                Membership.objects.get_or_create(user=self.user, department=place, role=Role.CLINICIAN)


def department(slug: str = "longziekten", **fields: Any) -> Department:
    """The department of this name, made when it is not there yet; `department("neurologie")` is another one."""
    names = {known: (name, phone) for known, name, phone in DEPARTMENTS}
    name, phone = names.get(slug, (slug.capitalize(), "020-1234500"))
    return DepartmentFactory(slug=slug, **{"name": name, "phone": phone, **fields})


def member(role: Role | str, department: Department, **fields: Any) -> User:
    """A user with this role in one department. A clinician is also a Clinician: `user.clinician`."""
    role = Role(role)
    if role is Role.CLINICIAN:
        name = fields.pop("name", CLINICIANS[0][0])
        user = UserFactory(name=name, **fields)
        ClinicianFactory(name=name, user=user, departments=[department])
        return user
    user = UserFactory(name=fields.pop("name", STAFF[role]), **fields)
    Membership.objects.create(user=user, department=department, role=role)
    return user

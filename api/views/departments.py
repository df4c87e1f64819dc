from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.staff import AppointmentTypes, Clinicians, DepartmentQuery, MyDepartments
from people.models import Clinician
from people.permissions import ROLES
from scheduling.models import AppointmentType


class Departments(StaffEndpoint):
    @describe("departments_list", "The departments in which you have a role, and what it allows.", MyDepartments)
    def get(self, request: Request) -> Response:
        roles: dict[int, set[str]] = {}
        for one in self.memberships:
            roles.setdefault(one.department_id, set()).add(one.role)
        mine = {one.department_id: one.department for one in self.memberships}
        found = [
            {
                "id": pk,
                "slug": department.slug,
                "name": department.name,
                "phone": department.phone,
                "roles": sorted(roles[pk]),
                "may": [permission.value for permission, allowed in ROLES.items() if roles[pk] & allowed],
            }
            for pk, department in mine.items()
        ]
        return Response(MyDepartments({"departments": found}).data)


class Types(StaffEndpoint):
    @describe(
        "appointment_types_list",
        "The types of appointment of a department: contact kind, form and duration.",
        AppointmentTypes,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        department = self.own_department(self.asked(DepartmentQuery)["department"])
        types = AppointmentType.objects.filter(department=department, active=True).order_by("name", "pk")
        return Response(AppointmentTypes({"types": types}).data)


class CliniciansOfDepartment(StaffEndpoint):
    @describe("clinicians_list", "Who sees patients in a department.", Clinicians, parameters=[DepartmentQuery])
    def get(self, request: Request) -> Response:
        department = self.own_department(self.asked(DepartmentQuery)["department"])
        clinicians = Clinician.objects.filter(departments=department).order_by("name", "pk")
        return Response(Clinicians({"clinicians": clinicians}).data)

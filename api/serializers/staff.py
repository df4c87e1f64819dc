"""Departments and what they plan with."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key
from people.models import Role
from people.permissions import Permission
from scheduling.vocabulary import CONTACT_KINDS, MODALITIES


class DepartmentQuery(Shape):
    department = Key(help_text="Id of the department.")


class MyDepartment(Shape):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(help_text="For patients.")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    may = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one.value, one.value) for one in Permission]),
        help_text="What these roles allow here.",
    )


class MyDepartments(Shape):
    departments = MyDepartment(many=True)


class ClinicianName(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ClinicianOfDepartment(ClinicianName):
    profession = serializers.CharField()


class Clinicians(Shape):
    clinicians = ClinicianOfDepartment(many=True)


class AppointmentTypeOut(Shape):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    contact_kind = serializers.ChoiceField(choices=CONTACT_KINDS)
    modality = serializers.ChoiceField(choices=MODALITIES)
    duration_minutes = serializers.IntegerField()

    class Meta:
        ref_name = "AppointmentType"


class AppointmentTypes(Shape):
    types = AppointmentTypeOut(many=True)

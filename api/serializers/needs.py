"""Interpreters, and who or what an appointment needs besides its clinician."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.serializers.appointments import Versioned
from api.serializers.staff import DepartmentQuery
from people.phone_numbers import read_phone_number
from praktijkplan.placing import Need, NeedKind
from scheduling.languages import LANGUAGES

KINDS = {kind.name.lower(): kind for kind in NeedKind}
MOST_NEEDS = 10


class InterpreterOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes, like tr and ar.")
    phone = serializers.CharField()
    email = serializers.CharField()
    active = serializers.BooleanField(help_text="Who stopped is offered no more, and stays where booked.")

    class Meta:
        ref_name = "Interpreter"


class Interpreters(Shape):
    interpreters = InterpreterOut(many=True)


class InterpreterFields(Shape):
    name = serializers.CharField(max_length=80)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=list(LANGUAGES.items())), min_length=1, max_length=len(LANGUAGES)
    )
    phone = serializers.CharField(max_length=30, allow_blank=True, default="")
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    active = serializers.BooleanField(default=True)

    def validate_phone(self, phone: str) -> str:
        number = read_phone_number(phone) if phone else ""
        if number is None:
            raise serializers.ValidationError(_("This is no phone number. Check the digits."))
        return number

    def validate_languages(self, languages: list[str]) -> list[str]:
        return sorted(set(languages))


class NewInterpreter(DepartmentQuery, InterpreterFields):
    pass


class NeedOut(Shape):
    resource = serializers.ChoiceField(choices=[(name, name) for name in KINDS])
    id = serializers.IntegerField()
    name = serializers.CharField()

    class Meta:
        ref_name = "Need"


class NeedIn(Shape):
    resource = serializers.ChoiceField(choices=[(name, name) for name in KINDS])
    id = Key()


class ChangeNeeds(Versioned):
    needs = serializers.ListField(
        child=NeedIn(), max_length=MOST_NEEDS, help_text="All that must be free besides; empty for nobody."
    )
    start = Moment(required=False, help_text="Where all are free; the same moment unless given.")
    clinician = Key(required=False, help_text="The same one unless given.")


class Needs(Shape):
    version = serializers.IntegerField()
    needs = NeedOut(many=True)


def read_needs(said: Sequence[Mapping[str, Any]]) -> frozenset[Need]:
    return frozenset(Need(KINDS[each["resource"]], each["id"]) for each in said)

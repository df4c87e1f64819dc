from rest_framework import serializers

from api.endpoint import Shape
from people.models.patients import Consent

STATED = [Consent.GIVEN.value, Consent.REFUSED.value]


class ConsentIn(Shape):
    email = serializers.ChoiceField(choices=STATED, required=False)
    sms = serializers.ChoiceField(choices=STATED, required=False)


class ConsentOut(Shape):
    """Empty: never asked, so what the department agreed counts."""

    email = serializers.ChoiceField(choices=STATED, allow_blank=True)
    sms = serializers.ChoiceField(choices=STATED, allow_blank=True)

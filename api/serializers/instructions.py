"""The instruction material of a department: leaflets, films, pages of the supplier."""

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from notifications.models import InstructionKind, LinkProblem, TextLanguage
from notifications.web_addresses import web_address_problem


class InstructionOut(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=InstructionKind.choices)
    title = serializers.CharField()
    url = serializers.CharField()
    language = serializers.ChoiceField(choices=TextLanguage.choices)
    checked_at = Moment(allow_null=True, help_text="Of the last check; each link is checked once a day.")
    broken_since = Moment(allow_null=True, help_text="A broken link is left out of messages and patients' pages.")
    problem = serializers.ChoiceField(
        choices=LinkProblem.choices, allow_blank=True, help_text="What the last check found; empty when it works."
    )

    class Meta:
        ref_name = "Instruction"


class Instructions(Shape):
    instructions = InstructionOut(many=True, help_text="Per language, in the order in which patients see them.")


class InstructionIn(Shape):
    kind = serializers.ChoiceField(choices=InstructionKind.choices)
    title = serializers.CharField(max_length=80)
    url = serializers.URLField(max_length=500)
    language = serializers.ChoiceField(choices=TextLanguage.choices)

    class Meta:
        ref_name = "InstructionChange"

    def validate_title(self, title: str) -> str:
        return " ".join(title.split())

    def validate_url(self, url: str) -> str:
        wrong = web_address_problem(url)
        if wrong:
            raise serializers.ValidationError(wrong)
        return url


class NewInstruction(InstructionIn):
    department = Key(help_text="Id of the department.")

    class Meta:
        ref_name = "NewInstruction"


class InstructionMove(Shape):
    up = serializers.BooleanField(help_text="Past its neighbour of the same language, up or down.")

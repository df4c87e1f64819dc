"""The texts of messages: whose words count, what the checks say, how it looks, and every version."""

from typing import Any

from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment
from api.schema import ProblemShape
from notifications.content.findings import FindingId, TextFinding
from notifications.models import MessageKind, MessageText, TextChannel, TextForm, TextLanguage
from notifications.text_preview import SAMPLES, Judged

LONGEST = 10_000
MOST_VERSIONS = 2**31 - 1


class TextKeyOut(Shape):
    kind = serializers.ChoiceField(choices=MessageKind.choices)
    channel = serializers.ChoiceField(choices=TextChannel.choices)
    language = serializers.ChoiceField(choices=TextLanguage.choices)
    form = serializers.ChoiceField(choices=TextForm.choices)

    class Meta:
        ref_name = "TextKey"


class TextFindingOut(Shape):
    id = serializers.ChoiceField(choices=[(one.value, one.value) for one in FindingId])
    is_error = serializers.BooleanField(help_text="An error keeps the text from being saved, a warning does not.")
    line = serializers.IntegerField(help_text="From 1; 0 is the text as a whole.")
    facts = serializers.DictField()
    sentence = serializers.CharField()

    class Meta:
        ref_name = "TextFinding"


class TextRow(TextKeyOut):
    version = serializers.IntegerField(help_text="0 where nobody ever touched it.")
    is_default = serializers.BooleanField()
    changed_at = Moment(allow_null=True)
    changed_by = serializers.CharField(allow_blank=True)
    errors = serializers.IntegerField(help_text="With errors, the default is sent until it is repaired.")  # type: ignore[assignment]  # a field, and the name of a property
    warnings = serializers.IntegerField()

    class Meta:
        ref_name = "TextAtAGlance"


class TextsOut(Shape):
    texts = TextRow(many=True)

    class Meta:
        ref_name = "Texts"


class TextOut(TextKeyOut):
    version = serializers.IntegerField(help_text="Send it along when you save: 0 where nobody ever touched it.")
    is_default = serializers.BooleanField()
    body = serializers.CharField()
    default_body = serializers.CharField()
    findings = TextFindingOut(many=True)

    class Meta:
        ref_name = "Text"


class CheckIt(Shape):
    department = Key(help_text="Id of the department.")
    body = serializers.CharField(max_length=LONGEST, allow_blank=True, trim_whitespace=False)
    sample = serializers.ChoiceField(
        choices=[(one, one) for one in SAMPLES], default="self", help_text="Whose appointment the example is."
    )

    class Meta:
        ref_name = "TextCheck"


class SmsOut(Shape):
    body = serializers.CharField()
    characters = serializers.IntegerField()
    segments = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=8, decimal_places=4, help_text="Euros.")

    class Meta:
        ref_name = "SmsPreview"


class MailOut(Shape):
    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    html = serializers.CharField()

    class Meta:
        ref_name = "MailPreview"


class JudgedOut(Shape):
    findings = TextFindingOut(many=True)
    mail = MailOut(allow_null=True, help_text="Null for a text message, and while placeholders are not right.")
    sms = SmsOut(allow_null=True)

    class Meta:
        ref_name = "TextJudged"


class SaveIt(Shape):
    department = Key(help_text="Id of the department.")
    body = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    version = serializers.IntegerField(min_value=0, max_value=MOST_VERSIONS, help_text="The one that you saw.")
    with_warnings = serializers.BooleanField(default=False, help_text="Save it all the same.")

    class Meta:
        ref_name = "TextSave"


class RestoreText(Shape):
    department = Key(help_text="Id of the department.")
    version = serializers.IntegerField(min_value=0, max_value=MOST_VERSIONS, help_text="The one that counts now.")
    number = serializers.IntegerField(
        min_value=1,
        max_value=MOST_VERSIONS,
        required=False,
        allow_null=True,
        help_text="The version to bring back; without it, the default.",
    )

    class Meta:
        ref_name = "TextRestore"


class TextVersionOut(Shape):
    version = serializers.IntegerField()
    body = serializers.CharField()
    is_default = serializers.BooleanField()
    made_at = Moment()
    made_by = serializers.CharField()

    class Meta:
        ref_name = "TextVersion"


class TextVersions(Shape):
    versions = TextVersionOut(many=True, help_text="The latest first.")


class TextProblem(ProblemShape):
    """What is wrong with the text."""

    findings = TextFindingOut(many=True, required=False)

    class Meta:
        ref_name = "TextProblem"


class TextConflict(ProblemShape):
    """Someone else saved it first, with `latest`; or there are warnings, in `findings`. Nothing was written."""

    latest = TextVersionOut(required=False, allow_null=True)
    findings = TextFindingOut(many=True, required=False)

    class Meta:
        ref_name = "TextConflict"


def finding_told(finding: TextFinding) -> dict[str, Any]:
    return {
        "id": finding.id.value,
        "is_error": finding.is_error,
        "line": finding.line,
        "facts": dict(finding.facts),
        "sentence": finding.sentence,
    }


def version_told(row: MessageText) -> dict[str, Any]:
    told = {"version": row.version, "body": row.body, "is_default": row.is_default}
    return dict(TextVersionOut({**told, "made_at": row.made_at, "made_by": row.made_by.name}).data)


def judged_told(judged: Judged) -> dict[str, Any]:
    """As JudgedOut describes it."""
    letter, sms = judged.letter, judged.sms
    return {
        "findings": [finding_told(finding) for finding in judged.findings],
        "mail": letter and {"subject": letter.subject, "text": letter.as_text(), "html": letter.as_html()},
        "sms": sms,
    }

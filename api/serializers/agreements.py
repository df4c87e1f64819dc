from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Key, Moment


class AgreementsOut(Shape):
    department = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="Send it along with a change: 0 where nothing was ever agreed.")
    agreed_at = Moment(allow_null=True)
    policy = serializers.DictField(help_text="All agreements that count today, those of the plan included.")

    class Meta:
        ref_name = "Agreements"


class AgreementsChange(Shape):
    department = Key(help_text="Id of the department.")
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="The one that was shown.")
    changes = serializers.DictField(help_text="What becomes different, by its name in `policy`.")

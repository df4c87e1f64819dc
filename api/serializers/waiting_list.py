"""The waiting list: who can come earlier, when, and what is offered to them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.endpoint import Shape
from api.fields import Moment
from api.serializers.sessions import PatientName
from api.serializers.staff import ClinicianName
from praktijkplan.freed import EVERY_WEEKDAY
from scheduling.actions.waiting_list import MOST_NOTICE, Wishes
from scheduling.models import PlaceOffer, WaitingListEntry
from scheduling.vocabulary import HALF_DAYS, MODALITIES

_DAYS = range(1, 8)


class WishesFields(Shape):
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7),
        min_length=1,
        max_length=7,
        required=False,
        help_text="1 for Monday to 7 for Sunday; left out: any day.",
    )
    half_day = serializers.ChoiceField(
        choices=HALF_DAYS, allow_blank=True, default="", help_text="Empty: morning or afternoon."
    )
    own_clinician = serializers.BooleanField(default=False, help_text="Only with the clinician they have.")
    notice_hours = serializers.IntegerField(
        min_value=1, max_value=MOST_NOTICE, required=False, help_text="Left out: as the department has agreed."
    )


class JoinWaitingList(WishesFields):
    appointment = serializers.UUIDField()


class OfferOut(Shape):
    id = serializers.UUIDField(source="ref")
    start = Moment(help_text="Of the free place.")
    clinician = ClinicianName(source="freed.clinician")
    ends_at = Moment(help_text="Until then it can be answered.")
    state = serializers.ChoiceField(choices=PlaceOffer.State.choices)

    class Meta:
        ref_name = "PlaceOffer"


class WaitingOut(Shape):
    weekdays = serializers.SerializerMethodField()
    half_day = serializers.CharField()
    own_clinician = serializers.BooleanField()
    notice_hours = serializers.IntegerField()
    since = Moment()

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_weekdays(self, entry: WaitingListEntry) -> list[int]:
        return [day for day in _DAYS if entry.weekdays >> (day - 1) & 1]

    class Meta:
        ref_name = "Waiting"


class WaitingListEntryOut(WaitingOut):
    appointment = serializers.UUIDField(source="appointment.public_id")
    patient = PatientName(source="appointment.patient")
    start = Moment(source="appointment.start")
    modality = serializers.ChoiceField(choices=MODALITIES, source="appointment.modality")
    clinician = ClinicianName(source="appointment.clinician")

    class Meta:
        ref_name = "WaitingListEntry"


class WaitingListLine(WaitingListEntryOut):
    offer = serializers.SerializerMethodField()

    @extend_schema_field(OfferOut(allow_null=True))
    def get_offer(self, entry: Any) -> dict[str, Any] | None:
        return OfferOut(entry.current[0]).data if entry.current else None

    class Meta:
        ref_name = "WaitingListLine"


class WaitingListOut(Shape):
    waiting = WaitingListLine(many=True, help_text="Whoever waits longest first.")

    class Meta:
        ref_name = "WaitingList"


class MyWaiting(Shape):
    waiting = WaitingOut(allow_null=True, help_text="null: not on the list.")
    offer = OfferOut(allow_null=True, help_text="The last place that was offered, whatever became of it.")


class AnswerOffer(Shape):
    offer = serializers.UUIDField()
    accept = serializers.BooleanField(help_text="false: they keep what they have.")


def wishes_of(sent: dict[str, Any], *, agreed_hours: int) -> Wishes:
    days = set(sent.get("weekdays", _DAYS))
    return Wishes(
        weekdays=sum(1 << (day - 1) for day in days) or EVERY_WEEKDAY,
        half_day=sent["half_day"],
        own_clinician=sent["own_clinician"],
        notice_hours=sent.get("notice_hours", agreed_hours),
    )

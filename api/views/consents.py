import uuid

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.schema import describe
from api.serializers.consents import ConsentIn, ConsentOut
from notifications.actions.consents import state_consent, wish_of
from notifications.models import Channel
from people.models.patients import Consent
from people.permissions import Permission


class PatientChannels(StaffEndpoint):
    @describe(
        "patients_channels_state",
        "Note over which channels the patient wants messages. What is still to be sent follows; whom nothing reaches "
        "any more is phoned.",
        ConsentOut,
        request=ConsentIn,
    )
    def patch(self, request: Request, public_id: uuid.UUID) -> Response:
        wishes = self.sent(ConsentIn)
        desk, patient = self.desk_treating(public_id, Permission.BOOK, "state.consent")
        with transaction.atomic():
            for channel, wish in wishes.items():
                state_consent(
                    person=patient, channel=Channel(channel), wish=Consent(wish), by=desk.actor, now=self.clock()
                )
        stated = {channel: wish_of(patient, channel) for channel in (Channel.EMAIL, Channel.SMS)}
        return Response(ConsentOut(stated).data)

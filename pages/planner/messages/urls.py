from django.urls import path

from pages.planner.messages import conversation, message, outbox

PATIENT = "patienten/<uuid:public_id>/berichten/"
urlpatterns = [
    path("berichten/", outbox.messages, name="messages"),
    path("berichten/<uuid:public_id>/", message.message, name="message"),
    path("berichten/<uuid:public_id>/opnieuw/", message.resend, name="message-resend"),
    path(PATIENT, conversation.conversation, name="messages-of-patient"),
    path(f"{PATIENT}toestemming/", conversation.consent, name="message-consent"),
    path(f"{PATIENT}adres-hersteld/", conversation.address_repaired, name="message-address"),
]

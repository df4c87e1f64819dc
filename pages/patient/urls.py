from django.urls import path
from django.views.i18n import set_language

from pages.patient import appointments, device_tests, earlier, entry, letters, preferences, unsubscribe, waiting

urlpatterns = [
    path("taal/", set_language, name="set_language"),
    path("v/<str:token>", entry.open_link, name="patient_entry"),
    path("afmelden/<str:token>", unsubscribe.unsubscribe, name="patient_unsubscribe"),
    path("p/<uuid:ref>/", appointments.appointment, name="patient_appointment"),
    path("p/<uuid:ref>/afspraak.ics", appointments.calendar, name="patient_calendar"),
    path("p/<uuid:ref>/nieuwe-link/", appointments.new_link, name="patient_new_link"),
    path("p/<uuid:ref>/berichten/", letters.messages, name="patient_messages"),
    path("p/<uuid:ref>/eerder/", earlier.earlier, name="patient_earlier"),
    path("p/<uuid:ref>/eerder/plek/", earlier.answer, name="patient_earlier_answer"),
    path("p/<uuid:ref>/eerder/stoppen/", earlier.leave, name="patient_earlier_leave"),
    path("p/<uuid:ref>/test/", device_tests.device_test, name="patient_device_test"),
    path("p/<uuid:ref>/test/lijn/", device_tests.sample, name="patient_device_sample"),
    path("p/<uuid:ref>/voorkeur/", preferences.choose, name="patient_preference"),
    path("p/<uuid:ref>/voorkeur/controle/", preferences.check, name="patient_preference_check"),
    path("p/<uuid:ref>/voorkeur/bewaard/", preferences.saved, name="patient_preference_saved"),
    path("p/<uuid:ref>/verzoek/intrekken/", preferences.withdraw, name="patient_request_withdraw"),
    path("p/<uuid:ref>/wachtkamer/", waiting.waiting_room, name="patient_waiting_room"),
    path("p/<uuid:ref>/wachtkamer/stand/", waiting.standing, name="patient_standing"),
    path("p/<uuid:ref>/wachtkamer/teken/", waiting.sign_of_life, name="patient_sign_of_life"),
    path("p/<uuid:ref>/wachtkamer/bel-mij/", waiting.call_me, name="patient_call_me"),
    path("p/<uuid:ref>/wachtkamer/ophangen/", waiting.hang_up, name="patient_hang_up"),
    path("p/<uuid:ref>/wachtkamer/telefoon/", waiting.by_phone, name="patient_by_phone"),
]

from django.urls import path

from pages.planner import waiting_list

APPOINTMENT = "afspraken/<uuid:public_id>/eerder/"
urlpatterns = [
    path("wachtlijst/", waiting_list.waiting_list, name="waiting-list"),
    path("wachtlijst/nu/", waiting_list.waiting_list_now, name="waiting-list-now"),
    path(APPOINTMENT, waiting_list.earlier, name="appointment-earlier"),
    path(f"{APPOINTMENT}stoppen/", waiting_list.leave, name="appointment-earlier-leave"),
    path(f"{APPOINTMENT}plek/", waiting_list.answer, name="appointment-earlier-answer"),
]

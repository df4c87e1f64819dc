from django.urls import path

from pages.helpdesk import views

urlpatterns = [
    path("helpdesk/", views.helpdesk, name="helpdesk"),
    path("helpdesk/wachtenden/", views.waiting, name="helpdesk-waiting"),
]

from django.urls import path

from pages.administrator import messages

urlpatterns = [path("beheer/berichten/", messages.operations_page, name="operations-messages")]

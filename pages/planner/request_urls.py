from django.urls import path

from pages.planner import requests

urlpatterns = [
    path("verzoeken/", requests.requests, name="requests"),
    path("verzoeken/lijst/", requests.request_list, name="request-list"),
    path("verzoeken/<int:pk>/toekennen/", requests.grant, name="request-grant"),
    path("verzoeken/<int:pk>/afwijzen/", requests.decline, name="request-decline"),
    path("verzoeken/<int:pk>/intrekken/", requests.withdraw, name="request-withdraw"),
]

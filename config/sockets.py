from django.urls import URLPattern, path

from waitingroom.sockets import CallConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/call/<uuid:public_id>/", CallConsumer.as_asgi(), name="call"),
]

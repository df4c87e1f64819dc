from rest_framework import serializers

from api.endpoint import Shape


class Received(Shape):
    received = serializers.IntegerField(help_text="How many receipts were understood.")

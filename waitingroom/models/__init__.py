from waitingroom.models.call import CallRoom, CallSeat
from waitingroom.models.closing import Closing, Outcome, RegisteredActivity
from waitingroom.models.device_test import DeviceTest
from waitingroom.models.presence import Presence

__all__ = ["CallRoom", "CallSeat", "Closing", "DeviceTest", "Outcome", "Presence", "RegisteredActivity"]

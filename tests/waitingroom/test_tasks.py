import time_machine
from django.conf import settings

from tests.waitingroom.visits import Visit, at
from waitingroom import tasks
from waitingroom.actions.presence import arrive


def test_expire_presences_is_planned_and_sends_the_silent_away(visit: Visit):
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.expire_presences.name in planned
    arrive(participant=visit.patient, now=at("14.00"), by="link:x")
    with time_machine.travel(at("14.01"), tick=False):
        tasks.expire_presences()
        assert visit.place == "waiting"
    with time_machine.travel(at("14.02"), tick=False):
        tasks.expire_presences()
        assert visit.place == "away"

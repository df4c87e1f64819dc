"""The call lists follow the agendas by themselves, all day long."""

from celery import shared_task
from django.utils import timezone

from notifications.actions.call_list import build_call_list
from people.models import Department
from scheduling.localtime import AMSTERDAM, local_day

# On the local clock: ready before the first call of the day, and as long as somebody may phone.
FROM_HOUR, UNTIL_HOUR = 7, 20


@shared_task(name="notifications.tasks.build_call_lists")
def build_call_lists() -> None:
    """Lost or doubled, it changes nothing: the next tick finds the same appointments."""
    now = timezone.now()
    if not FROM_HOUR <= now.astimezone(AMSTERDAM).hour < UNTIL_HOUR:
        return
    for department in Department.objects.order_by("pk"):
        build_call_list(department=department, day=local_day(now), now=now)

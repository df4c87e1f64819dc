from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from api.models import KeptAnswer

# Longer than any client keeps trying one write.
KEPT_FOR = timedelta(days=2)


@shared_task
def forget_answers() -> None:
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()

from django.db import models


class KeptAnswer(models.Model):
    """The answer to a write that came with an Idempotency-Key: sent twice, it is done once and answered the same.

    Ids, moments and choices only: an answer that names a person is not kept.
    """

    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    # Of what was asked: the same key for something else is a mistake of the sender.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    # As text: a database that sorts the names of a document would give the second asker another answer.
    body = models.TextField(default="{}")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_created")]

    def __str__(self) -> str:
        return f"{self.actor} {self.status}"

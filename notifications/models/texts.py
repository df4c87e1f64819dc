from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.messages import Channel, MessageKind
from praktijkplan.contact import Modality


class TextChannel(models.TextChoices):
    """Mail and inbox say the same; a text message has to be short."""

    MAIL = "mail", _("e-mail and inbox")
    SMS = "sms", _("text message")

    @classmethod
    def of(cls, channel: str) -> "TextChannel":
        return cls.SMS if channel == Channel.SMS else cls.MAIL


class TextForm(models.TextChoices):
    """The form of contact that a text is for; `any` where the words are the same for all."""

    ANY = "any", _("all forms")
    VIDEO = Modality.VIDEO.value, _("video call")
    PHONE = Modality.PHONE.value, _("phone call")
    VISIT = Modality.VISIT.value, _("visit")
    WRITTEN = Modality.WRITTEN.value, _("in writing")


class TextLanguage(models.TextChoices):
    NL = "nl", _("Dutch")
    EN = "en", _("English")


class MessageText(models.Model):
    """A department's own words for one kind of message. Rows are only ever added; the latest version counts."""

    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="message_texts")
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    channel = models.CharField(max_length=4, choices=TextChannel.choices)
    language = models.CharField(max_length=5, choices=TextLanguage.choices)
    form = models.CharField(max_length=10, choices=TextForm.choices)
    body = models.TextField(help_text=_("In the language of notifications/content/language.py, subject and all."))
    version = models.PositiveIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="message_texts")
    made_at = models.DateTimeField()
    is_default = models.BooleanField(default=False, help_text=_("Back to the default text, whatever that becomes."))
    warnings = models.JSONField(default=list, blank=True, help_text=_("What was found and saved all the same."))

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "channel", "language", "form", "version"], name="message_text_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language} {self.form} {self.version}"

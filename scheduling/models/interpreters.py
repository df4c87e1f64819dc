from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Interpreter(models.Model):
    """Somebody who interprets at consults of a department, and can be taken for one of them at a time."""

    department = models.ForeignKey("people.Department", on_delete=models.CASCADE, related_name="interpreters")
    name = models.CharField(_("name"), max_length=80)
    languages: models.JSONField[Any, Any] = models.JSONField(
        _("languages"), default=list, help_text=_("Codes, like tr and ar.")
    )
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="interpreter_once")]

    def __str__(self) -> str:
        return self.name

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstructionKind(models.TextChoices):
    LEAFLET = "leaflet", _("leaflet")
    FILM = "film", _("film")
    SUPPLIER = "supplier", _("page of the supplier")


class LinkProblem(models.TextChoices):
    """What a check found wrong with a link."""

    GONE = "gone", _("The page no longer exists.")
    SIGN_IN = "sign_in", _("The page asks to sign in.")
    SERVER = "server", _("The other site has a fault.")
    WRONG_ANSWER = "wrong_answer", _("The other site gives an answer that is no page.")
    NO_HOST = "no_host", _("There is no site with this name.")
    NO_ANSWER = "no_answer", _("The other site does not answer.")
    CERTIFICATE = "certificate", _("The secure connection of the other site is not right.")
    REDIRECTS = "redirects", _("The link keeps leading on to another address.")
    NOT_PUBLIC = "not_public", _("The address lies within the hospital. Patients cannot reach it.")
    # Says nothing of the page: a guard that keeps programs out may well let a patient in.
    CLOSED_TO_US = (
        "closed_to_us",
        _("The other site does not let this check in. Open the link yourself now and then."),
    )


class Instruction(models.Model):
    """What a patient can read or watch at ease: messages and the patient's page offer it (PP-40, PP-41)."""

    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="instructions")
    kind = models.CharField(_("kind"), max_length=10, choices=InstructionKind.choices)
    title = models.CharField(_("title"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    language = models.CharField(_("language"), max_length=5, default="nl")
    position = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    # The first of the failures that no success has ended yet; broken once they count.
    failing_since = models.DateTimeField(null=True, blank=True)
    broken_since = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=LinkProblem.choices, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40)

    class Meta:
        ordering = ["language", "position", "id"]
        indexes = [models.Index(fields=["checked_at", "id"], name="instruction_checked")]
        constraints = [
            models.UniqueConstraint(fields=["department", "language", "url"], name="instruction_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_broken(self) -> bool:
        return self.broken_since is not None

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https://")

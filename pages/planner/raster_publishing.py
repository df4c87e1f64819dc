"""Publishing a raster: what it would do, a reason for each warning, trial or final (PP-30)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pages.permissions import Desk
from pages.planner.raster_access import raster_page
from pages.planner.raster_preview import preview_of
from pages.planner.raster_tabs import raster_tabs
from pages.planner.raster_words import weekday_name
from pages.widgets import Segmented
from people.permissions import Permission
from praktijkplan.findings import Finding, Severity
from scheduling.actions.publishing import DraftChanged, Published, Reason, needs_reason, publish_raster
from scheduling.contents import RasterContent, draft_content
from scheduling.finding_sentences import Names, finding_sentence, names_for, rule_title
from scheduling.localtime import local_day
from scheduling.locks import Busy
from scheduling.models import Raster, RasterPhase
from scheduling.queries.rasters import publication, published_through
from scheduling.queries.surroundings import findings_of

LONGEST_REASON = 200
PHASES = [(RasterPhase.TRIAL, _("trial")), (RasterPhase.FINAL, _("final"))]


@dataclass(frozen=True)
class Told:
    """A finding in words; `where` is its weekday and time, empty for the whole raster."""

    finding: Finding
    title: str
    where: str
    sentence: str


@dataclass(frozen=True)
class Question:
    """One reason answers all that a rule says, on whatever weekdays."""

    finding: str
    told: tuple[Told, ...]

    @property
    def field(self) -> str:
        return field_name(self.finding)

    @property
    def label(self) -> str:
        return gettext("%(rule)s: why is this all right?") % {"rule": self.told[0].title}


class PublishForm(forms.Form):
    """`revision` is the draft as its sender saw it. A field per warning; final only for who may approve."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    phase = forms.ChoiceField(
        label=_("Publish as"),
        choices=PHASES,
        widget=Segmented,
        help_text=_("A trial is looked at again after some weeks. Patients notice no difference."),
    )

    def __init__(
        self, *args: Any, questions: Iterable[Question], given: dict[str, str], may_approve: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_approve:
            del self.fields["phase"]
        self.questions = tuple(questions)
        for question in self.questions:
            self.fields[question.field] = forms.CharField(
                label=question.label,
                max_length=LONGEST_REASON,
                initial=given.get(question.field, ""),
                error_messages={"required": _("Write why, or change the raster.")},
            )

    def asked(self) -> Iterator[tuple[Question, forms.BoundField]]:
        for question in self.questions:
            yield question, self[question.field]

    def reasons(self) -> list[Reason]:
        return [
            Reason(question.finding, weekday, self.cleaned_data[question.field])
            for question in self.questions
            for weekday in dict.fromkeys(told.finding.weekday for told in question.told)
        ]

    def phase_chosen(self) -> RasterPhase:
        return RasterPhase(self.cleaned_data.get("phase", RasterPhase.TRIAL))


@raster_page(Permission.PUBLISH_RASTER)
def publish(request: HttpRequest, desk: Desk, shown: Raster) -> HttpResponse:
    """What publishing would do (GET), and doing it (POST)."""
    if shown.is_starter:
        messages.info(request, gettext("This is a starter. Copy it to a clinician, then publish that raster."))
        return redirect("raster-copy", pk=shown.pk)
    page = _Page(desk, shown, timezone.now())
    if request.method != "POST":
        return page.show(request, page.form())
    form = page.form(request.POST)
    if form.is_valid():
        return _publish(request, page, form)
    if form.cleaned_data.get("revision", shown.revision) != shown.revision:
        return page.show(request, form, status=409, problem=_changed_sentence(shown))
    return page.show(request, form, status=422)


def _publish(request: HttpRequest, page: "_Page", form: PublishForm) -> HttpResponse:
    try:
        done = publish_raster(
            raster=page.raster,
            by=page.desk.actor,
            now=page.now,
            phase=form.phase_chosen(),
            reasons=form.reasons(),
            expected_revision=form.cleaned_data["revision"],
        )
    except Busy:
        return page.show(request, form, status=503, problem=busy_sentence())
    except DraftChanged:
        return page.show(request, form, status=409, problem=_changed_sentence(page.raster))
    if isinstance(done, Published):
        messages.success(request, told_published(done))
        return redirect("raster", pk=page.raster.pk)
    problem = gettext("The rules found something that was not there a moment ago. Nothing was published.")
    return page.show(request, form, status=409, problem=problem)


class _Page:
    """The draft as it stands at this moment, and what the rules say of it."""

    def __init__(self, desk: Desk, raster: Raster, now: datetime) -> None:
        self.desk, self.raster, self.now = desk, raster, now
        self.content: RasterContent = draft_content(raster)
        self.findings = findings_of(raster, self.content, today=local_day(now))
        self.names = names_for(raster) if self.findings else Names()

    def form(self, data: Any = None) -> PublishForm:
        last = self.raster.versions.first()
        given = {field_name(each["finding"]): each["text"] for each in last.reasons} if last else {}
        again = self.raster.phase == RasterPhase.FINAL
        return PublishForm(
            data,
            questions=self._questions(),
            given=given,
            may_approve=self.desk.may(Permission.APPROVE_RASTER),
            initial={"revision": self.raster.revision, "phase": RasterPhase.FINAL if again else RasterPhase.TRIAL},
        )

    def show(self, request: HttpRequest, form: PublishForm, *, status: int = 200, problem: str = "") -> HttpResponse:
        today = local_day(self.now)
        until = published_through(self.raster, today)
        plan = publication(self.raster, self.content, first=today, until=until, now=self.now)
        context = {
            "desk": self.desk,
            "raster": self.raster,
            "tabs": raster_tabs(self.raster, self.desk, "raster-publish"),
            "form": form,
            # A refused form keeps the draft that its sender saw; a fresh preview shows the new one.
            "revision": form["revision"].value() if status in (422, 503) else self.raster.revision,
            "problem": problem,
            "errors": self._told(Severity.ERROR),
            "advice": self._told(Severity.ADVICE),
            "preview": preview_of(self.desk, self.raster, plan, now=self.now),
            "names": self.desk.may(Permission.SEE_PATIENT),
        }
        return render(request, "planner/raster_publish.html", context, status=status)

    def _told(self, severity: Severity) -> list[Told]:
        return [self._tell(finding) for finding in self.findings if finding.severity is severity]

    def _tell(self, finding: Finding) -> Told:
        sentence = finding_sentence(finding, self.names)
        return Told(finding, rule_title(finding), where_words(finding), sentence)

    def _questions(self) -> list[Question]:
        grouped: dict[str, list[Told]] = {}
        for finding in needs_reason(self.findings):
            grouped.setdefault(finding.id.value, []).append(self._tell(finding))
        return [Question(finding, tuple(told)) for finding, told in grouped.items()]


def field_name(finding: str) -> str:
    return f"reason_{finding}"


def where_words(finding: Finding) -> str:
    """ "maandag 9.00–12.00"; empty for what the whole raster does."""
    if finding.weekday is None:
        return ""
    name = weekday_name(finding.weekday)
    if finding.start is None or finding.end is None:
        return name
    start, end = (f"{at.hour}.{at.minute:02d}" for at in (finding.start, finding.end))
    return f"{name} {start}–{end}"


def busy_sentence() -> str:
    return gettext("Someone is booking in these clinics right now. Nothing was changed. Try again.")


def told_published(done: Published) -> str | SafeString:
    """What was done; with a way to the worklist when something no longer fits."""
    parts = [
        ngettext("%(count)d clinic made", "%(count)d clinics made", done.made) % {"count": done.made},
        ngettext("%(count)d changed", "%(count)d changed", done.changed) % {"count": done.changed},
    ]
    gone = done.withdrawn + len(done.closing)
    if gone:
        parts.append(ngettext("%(count)d withdrawn", "%(count)d withdrawn", gone) % {"count": gone})
    told = gettext("The raster is published: %(what)s.") % {"what": ", ".join(parts)}
    if not done.misfits:
        return told
    return format_html(
        '{} <a href="{}">{}</a>',
        told,
        reverse("misfits"),
        ngettext(
            "%(count)d appointment no longer fits: look at it",
            "%(count)d appointments no longer fit: look at them",
            len(done.misfits),
        )
        % {"count": len(done.misfits)},
    )


def _changed_sentence(raster: Raster) -> str:
    raster.refresh_from_db(fields=["edited_by"])
    who = raster.edited_by
    if who is None:
        return gettext("The raster was changed meanwhile. Nothing was published: below is what it would do now.")
    return gettext(
        "%(name)s changed this raster meanwhile. Nothing was published: below is what it would do now."
    ) % {"name": who}

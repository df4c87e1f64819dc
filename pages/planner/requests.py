"""Verzoeken: patients who ask for another form of contact, with what can be given, until each has an answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from pages.live import fragment
from pages.names import listed_name
from pages.permissions import Desk, department_page, desk_at, log_new, log_refusal, sign_in_first
from pages.planner.meanwhile import busy_sentence, changed_sentence
from pages.planner.places import chosen_plan
from pages.planner.request_rows import rows_of
from people.permissions import Permission
from scheduling.actions.placing import ChangedMeanwhile, Plan
from scheduling.actions.requests import AlreadyAnswered, decline_request, grant_request, withdraw_request
from scheduling.locks import Busy
from scheduling.models import Appointment, ModalityRequest
from scheduling.queries.requests import requests_to_answer
from scheduling.sentences import unplaced_sentences
from scheduling.vocabulary import DECLINE_REASONS

ACTION = "view.requests"
# So many are dealt with at a time; the nearest appointments first.
SHOWN = 50
OWN_WORDS = "other"

RequestView = Callable[[HttpRequest, Desk, ModalityRequest], HttpResponseBase]


class DeclineForm(forms.Form):
    """A prepared reason, or somebody's own words: the patient reads it either way."""

    reason = forms.ChoiceField(
        label=_("Why not?"),
        choices=[*DECLINE_REASONS.items(), (OWN_WORDS, _("In your own words"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason: the patient reads it.")},
    )
    words = forms.CharField(
        label=_("Your own words"),
        help_text=_("The patient reads this behind the link, not in the message."),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"]).strip()
        if self.cleaned_data.get("reason") == OWN_WORDS and not words:
            raise forms.ValidationError(_("Write why not: the patient reads it."))
        return words

    @property
    def said(self) -> str:
        """As the request keeps it."""
        own = self.cleaned_data["reason"] == OWN_WORDS
        return str(self.cleaned_data["words" if own else "reason"])


class GrantForm(forms.Form):
    """`version` is that of the appointment as the clerk saw it."""

    place = forms.CharField(max_length=60)
    version = forms.IntegerField(min_value=1)


def request_page(action: str) -> Callable[[RequestView], Callable[..., HttpResponseBase]]:
    """A page about one request of a department in which the user may book; elsewhere it is as if it did not exist."""

    def decorate(view: RequestView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, pk: int) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            asked = _requests().filter(pk=pk).first()
            desk = desk_at(request, Permission.BOOK, asked.department_id) if asked else None
            if asked is None or desk is None:
                log_refusal(request, action, *((asked.appointment.patient, asked.appointment) if asked else ()))
                raise Http404
            desk.log(action, asked.appointment.patient_id, asked.appointment_id)
            return view(request, desk, asked)

        return page

    return decorate


@require_GET
@department_page(Permission.BOOK)
def requests(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _show(request, desk)


@require_GET
@department_page(Permission.BOOK)
def request_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list alone, for the live page around it."""
    context = _list(desk, timezone.now())
    log_new(desk, ACTION, _seen(context))
    return fragment(request, "planner/_requests.html", context)


@require_POST
@request_page("grant.request")
def grant(request: HttpRequest, desk: Desk, asked: ModalityRequest) -> HttpResponse:
    """Changes the form in one step: where it stands, or at the place chosen."""
    form = GrantForm(request.POST)
    plan = _plan(form.cleaned_data["place"], desk, asked) if form.is_valid() else None
    if plan is None:
        return _show(request, desk, asked, [gettext("Choose a place from the list.")], status=422)
    try:
        outcome = grant_request(
            request=asked,
            plan=plan,
            by=desk.actor,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        )
    except Busy:
        return _show(request, desk, asked, [busy_sentence()], status=503)
    except ChangedMeanwhile:
        asked.appointment.refresh_from_db()
        return _show(request, desk, asked, [changed_sentence(asked.appointment)], status=409)
    except AlreadyAnswered:
        return _answered_before(request)
    if not isinstance(outcome, Appointment):
        return _show(request, desk, asked, unplaced_sentences(outcome), status=409)
    words = {"patient": listed_name(outcome.patient), "form": outcome.get_modality_display()}
    messages.success(request, gettext("Granted. %(patient)s: %(form)s. The patient hears it.") % words)
    return redirect("requests")


@request_page("decline.request")
def decline(request: HttpRequest, desk: Desk, asked: ModalityRequest) -> HttpResponse:
    """Says first what the patient will read."""
    if not asked.is_open:
        return _answered_before(request)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"desk": desk, "asked": asked, "held": asked.appointment, "form": form}
        return render(request, "planner/request_decline.html", context, status=422 if form.is_bound else 200)
    try:
        decline_request(request=asked, reason=form.said, by=desk.actor, now=timezone.now())
    except AlreadyAnswered:
        return _answered_before(request)
    messages.success(request, gettext("Declined. The appointment stays as it is, and the patient reads why."))
    return redirect("requests")


@require_POST
@request_page("withdraw.request")
def withdraw(request: HttpRequest, desk: Desk, asked: ModalityRequest) -> HttpResponse:
    """The patient said so to somebody here."""
    try:
        withdraw_request(request=asked, by=desk.actor, now=timezone.now())
    except AlreadyAnswered:
        return _answered_before(request)
    messages.success(request, gettext("Withdrawn. The appointment stays as it is."))
    return redirect("requests")


def _requests() -> QuerySet[ModalityRequest]:
    return ModalityRequest.objects.select_related(
        "appointment__patient", "appointment__clinician", "appointment__type", "appointment__session"
    )


def _plan(value: str, desk: Desk, asked: ModalityRequest) -> Plan | None:
    """Only with who and what this department has, and in the form that was asked."""
    clinicians = {str(each.pk): each for each in desk.department.clinicians.all()}
    types = {str(each.pk): each for each in desk.department.appointment_types.filter(modality=asked.asked)}
    return chosen_plan(value, clinicians, types)


def _answered_before(request: HttpRequest) -> HttpResponse:
    messages.warning(request, gettext("This request was answered or withdrawn already. Nothing was changed."))
    return redirect("requests")


def _list(desk: Desk, now: datetime, problems: Mapping[int, tuple[str, ...]] | None = None) -> dict[str, object]:
    waiting = requests_to_answer(desk.department, now)
    rows = rows_of(list(waiting[:SHOWN]), now=now, problems=problems)
    more = waiting.count() - SHOWN if len(rows) == SHOWN else 0
    return {"desk": desk, "rows": rows, "more": more, "now": now}


def _seen(context: Mapping[str, object]) -> list[tuple[int, int | None]]:
    rows = context["rows"]
    assert isinstance(rows, list)  # noqa: S101  for the type checker
    return [(row.held.patient_id, row.request.appointment_id) for row in rows]


def _show(
    request: HttpRequest,
    desk: Desk,
    asked: ModalityRequest | None = None,
    problems: list[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    told = {asked.pk: tuple(problems)} if asked and problems else None
    context = _list(desk, timezone.now(), told)
    desk.log_list(ACTION, _seen(context))
    return render(request, "planner/requests.html", context | {"problems": problems or []}, status=status)

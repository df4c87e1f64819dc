"""What a department agrees on about its messages and calls (PP-16): seen by all who tell patients, changed by few."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications.replanning_jobs import replan_soon
from pages.lead.agreement_form import AgreementForm
from pages.lead.tabs import text_tabs
from pages.permissions import Desk, department_page, log_refusal
from people.permissions import Permission
from scheduling.actions.policies import AgreedMeanwhile, WrongAgreements, agree_policy
from scheduling.localtime import local_day
from scheduling.queries.policy import Agreed, agreed_on

UNPROCESSABLE, CONFLICT = 422, 409


@require_http_methods(["GET", "HEAD", "POST"])
@department_page(Permission.SEE_TEXTS)
def agreements(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    agreed = agreed_on(desk.department.pk, local_day(now))
    if request.method != "POST" or not desk.may(Permission.EDIT_AGREEMENTS):
        status = 403 if request.method == "POST" else 200
        if status == 403:
            log_refusal(request, "change.agreements")
        return _page(request, desk, AgreementForm.of(agreed.policy), agreed, status)
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, agreed, UNPROCESSABLE)
    done = agree_policy(
        department=desk.department,
        valid_from=local_day(now),
        changes=form.changes(),
        shown_revision=form.cleaned_data["revision"],
        by=desk.actor,
        now=now,
    )
    if isinstance(done, WrongAgreements):
        form.add_problems(done.problems)
        return _page(request, desk, form, agreed, UNPROCESSABLE)
    if isinstance(done, AgreedMeanwhile):
        return _page(request, desk, form, agreed, CONFLICT, meanwhile=form.differences(done.policy))
    replan_soon()
    messages.success(request, gettext("Agreed. What is still to be sent follows within minutes."))
    return redirect("agreements")


def _page(
    request: HttpRequest, desk: Desk, form: AgreementForm, agreed: Agreed, status: int, **more: Any
) -> HttpResponse:
    may_edit = desk.may(Permission.EDIT_AGREEMENTS)
    if not may_edit:
        form.freeze()
    context = {
        "desk": desk,
        "form": form,
        "agreed": agreed,
        "revision": agreed.revision,
        "may_edit": may_edit,
        "tabs": text_tabs(desk, "agreements"),
        **more,
    }
    return render(request, "lead/agreements.html", context, status=status)

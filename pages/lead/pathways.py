"""Zorgpaden (PP-19): the patterns of consults that a department agreed on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from pages.lead.pathway_form import PathwayForm
from pages.permissions import Desk, department_page, desk_at, log_refusal, sign_in_first
from people.permissions import Permission
from scheduling.actions.pathways import NameTaken, WrongSteps, save_pathway
from scheduling.actions.placing import ChangedMeanwhile
from scheduling.models import CarePathway
from scheduling.queries.pathways import pathways_of


@require_GET
@department_page(Permission.EDIT_PATHWAYS)
def pathways(request: HttpRequest, desk: Desk) -> HttpResponse:
    context = {"desk": desk, "pathways": list(pathways_of(desk.department))}
    return render(request, "lead/pathways.html", context)


@department_page(Permission.EDIT_PATHWAYS)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`?voorbeeld=1` begins with four controls a year, two at the clinic and two by video."""
    if request.method != "POST":
        form = PathwayForm(department=desk.department, example=bool(request.GET.get("voorbeeld")))
        return _show(request, desk, form, None)
    return _save(request, desk, PathwayForm(request.POST, department=desk.department), None)


def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who follows it goes on as it was: their orders are made."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    pathway = CarePathway.objects.select_related("department").filter(pk=pk).first()
    desk = desk_at(request, Permission.EDIT_PATHWAYS, pathway.department) if pathway else None
    if pathway is None or desk is None:
        log_refusal(request, "view.pathway")
        raise Http404
    if request.method != "POST":
        return _show(request, desk, PathwayForm(department=desk.department, pathway=pathway), pathway)
    return _save(request, desk, PathwayForm(request.POST, department=desk.department, pathway=pathway), pathway)


def _save(request: HttpRequest, desk: Desk, form: PathwayForm, pathway: CarePathway | None) -> HttpResponse:
    if not form.is_valid():
        return _show(request, desk, form, pathway, status=422)
    try:
        saved = save_pathway(
            department=desk.department,
            pattern=form.pattern,
            pathway=pathway,
            expected_revision=form.cleaned_data["revision"],
        )
    except NameTaken:
        form.add_error("name", gettext("There is a care pathway of this name already. Choose another name."))
        return _show(request, desk, form, pathway, status=409)
    except ChangedMeanwhile:
        return _show_changed(request, desk, form, pathway)
    if isinstance(saved, WrongSteps):
        form.add_problems(saved.problems)
        return _show(request, desk, form, pathway, status=422)
    messages.success(request, gettext("The care pathway is saved. Who follows it already goes on as it was."))
    return redirect("pathways")


def _show_changed(request: HttpRequest, desk: Desk, form: PathwayForm, pathway: CarePathway | None) -> HttpResponse:
    """With what was typed, and how it stands now: whoever saves again has seen that."""
    if pathway is None:
        raise Http404
    pathway.refresh_from_db()
    form.add_error(None, gettext("A colleague changed this care pathway just now. Nothing was saved."))
    # Name by name: what was posted holds lists.
    form.data = {**{name: form.data[name] for name in form.data}, "revision": str(pathway.revision)}
    return _show(request, desk, form, pathway, status=409, meanwhile=pathway)


def _show(
    request: HttpRequest,
    desk: Desk,
    form: PathwayForm,
    pathway: CarePathway | None,
    *,
    status: int = 200,
    meanwhile: CarePathway | None = None,
) -> HttpResponse:
    """`meanwhile`: as a colleague made it."""
    running = pathway.runs.filter(stopped_at__isnull=True).count() if pathway else 0
    context = {"desk": desk, "form": form, "pathway": pathway, "running": running, "meanwhile": meanwhile}
    return render(request, "lead/pathway.html", context, status=status)

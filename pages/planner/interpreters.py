"""Interpreters of a department: who they are, what they speak, and what they are booked for."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pages.permissions import Desk, department_page, desk_at, log_refusal, sign_in_first
from pages.planner.patient_forms import PhoneField
from people.permissions import Permission
from scheduling.actions.interpreters import About, NameTaken, add_interpreter, change_interpreter
from scheduling.languages import LANGUAGES, language_names
from scheduling.models import AppointmentStatus, Interpreter

ACTION = "change.interpreter"


class InterpreterForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    phone = PhoneField(mobile=False, label=_("Phone number"))
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    active = forms.BooleanField(label=_("Can be booked"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = self.fields["languages"]
        assert isinstance(languages, forms.MultipleChoiceField)  # noqa: S101  for the type checker
        languages.choices = sorted(LANGUAGES.items(), key=lambda each: str(each[1]))

    @property
    def about(self) -> About:
        return About(**self.cleaned_data)


@department_page(Permission.MANAGE_INTERPRETERS)
def interpreters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everyone, those who stopped last; and the form to add another."""
    form = InterpreterForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            added = add_interpreter(department=desk.department, about=form.about)
        except NameTaken:
            form.add_error("name", _taken())
        else:
            messages.success(request, gettext("%(name)s can be booked from now on.") % {"name": added.name})
            return redirect("interpreters")
    rows = desk.department.interpreters.order_by("-active", "name").annotate(
        ahead=Count(
            "participations",
            filter=Q(
                participations__appointment__status=AppointmentStatus.BOOKED,
                participations__appointment__start__gte=timezone.now(),
            ),
        )
    )
    context = {
        "desk": desk,
        "form": form,
        "interpreters": [(each, ", ".join(language_names(each.languages))) for each in rows],
    }
    return render(request, "planner/interpreters.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def interpreter(request: HttpRequest, pk: int) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return sign_in_first(request)
    row = Interpreter.objects.filter(pk=pk).first()
    desk = desk_at(request, Permission.MANAGE_INTERPRETERS, row.department_id) if row else None
    if row is None or desk is None:
        log_refusal(request, ACTION)
        raise Http404
    return _change(request, desk, row)


def _change(request: HttpRequest, desk: Desk, row: Interpreter) -> HttpResponse:
    stands = {name: getattr(row, name) for name in InterpreterForm.base_fields}
    form = InterpreterForm(request.POST if request.method == "POST" else None, initial=stands)
    if form.is_bound and form.is_valid():
        try:
            change_interpreter(interpreter=row, about=form.about)
        except NameTaken:
            form.add_error("name", _taken())
        else:
            messages.success(request, gettext("%(name)s is changed.") % {"name": row.name})
            return redirect("interpreters")
    context = {"desk": desk, "interpreter": row, "form": form}
    return render(request, "planner/interpreter.html", context, status=422 if form.is_bound else 200)


def _taken() -> str:
    return gettext("This department has an interpreter of this name already.")

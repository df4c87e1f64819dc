"""The first page of a member of staff, by role, and the switch between departments."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from pages.permissions import SESSION_KEY, current_department, log_refusal, memberships_of
from people.models import Role

# Who has several roles begins with the one that cannot wait.
FIRST_PAGE = {
    Role.CLINICIAN: "my-day",
    Role.PLANNER: "today",
    Role.HELPDESK: "helpdesk",
    Role.LEAD: "today",
    Role.ADMINISTRATOR: "today",
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    department = current_department(request)
    roles = {m.role for m in memberships_of(request) if department and m.department_id == department.pk}
    for role, route in FIRST_PAGE.items():
        if role in roles:
            return redirect(route)
    return redirect("today")


@login_required
@require_POST
def switch_department(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in the session; which page it may open is checked on that page."""
    wanted = request.POST.get("department", "")
    if wanted.isdigit() and int(wanted) in {m.department_id for m in memberships_of(request)}:
        request.session[SESSION_KEY] = int(wanted)
        return HttpResponseRedirect(_way_back(request))
    log_refusal(request, "switch.department")
    return HttpResponse(status=403)


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("home")

"""A page about one order, in its department; elsewhere it is as if it did not exist."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase

from pages.permissions import SAFE_METHODS, Desk, desk_at, log_refusal, sign_in_first
from people.permissions import Permission
from scheduling.models import FollowUpOrder

OrderView = Callable[[HttpRequest, Desk, FollowUpOrder], HttpResponseBase]
_OF_ORDER = ("patient", "type", "clinician", "appointment", "pathway_run__pathway")


def order_page(change: str) -> Callable[[OrderView], Callable[..., HttpResponseBase]]:
    """`change` names in the access log what a POST does."""

    def decorate(view: OrderView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, pk: int) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            action = "view.order" if request.method in SAFE_METHODS else change
            order = FollowUpOrder.objects.select_related(*_OF_ORDER).filter(pk=pk).first()
            desk = desk_at(request, Permission.ORDER, order.department_id) if order else None
            if order is None or desk is None:
                log_refusal(request, action, order.patient if order else None)
                raise Http404
            desk.log(action, order.patient)
            return view(request, desk, order)

        return page

    return decorate

"""What a department says and shows to its patients: the texts of its messages, and its instruction material."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.instructions import count_broken_links
from people.desks import Desk
from people.permissions import Permission


@dataclass(frozen=True)
class Tab:
    url: str
    label: str | Promise
    current: bool
    count: int = 0


def text_tabs(desk: Desk, current: str) -> list[Tab]:
    sent = [Tab(reverse("messages"), _("Messages"), False)] if desk.may(Permission.SEE_MESSAGES) else []
    return [
        *sent,
        Tab(reverse("texts"), _("Texts"), current == "texts"),
        Tab(reverse("agreements"), _("Agreements"), current == "agreements"),
        Tab(
            reverse("instructions"), _("Explanation"), current == "instructions", count_broken_links(desk.department)
        ),
    ]

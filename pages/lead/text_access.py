"""Which text a page is about: kind, channel, language and form in its address, of the user's own department."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from notifications.content.defaults import all_keys
from notifications.content.text import TextKey
from notifications.models import MessageKind, TextChannel, TextForm, TextLanguage
from pages.permissions import Desk, Page, department_page
from people.permissions import Permission

TextView = Callable[[HttpRequest, Desk, TextKey], HttpResponse]


def text_page(permission: Permission) -> Callable[[TextView], Page]:
    """A text that exists; the permission is asked for first, so that an address tells a stranger nothing."""

    def decorate(view: TextView) -> Page:
        @department_page(permission)
        def page(request: HttpRequest, desk: Desk, kind: str, channel: str, language: str, form: str) -> HttpResponse:
            key = TextKey(kind, channel, language, form)
            if key not in all_keys():
                raise Http404
            return view(request, desk, key)

        return page

    return decorate


def address_of(route: str, key: TextKey) -> str:
    return reverse(route, kwargs=key._asdict())


def title_of(key: TextKey) -> str:
    """Bevestiging: sms, beeldbellen, Nederlands."""
    parts = [str(TextChannel(key.channel).label)]
    if key.form != TextForm.ANY:
        parts.append(str(TextForm(key.form).label))
    parts.append(str(TextLanguage(key.language).label))
    return f"{str(MessageKind(key.kind).label).capitalize()}: {', '.join(parts)}"

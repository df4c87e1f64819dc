from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def phone_links(text: str, phone: str) -> SafeString:
    """The text, escaped, with this number as a link that dials and does not break over two lines."""
    number = "".join(character for character in phone if character in "+0123456789")
    link = format_html(
        '<a class="accent" href="tel:{}" style="color:#0a5363;white-space:nowrap;">{}</a>', number, phone
    )
    if not number:
        return conditional_escape(text)
    return mark_safe(conditional_escape(text).replace(conditional_escape(phone), link))  # noqa: S308  both escaped

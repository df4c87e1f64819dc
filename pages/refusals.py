"""Django's own words for a field that it refuses, named here so that our catalogue says them our way.

"Dit veld is verplicht" blames, "Vul dit in" says what to do. No code imports this: makemessages reads it.
"""

from django.utils.translation import gettext_lazy as _

REFUSALS = (
    _("This field is required."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a whole number."),
    _("Enter a valid email address."),
    _("Select a valid choice. That choice is not one of the available choices."),
)

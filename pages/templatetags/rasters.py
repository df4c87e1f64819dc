"""What the pages about rasters say beside the visual language."""

from django import template

register = template.Library()
# As the raster's picture has it: a true minus, as wide as the plus.
MINUS = "−"


@register.filter
def signed(number: int) -> str:
    """A difference: +18, −6, 0."""
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number < 0 else "0"

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from praktijkplan.localtime import midnight

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local_day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


def day_span(first: date, last: date | None = None) -> tuple[int, int]:
    """The epoch minutes UTC of these local days, `last` included: 23 or 25 hours on a clock change."""
    return midnight(first, AMSTERDAM), midnight((last or first) + timedelta(days=1), AMSTERDAM)

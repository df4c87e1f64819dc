"""A line of somebody's own words that no form reads."""

from collections.abc import Mapping


def typed_line(data: Mapping[str, str], name: str, longest: int) -> str:
    """Cut where the database would refuse it, without the one character that PostgreSQL cannot keep."""
    return data.get(name, "").replace("\0", "").strip()[:longest]

"""Reference data of the field that ships with the product, as data files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps

CODES = Path(__file__).parent / "activity_codes.json"


def load_activity_codes(**kwargs: Any) -> None:
    """Add the codes that are not there yet; rows that an administrator changed stay as they are (PP-12)."""
    model = apps.get_model("scheduling", "ActivityCode")
    for row in json.loads(CODES.read_text(encoding="utf-8")):
        until = row["valid_until"]
        model.objects.get_or_create(
            code=row["code"],
            contact_kind=row["contact_kind"],
            modality=row["modality"] or "",
            valid_from=date.fromisoformat(row["valid_from"]),
            defaults={
                "description": row["description"],
                "valid_until": date.fromisoformat(until) if until else None,
            },
        )

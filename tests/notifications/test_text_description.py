import pytest
from django.conf import settings

from notifications.content.description import length_table, placeholder_table


@pytest.mark.parametrize("table", [placeholder_table, length_table])
def test_tables_in_the_page_about_texts_are_current(table):
    """When one is not, it comes from manage.py describe_texts."""
    page = (settings.BASE_DIR / "docs" / "texts.md").read_text(encoding="utf-8")
    assert table() in page

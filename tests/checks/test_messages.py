import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from checks.messages import MessagesError, stale_catalogues, untranslated

SOURCE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "video call"
msgstr "{dutch}"
"""


@pytest.fixture
def catalogue(tmp_path) -> Path:
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt is absent: apt-get install gettext")
    source = tmp_path / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE.format(dutch="beeldbellen"))
    subprocess.run(["msgfmt", "-o", source.with_suffix(".mo"), source], check=True)
    return source


def test_compiled_catalogue_is_current(tmp_path, catalogue):
    assert stale_catalogues(tmp_path) == []


def test_changed_source_makes_it_stale(tmp_path, catalogue):
    catalogue.write_text(SOURCE.format(dutch="videobellen"))
    assert stale_catalogues(tmp_path) == ["locale/nl/LC_MESSAGES/django.po"]


def test_uncompiled_source_is_stale(tmp_path, catalogue):
    catalogue.with_suffix(".mo").unlink()
    assert stale_catalogues(tmp_path) == ["locale/nl/LC_MESSAGES/django.po"]


def test_translation_that_breaks_its_placeholders_is_an_error(tmp_path, catalogue):
    catalogue.write_text(
        catalogue.read_text() + '\n#, python-format\nmsgid "%(n)s minutes"\nmsgstr "%(m)s minuten"\n'
    )
    with pytest.raises(MessagesError, match="argument 'm'"):
        stale_catalogues(tmp_path)


class TestUntranslated:
    @pytest.fixture
    def project(self, tmp_path, catalogue) -> Path:
        """A product of one module, with the same manage.py."""
        shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "settings.py").write_text("LOCALE_PATHS = ['locale']\nSECRET_KEY = 'x'\n")
        (tmp_path / "words.py").write_text('from django.utils.translation import gettext as _\n_("video call")\n')
        return tmp_path

    def test_all_is_translated(self, project, tmp_path_factory):
        assert untranslated(project, tmp_path_factory.mktemp("scratch")) == ""

    def test_word_without_dutch_is_named(self, project, tmp_path_factory):
        with (project / "words.py").open("a") as file:
            file.write('_("waiting room")\n')
        assert 'msgid "waiting room"' in untranslated(project, tmp_path_factory.mktemp("scratch"))

    def test_uncertain_translation_is_named(self, project, catalogue, tmp_path_factory):
        catalogue.write_text(catalogue.read_text().replace('msgid "video call"', '#, fuzzy\nmsgid "video call"'))
        assert 'msgid "video call"' in untranslated(project, tmp_path_factory.mktemp("scratch"))

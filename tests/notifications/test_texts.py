"""What patients read: short sentences, the form unmistakable, nothing that mail may not say (PP-40 to 44)."""

import itertools
import re
from dataclasses import replace
from html import unescape

import pytest
from django.test.signals import template_rendered

from notifications.content.defaults import forms_of
from notifications.content.facts import LetterFacts
from notifications.content.letters import Block, write_letter
from notifications.content.words import LANGUAGES, say_asked, say_declined, say_late, say_unsubscribe
from notifications.models import MessageKind, TextForm
from praktijkplan.contact import Modality

KINDS = [kind.value for kind in MessageKind]
WHO = {"nl": ("", "uw kind", "uw naaste"), "en": ("", "your child", "your relative")}
DAYS = {
    "nl": ("vandaag", "morgen", "op woensdag 23 september"),
    "en": ("today", "tomorrow", "on Wednesday 23 September"),
}
# Whose appointment, and whose date of birth.
WHOSE = {
    "": ("uw afspraak", "uw geboortedatum"),
    "uw kind": ("de afspraak van uw kind", "de geboortedatum van uw kind"),
    "uw naaste": ("de afspraak van uw naaste", "de geboortedatum van uw naaste"),
    "your child": ("your child's appointment", "your child's date of birth"),
    "your relative": ("your relative's appointment", "your relative's date of birth"),
}
# These tell what the contact is, and how it goes; the others are about a moment in it.
OF_THE_PLAN = {"confirmation", "day_before", "hour_before", "moved", "form_changed"}
LONGEST = {"nl": 13, "en": 14}
SAYS = {
    "nl": {
        "video": ("U gaat beeldbellen", "beeldscherm"),
        "phone": ("Wij bellen u", "U hoeft niet naar het ziekenhuis"),
        "visit": ("U komt naar het ziekenhuis", "identiteitsbewijs"),
        "written": ("Wij schrijven u", "schriftelijk bericht"),
    },
    "en": {
        "video": ("You have a video call", "You do not need to go to the hospital"),
        "phone": ("We will phone you", "You do not need to go to the hospital"),
        "visit": ("You come to the hospital", "identity card"),
        "written": ("We will write to you", "written message"),
    },
}
OF_ANOTHER_FORM = {
    "nl": {
        "video": ("Wij bellen u", "U komt naar het ziekenhuis", "identiteitsbewijs"),
        "phone": ("U gaat beeldbellen", "U komt naar het ziekenhuis", "camera", "wachtkamer"),
        "visit": ("U gaat beeldbellen", "U hoeft niet naar het ziekenhuis", "Wij bellen u", "camera", "wachtkamer"),
        "written": ("U gaat beeldbellen", "Wij bellen u", "U komt naar het ziekenhuis", "14.10"),
    },
    "en": {
        "video": ("We will phone you", "You come to the hospital", "identity card"),
        "phone": ("You have a video call", "You come to the hospital", "camera", "waiting room"),
        "visit": ("You have a video call", "You do not need to go", "We will phone you", "camera", "waiting room"),
        "written": ("You have a video call", "We will phone you", "You come to the hospital", "14.10"),
    },
}
ANSWERED = {
    language: {"asked": say_asked("visit", language), "declined": say_declined("no_place", language)}
    for language in LANGUAGES
}
# Mail is no secure channel: nothing medical, no department, no clinician (domain.md).
FORBIDDEN = re.compile(
    r"\b(arts|dokter|dr\.|specialist|specialis\w*|poli\w*|afdeling|diagnos\w*|behandel\w*|onderzoek\w*|uitslag\w*|"
    r"medic\w*|medisch\w*|klacht\w*|ziekte|operatie|therap\w*|doctor|department|clinic|treatment|result\w*|symptom\w*|"
    r"test|longziekten|kindergeneeskunde|van der veen|videoconsult|consult)\b",
    re.IGNORECASE,
)


def facts(kind, language="nl", form="video", who="", day=None, **changed):
    on = day or DAYS[language][2]
    whose = WHOSE[who] if who or language == "nl" else ("your appointment", "your date of birth")
    values = {
        "kind": kind,
        "language": language,
        "form": Modality(form),
        "hospital": "De Waard ziekenhuis",
        "phone": "020-1234501",
        "link": "" if kind == "cancelled" else "https://afspraak.dewaard.example/v/Zq3-vK_x8mD0pTgLw1RhYA",
        "who": who,
        "whose": whose[0],
        "birth_date": whose[1],
        "date": DAYS[language][2].partition(" ")[2],
        "short_date": "wo 23 sep" if language == "nl" else "Wed 23 Sep",
        "day": on,
        "short_day": day or ("wo 23 sep" if language == "nl" else "Wed 23 Sep"),
        "soon": "" if on == DAYS[language][2] else on,
        "time": "14.10",
        "opens": "13.40",
        "arrive": "14.00",
        "late_words": say_late(language) if form == "video" else "",
        **({"late_from": "14.25", "late_until": "14.45"} if kind == "delay" else {}),
        **(ANSWERED[language] if kind == "request_answered" else {}),
    }
    return LetterFacts(**(values | changed))


EVERY = [
    pytest.param(kind, language, form.value, who, day, id=f"{kind}-{language}-{form.value}-{who or 'self'}-{day}")
    for kind, language, form in itertools.product(KINDS, LANGUAGES, Modality)
    if form.value in forms_of(kind) or forms_of(kind) == (TextForm.ANY,)
    for who, day in itertools.product(WHO[language], DAYS[language])
]


def sentences(letter):
    for part in letter.parts:
        for line in [part.text, *part.points]:
            yield from filter(None, re.split(r"(?<=[.?!])\s+", line))


def without_style(written):
    return re.sub(r"<style>.*</style>", "", written, flags=re.DOTALL)


@pytest.mark.parametrize(("kind", "language", "form", "who", "day"), EVERY)
def test_letter_is_whole_and_short(kind, language, form, who, day):
    letter = write_letter(facts(kind, language, form, who, day))
    text, html = letter.as_text(), letter.as_html()

    for written in (letter.subject, text, html):
        assert not re.search(r"[{}]|\[\[|\]\]|None|  \S", re.sub(r"^\s+", "", without_style(written), flags=re.M))
        assert not FORBIDDEN.search(re.sub(r"https?://\S+|<[^>]+>", "", without_style(written)))
    assert 0 < len(letter.subject) <= 70
    assert [part.block for part in letter.parts].count(Block.HEADING) == 1
    assert letter.parts[0].block is Block.HEADING
    assert all(len(part.points) <= 3 for part in letter.parts)
    too_long = [one for one in sentences(letter) if len(one.split()) > LONGEST[language]]
    assert not too_long
    assert "020-1234501" in text
    assert 'href="tel:0201234501"' in html


@pytest.mark.parametrize(("kind", "language", "form", "who", "day"), EVERY)
def test_letter_says_its_form_and_no_other(kind, language, form, who, day):
    letter = write_letter(facts(kind, language, form, who, day))
    text = letter.as_text()
    if kind == "cancelled":
        assert re.search("gaat niet door|is cancelled", letter.parts[0].text)
    if kind not in OF_THE_PLAN:
        return
    for words in SAYS[language][form]:
        assert words in text
    for words in OF_ANOTHER_FORM[language][form]:
        assert words not in text
    if form != "written":
        assert "14.10" in text


@pytest.mark.parametrize(("kind", "language", "form", "who", "day"), EVERY)
def test_parts_of_a_mail_say_the_same(kind, language, form, who, day):
    letter = write_letter(facts(kind, language, form, who, day))
    body = letter.as_html().partition("<body")[2].partition(">")[2]
    shown = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", body)))
    assert words_of(shown) == words_of(letter.as_text())


@pytest.mark.parametrize(("language", "words"), [("nl", "Meld u af"), ("en", "Unsubscribe")])
@pytest.mark.parametrize("kind", KINDS)
def test_foot_of_a_mail_says_how_to_end_it_in_both_parts(kind, language, words):
    usual = write_letter(facts(kind, language))
    letter = replace(usual, unsubscribe="https://dewaard.example/afmelden/a:b_c-d")
    text, html = letter.as_text(), letter.as_html()
    assert text.removeprefix(usual.as_text()).splitlines()[1:] == [
        f"{say_unsubscribe(language)[0]} {words}:",
        "https://dewaard.example/afmelden/a:b_c-d",
    ]
    link = re.search(r'<footer[^>]*>([^<]+)<a href="https://dewaard.example/afmelden/a:b_c-d"[^>]*>([^<]+)</a>', html)
    assert link.groups() == (f"{say_unsubscribe(language)[0]} ", words)
    assert html.index("</main>") < link.start() < html.index("</body>")


def test_letter_that_is_no_mail_has_no_foot():
    letter = write_letter(facts("confirmation"))
    assert "<footer" not in letter.as_html()
    assert "afmelden" not in letter.as_text() + letter.as_html()


def test_no_template_is_rendered_for_each_mail():
    """Thousands are made within minutes."""
    rendered = []

    def note(template, **_more):
        rendered.append(template.name)

    write_letter(facts("confirmation")).as_html()
    template_rendered.connect(note)
    try:
        for kind in KINDS:
            replace(write_letter(facts(kind)), unsubscribe=f"https://dewaard.example/afmelden/{kind}").as_html()
    finally:
        template_rendered.disconnect(note)
    assert rendered == []


def words_of(text):
    return [word.rstrip(":") for word in text.split() if word not in ("-", "[", "]")]


@pytest.mark.parametrize(("kind", "language"), list(itertools.product(KINDS, LANGUAGES)))
def test_letter_has_one_button_with_the_link_or_none_when_cancelled(kind, language):
    letter = write_letter(facts(kind, language))
    buttons = [part for part in letter.parts if part.block is Block.BUTTON]
    assert len(buttons) == (0 if kind == "cancelled" else 1)
    if buttons:
        assert f'href="{letter.link}"' in letter.as_html()
        assert letter.link in letter.as_text()


@pytest.mark.parametrize(
    ("kind", "day", "subject"),
    [
        ("confirmation", None, "Uw afspraak op woensdag 23 september"),
        ("day_before", "morgen", "Morgen: uw afspraak"),
        ("day_before", "vandaag", "Vandaag: uw afspraak"),  # sent late, after an outage
        ("day_before", None, "Op woensdag 23 september: uw afspraak"),
        ("hour_before", "vandaag", "Vandaag om 14.10 uur"),
        ("hour_before", "morgen", "Morgen om 14.10 uur"),  # a policy of a day ahead
        ("moved", None, "Uw afspraak is verzet"),
        ("cancelled", None, "Uw afspraak gaat niet door"),
        ("delay", None, "Uw afspraak begint later"),
    ],
)
def test_subject_names_the_day_of_sending_and_nobody(kind, day, subject):
    assert write_letter(facts(kind, day=day)).subject == subject


@pytest.mark.parametrize("kind", KINDS)
def test_parent_reads_of_the_child(kind):
    letter = write_letter(facts(kind, who="uw kind"))
    assert "uw kind" in letter.as_text() or kind == "cancelled"
    assert "Uw afspraak" not in letter.as_text()
    assert "uw afspraak" not in letter.as_text()


def test_reminder_of_the_day_before_has_the_tips():
    text = write_letter(facts("day_before")).as_text()
    for tip in ("rustige plek", "goed internet", "camera", "auto", "tuin", "dak", "werk"):  # PP-41, PP-44
        assert tip in text


def test_reminder_of_the_hour_before_says_what_to_do_when_it_fails():
    text = write_letter(facts("hour_before")).as_text()
    assert "Lukt het niet?" in text  # PP-42
    assert "Werkt het nog niet? Bel 020-1234501." in text
    assert "Begint het gesprek later? Blijf in de wachtkamer." in text  # PP-53


def test_html_escapes_what_is_put_in():
    letter = write_letter(facts("confirmation", hospital="Zorg <b>& Co</b>"))
    assert "Zorg &lt;b&gt;&amp; Co&lt;/b&gt;" in letter.as_html()
    assert "Zorg <b>& Co</b>" in letter.as_text()


def test_check_of_sentences_finds_a_long_one():
    letter = write_letter(facts("confirmation", hospital="een huis " * 9, form="visit"))
    assert [one for one in sentences(letter) if len(one.split()) > LONGEST["nl"]]

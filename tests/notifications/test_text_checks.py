"""What is wrong with a text is found, and the words that come with the product have nothing wrong with them."""

from dataclasses import replace

import pytest

from notifications.channels.sms.gsm7 import is_gsm7, segments_of
from notifications.content.checks import check_text
from notifications.content.defaults import all_keys, default_text
from notifications.content.findings import FindingId, Severity
from notifications.content.forbidden import Names
from notifications.content.language import parse
from notifications.content.letters import compose_mail, write_letter
from notifications.content.samples import sample_facts, samples_of, with_long_names
from notifications.content.sms import Sms, compose_sms, write_sms
from notifications.content.text import Text, TextKey
from notifications.models import MessageKind, TextLanguage
from praktijkplan.contact import Modality

LUNGS = Names("Longziekten", ("dr. M. van der Veen", "S. Ramdin", "drs. B. 't Hart", "J. Bos"))
MAIL = TextKey("confirmation", "mail", "nl", "video")
SMS = TextKey("confirmation", "sms", "nl", "video")
GOOD_MAIL = """onderwerp: {Afspraak} op {datum}
# U gaat beeldbellen
{Afspraak} is {dag} om {tijd} uur.
[knop] Naar de afspraak
Vragen? Bel {tel}.
"""
GOOD_SMS = "{ziekenhuis}: u gaat beeldbellen op {datum_kort}, {tijd} uur. {link} Vragen? Bel {tel}"


def found_in(body, key=MAIL, names=LUNGS):
    return {(finding.id, finding.severity, finding.line) for finding in check_text(Text(key, body), names)}


@pytest.mark.parametrize("key", all_keys(), ids="-".join)
def test_default_text_has_nothing_wrong_with_it(key):
    text = default_text(key)
    assert parse(text.body).findings == ()
    assert check_text(text, LUNGS) == ()


@pytest.mark.parametrize("key", [key for key in all_keys() if key.channel == "sms"], ids="-".join)
def test_default_text_message_is_cheap_and_any_phone_shows_it(key):
    text = default_text(key)
    for facts in samples_of(key.kind, key.form, key.language):
        sms = compose_sms(with_long_names(facts), text)
        assert is_gsm7(sms)
        assert segments_of(sms) <= 2
        assert "  " not in sms
        assert facts.phone in sms
        # A code for the reader's eyes, or none at all.
        assert sms.count("https://") + sms.count("http://") <= 1


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("form", Modality)
def test_there_are_words_for_every_message_whatever_its_form(kind, form):
    """Also for what nobody plans, as a reminder of a consult in writing: no message may fail for want of words."""
    for language in TextLanguage:
        facts = replace(sample_facts(kind, form, language), link="https://dewaard.example/v/…")
        assert facts.phone in write_sms(facts)
        assert facts.phone in write_letter(facts).as_text()


# With a hospital of 25 letters and a link of 45. The Dutch words of these are agreed on, and they take a little more.
IN_TWO = {
    ("nl", "day_before", "video"),
    ("nl", "hour_before", "video"),
    ("nl", "moved", "video"),
    ("nl", "delay", "video"),
    ("nl", "delay", "phone"),
    ("nl", "delay", "visit"),
}


@pytest.mark.parametrize("key", [key for key in all_keys() if key.channel == "sms"], ids="-".join)
def test_default_text_message_fits_one_segment_but_for_a_few(key):
    sms = Sms(compose_sms(with_long_names(sample_facts(key.kind, key.form, key.language)), default_text(key)))
    expected = 2 if (key.language, key.kind, key.form) in IN_TWO else 1
    assert sms.segments == expected, f"{sms.characters}: {sms.body}"


@pytest.mark.parametrize(("key", "body"), [(MAIL, GOOD_MAIL), (SMS, GOOD_SMS)])
def test_short_text_of_ones_own_is_fine(key, body):
    assert found_in(body, key) == set()


ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    ("without", "instead", "found"),
    [
        ("onderwerp: {Afspraak} op {datum}\n", "", (FindingId.NO_SUBJECT, ERROR, 0)),
        ("# U gaat beeldbellen\n", "", (FindingId.NO_HEADING, ERROR, 0)),
        ("[knop] Naar de afspraak\n", "", (FindingId.MISSING_LINK, ERROR, 0)),
        ("{tel}", "ons", (FindingId.MISSING_PHONE, ERROR, 0)),
        ("{tijd}", "twee", (FindingId.MISSING_TIME, ERROR, 0)),
        ("om {tijd} uur", "om {tijd", (FindingId.UNCLOSED_BRACE, ERROR, 3)),
        ("Vragen?", "{arts}", (FindingId.UNKNOWN_PLACEHOLDER, ERROR, 5)),
        ("Vragen?", "Vragen aan Longziekten?", (FindingId.DEPARTMENT_NAME, ERROR, 5)),
        ("Vragen?", "Voor de afdeling Cardiologie.", (FindingId.SPECIALISM, ERROR, 5)),
        ("Vragen?", "U hoort de uitslag.", (FindingId.MEDICAL_WORD, ERROR, 5)),
        ("op {datum}", "op {datum} bij Van der Veen", (FindingId.CLINICIAN_NAME, ERROR, 1)),
        ("Vragen?", "Dokter Van der Veen belt.", (FindingId.CLINICIAN_NAME, WARNING, 5)),
        ("Vragen?", "Kijk op https://beeldbel.example/uitleg", (FindingId.OTHER_HOST, ERROR, 5)),
        ("Vragen?", "Kijk op www.beeldbel.example", (FindingId.OTHER_HOST, ERROR, 5)),
        ("Vragen?", f"{'Een twee drie vier ' * 3}vijf.", (FindingId.LONG_SENTENCE, WARNING, 5)),
        ("Vragen?", f"{'Een twee drie vier ' * 4}.", (FindingId.VERY_LONG_SENTENCE, WARNING, 5)),
        ("Vragen?", "Tevens kunt u bellen.", (FindingId.DIFFICULT_WORD, WARNING, 5)),
        ("op {datum}", f"op {{datum}} {'en nog iets ' * 6}", (FindingId.LONG_SUBJECT, WARNING, 0)),
    ],
)  # fmt: skip
def test_mistake_in_a_letter_is_found(without, instead, found):
    assert without in GOOD_MAIL
    assert found in found_in(GOOD_MAIL.replace(without, instead))


@pytest.mark.parametrize(
    ("without", "instead", "found"),
    [
        ("{link}", "", (FindingId.MISSING_LINK, ERROR, 0)),
        ("{tel}", "ons", (FindingId.MISSING_PHONE, ERROR, 0)),
        ("{datum_kort}, ", "", (FindingId.MISSING_DAY, ERROR, 0)),
        ("{tijd}", "twee", (FindingId.MISSING_TIME, ERROR, 0)),
        ("{ziekenhuis}", "Beste", (FindingId.MISSING_HOSPITAL, ERROR, 0)),
        ("Vragen?", "S. Ramdin wacht op u.", (FindingId.CLINICIAN_NAME, ERROR, 1)),
        ("Vragen?", "Vragen? " * 30, (FindingId.SMS_TOO_LONG, ERROR, 0)),
        ("Vragen?", "Спасибо", (FindingId.SMS_CHARACTERS, ERROR, 0)),
    ],
)
def test_mistake_in_a_text_message_is_found(without, instead, found):
    assert without in GOOD_SMS
    assert found in found_in(GOOD_SMS.replace(without, instead), SMS)


@pytest.mark.parametrize("body", ["", "   \n"])
def test_empty_text_is_no_text(body):
    assert found_in(body) == {(FindingId.EMPTY, ERROR, 0)}


@pytest.mark.parametrize(
    "words",
    [
        "Het bos is groen.",  # J. Bos is a name with its capital only
        "Van der weg af.",  # what names share with other words is no name
        "U hoort wel van ons. Testen mag.",
        "Ziektekosten zijn voor later.",  # a forbidden word inside another one
    ],
)
def test_ordinary_words_are_left_alone(words):
    assert found_in(GOOD_MAIL + words) == set()


def test_short_name_with_its_capital_is_found():
    assert (FindingId.CLINICIAN_NAME, ERROR, 1) in found_in(GOOD_SMS + " J. Bos wacht.", SMS)


def test_required_value_that_can_leave_with_its_passage_is_missing():
    """A phone number that only a parent gets to see is none."""
    body = GOOD_MAIL.replace("Bel {tel}.", "[[Bel voor {wie} met {tel}.]]")
    assert (FindingId.MISSING_PHONE, ERROR, 0) in found_in(body)


def test_delay_without_its_second_way_of_saying_when_is_found():
    key = TextKey("delay", "sms", "nl", "video")
    both = "{ziekenhuis} loopt uit. [[U bent tussen {van} en {tot} uur.]] [[Rond {rond} uur.]] {link} Bel {tel}"
    assert found_in(both, key) == set()
    assert (FindingId.MISSING_EXPECTED, ERROR, 0) in found_in(both.replace("[[Rond {rond} uur.]] ", ""), key)


def test_hosts_that_are_allowed_are_no_strangers():
    body = f"{GOOD_MAIL}[link] Film | https://films.dewaard.example/beeldbellen"
    assert found_in(body) == {(FindingId.OTHER_HOST, ERROR, 6)}
    assert found_in(body, names=replace(LUNGS, hosts=frozenset({"films.dewaard.example"}))) == set()


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("afspraak.dewaard.example", True),
        ("www.dewaard.example", True),
        ("dewaard.example", True),
        ("nepdewaard.example", False),
        ("dewaard.example.oplichters.example", False),
        ("example", False),
    ],
)
def test_sites_beside_ours_are_ours(settings, host, ours):
    settings.BASE_URL = "https://afspraak.dewaard.example"
    assert (found_in(f"{GOOD_MAIL}[link] Uitleg | https://{host}/uitleg") == set()) is ours


def test_each_finding_says_what_to_do():
    body = GOOD_SMS.replace("{tel}", "ons").replace("Vragen?", "Tevens: uitslag")
    for finding in check_text(Text(SMS, body), LUNGS):
        assert finding.sentence
        assert "%" not in finding.sentence


def test_text_that_cannot_be_filled_in_any_more_gives_way_to_the_default():
    """As when a release took a placeholder away: the message goes all the same."""
    usual = next(samples_of("confirmation", "video", "nl"))
    letter = compose_mail(usual, Text(MAIL, "# {weg}\nBel {tel}."))
    assert letter == compose_mail(usual, default_text(MAIL))


def test_button_and_sentences_about_it_leave_without_a_link():
    usual = replace(next(samples_of("invitation", "video", "nl")), link="")
    text = compose_mail(usual, default_text(TextKey("invitation", "mail", "nl", "video"))).as_text()
    assert "knop" not in text
    assert "[ " not in text
    assert usual.phone in text


def test_address_of_another_scheme_is_no_link():
    letter = compose_mail(
        next(samples_of("confirmation", "video", "nl")), Text(MAIL, f"{GOOD_MAIL}[link] Film | javascript:alert(1)")
    )
    assert "javascript" not in letter.as_html()

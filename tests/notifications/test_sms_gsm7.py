"""Lengths and spelling of text messages, against a straightforward packing that cuts real bytes."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.channels.sms.gsm7 import (
    BASIC,
    EXTENSION,
    as_gsm7,
    cost_of,
    is_gsm7,
    segments_of,
    septets,
)

# The default alphabet as 3GPP TS 23.038 draws it: eight columns of sixteen, read downwards.
COLUMNS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
CODES = {letter: bytes([number]) for number, letter in enumerate("".join(COLUMNS)) if letter != "\x1b"}
ESCAPED = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|"}
CODES |= {letter: bytes([0x1B, number]) for number, letter in {**ESCAPED, 0x65: "€"}.items()}
LETTERS = {code: letter for letter, code in CODES.items()}

IN_ALPHABET = st.text(st.sampled_from(sorted(CODES)), max_size=400)
NAMES = st.text(
    st.sampled_from("aeiouAEIOUcCnNsSzZlLyYëïüöçÇéèêáàâåøæœĳĲłŁđšžčćńņřťďğşıİßãõúůő–’“… \n€"), max_size=200
)


def encoded(text):
    """Letters as a phone gets them, one code after another."""
    return [CODES[letter] for letter in text] if set(text) <= set(CODES) else None


def segments_by_packing(text):
    codes, alone, joined = encoded(text), 160, 153
    if codes is None:
        codes = [letter.encode("utf-16-be") for letter in text]
        alone, joined = 140, 134
    whole = b"".join(codes)
    if len(whole) <= alone:
        return [whole] if whole else []
    segments = [b""]
    for code in codes:
        if len(segments[-1] + code) > joined:
            segments.append(b"")
        segments[-1] += code
    return segments


def decoded(codes):
    whole, text = b"".join(codes), ""
    while whole:
        size = 2 if whole[0] == 0x1B else 1
        text, whole = text + LETTERS[whole[:size]], whole[size:]
    return text


def test_alphabet_is_that_of_the_standard():
    assert set(CODES) == BASIC | EXTENSION
    assert {letter for letter, code in CODES.items() if len(code) == 2} == EXTENSION


@given(IN_ALPHABET)
def test_text_of_the_alphabet_stays_as_it_is(text):
    kept = text.replace("\r\n", "\n")
    assert as_gsm7(text) == kept
    assert decoded(encoded(kept)) == kept
    assert septets(kept) == len(b"".join(encoded(kept)))


@given(st.one_of(IN_ALPHABET, NAMES, st.text(max_size=300)))
@example("a" * 159 + "€")
@example("a" * 152 + "€" + "a" * 100)
@example("ж" * 66 + "😀" + "ж" * 10)
def test_segments_are_those_of_a_packing_by_hand(text):
    assert segments_of(text) == len(segments_by_packing(text))


@given(st.one_of(NAMES, st.text(max_size=300)))
def test_spelling_gives_the_alphabet_or_the_text_as_it_was(text):
    spelled = as_gsm7(text)
    assert is_gsm7(spelled) or spelled == text
    assert as_gsm7(spelled) == spelled


@given(NAMES)
def test_european_names_always_fit_and_keep_their_letters(text):
    spelled = as_gsm7(text)
    assert is_gsm7(spelled)

    def plain(words):
        apart = unicodedata.normalize("NFKD", words.replace("œ", "oe"))
        return [letter for letter in apart if letter.isascii() and letter.isalpha() and letter.islower()]

    # Each letter that has a plain one inside it still has that one.
    for letter in set(plain(text)):
        assert plain(spelled).count(letter) >= plain(text).count(letter)


@given(st.text(st.sampled_from("abcë€–’"), max_size=500))
def test_spelling_never_makes_a_message_dearer(text):
    assert segments_of(as_gsm7(text)) <= segments_of(text)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Zoë Ïsbrand", "Zoe Isbrand"),
        ("Daniëlle van Reëel-Çelik", "Daniëlle van Reëel-Çelik".replace("ë", "e")),
        ("François Gonçalves", "Francois Goncalves"),
        ("é è à ä ö ü ñ ß Ç Å æ ø", "é è à ä ö ü ñ ß Ç Å æ ø"),
        ("Renée e\u0301cole", "Renée école"),
        ("ĳsberg Ĳmuiden Łukasz Đorđević Şükrü Işık Dvořák", "ijsberg IJmuiden Lukasz Dordevic Sükrü Isik Dvorak"),
        ("‘s avonds ’s ochtends “ja” „nee”", '\'s avonds \'s ochtends "ja" "nee"'),
        ("14.10 – 14.20 — wacht… 1½ uur", "14.10 - 14.20 - wacht... 1 1/2 uur"),
        ("€ 3,50", "€ 3,50"),
        ("Tot straks 👋🏽 👩‍⚕️!", "Tot straks  !"),
        ("om\u00a014.10\u202fuur\u200b,\ufeffthuis\tof\r\nniet", "om 14.10 uur,thuis of\nniet"),
        ("tel. 020‑1234567", "tel. 020-1234567"),
    ],
)
def test_dutch_and_european_spelling(written, sent):
    assert as_gsm7(written) == sent


@pytest.mark.parametrize("text", ["Уважаемый Олег", "السيد أحمد ’s", "田中さん — 明日", "Αγγελική ë"])
def test_what_cannot_be_spelled_is_left_alone(text):
    assert as_gsm7(text) == text


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 76 fit in 153 septets, and the septet that is left over stays empty.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ë" * 70, 1),
        ("ë" * 71, 2),
        ("ë" * 134, 2),
        ("ë" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 33 in 67 units: a pair is not split.
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 159 + "ë", 3),
    ],
)
def test_segments(text, segments):
    assert segments_of(text) == segments


def test_one_foreign_letter_makes_a_text_three_times_as_dear():
    text = "Beste Zoë, " + "a" * 149
    price = Decimal("0.08")
    assert (cost_of(text, price), cost_of(as_gsm7(text), price)) == (Decimal("0.24"), Decimal("0.08"))

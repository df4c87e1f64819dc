"""How hard a text is to read: sentences of some twelve words, and words that most people use (B1)."""

import re
from collections.abc import Iterator

SENTENCE_MOST = 12  # words
SENTENCE_FAR_TOO_LONG = 15
_END = re.compile(r"(?<=[.?!:])\s+")
_WORD = re.compile(r"[^\W_][\w'’./-]*")

# What patients stumble over, and what to say instead.
DIFFICULT = {
    "nl": {
        "aanvang": "begin",
        "aangaande": "over",
        "alvorens": "voordat",
        "annuleren": "afzeggen",
        "annulering": "afzegging",
        "applicatie": "app",
        "betreft": "gaat over",
        "betreffende": "over",
        "bevestiging": "bericht",
        "communiceren": "praten",
        "conform": "volgens",
        "consult": "afspraak",
        "consulteren": "praten met",
        "contacteren": "bellen",
        "desgewenst": "als u wilt",
        "desbetreffende": "deze",
        "device": "toestel",
        "dient te": "moet",
        "dienen te": "moeten",
        "digitaal": "via internet",
        "doch": "maar",
        "echter": "maar",
        "eveneens": "ook",
        "functioneert": "werkt",
        "functioneren": "werken",
        "gaarne": "graag",
        "geschieden": "gebeuren",
        "hierbij": "nu",
        "identificeren": "laten zien wie u bent",
        "in verband met": "door",
        "indien": "als",
        "informatie": "uitleg",
        "installeren": "op uw toestel zetten",
        "legitimatie": "identiteitsbewijs",
        "legitimeren": "laten zien wie u bent",
        "locatie": "plek",
        "middels": "met",
        "mits": "als",
        "monitor": "scherm",
        "namelijk": "want",
        "omtrent": "over",
        "onderstaand": "hieronder",
        "online": "via internet",
        "opteren": "kiezen",
        "participeren": "meedoen",
        "raadplegen": "bekijken",
        "reeds": "al",
        "respectievelijk": "en",
        "spoedig": "snel",
        "tenzij": "behalve als",
        "teneinde": "om",
        "ten behoeve van": "voor",
        "tevens": "ook",
        "tijdig": "op tijd",
        "tijdstip": "tijd",
        "uiterlijk": "niet later dan",
        "verbinding tot stand brengen": "verbinden",
        "verifiëren": "controleren",
        "verschaffen": "geven",
        "vervolgens": "daarna",
        "videoconsult": "beeldbellen",
        "voornoemd": "deze",
        "wijzigen": "veranderen",
        "wijziging": "verandering",
        "zodra": "als",
        "zorgdragen": "zorgen",
    },
    "en": {
        "accordance": "as agreed",
        "additional": "more",
        "ascertain": "find out",
        "assistance": "help",
        "attend": "come to",
        "commence": "begin",
        "commences": "begins",
        "concerning": "about",
        "consultation": "appointment",
        "enquire": "ask",
        "ensure": "make sure",
        "facilitate": "help",
        "in order to": "to",
        "inform": "tell",
        "kindly": "please",
        "notify": "tell",
        "obtain": "get",
        "prior to": "before",
        "proceed": "go on",
        "provide": "give",
        "regarding": "about",
        "reschedule": "choose another time",
        "rescheduled": "moved",
        "require": "need",
        "required": "needed",
        "scheduled": "planned",
        "subsequently": "then",
        "sufficient": "enough",
        "teleconsultation": "video call",
        "terminate": "end",
        "therefore": "so",
        "unable": "cannot",
        "upon": "on",
        "utilise": "use",
        "utilize": "use",
        "via": "through",
    },
}
_DIFFICULT = {
    language: re.compile(rf"\b({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE)
    for language, words in DIFFICULT.items()
}


def sentences_in(line: str) -> list[str]:
    return [one for one in _END.split(line) if one.strip()]


def words_in(sentence: str) -> int:
    """A sign, a dash or a bullet by itself is no word."""
    return len(_WORD.findall(sentence))


def difficult_words(line: str, language: str) -> Iterator[tuple[str, str]]:
    """Each with a plainer one."""
    for found in _DIFFICULT[language].finditer(line):
        yield found[0], DIFFICULT[language][found[0].lower()]

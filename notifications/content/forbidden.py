"""What a message must not say, as others read mail and text messages too: what someone comes for, and to whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from notifications.content.findings import FindingId

SPECIALISMS = (
    "allergologie", "anesthesiologie", "apotheek", "audiologie", "bariatrie", "cardiologie", "cardioloog",
    "chirurgie", "chirurg", "dermatologie", "dermatoloog", "diabetes", "diëtetiek", "diëtist", "endocrinologie",
    "ergotherapie", "fertiliteit", "fysiotherapie", "geriatrie", "geriater", "gynaecologie", "gynaecoloog",
    "hematologie", "hematoloog", "heelkunde", "hepatologie", "huidziekten", "immunologie", "infectieziekten",
    "inwendige geneeskunde", "interne geneeskunde", "internist", "kaakchirurgie", "kindergeneeskunde", "kinderarts",
    "kinderpsychiatrie", "KNO", "keel-, neus- en oorheelkunde", "klinische genetica", "logopedie", "longarts",
    "longgeneeskunde", "longziekten", "maag-, darm- en leverziekten", "maagdarmleverziekten", "MDL", "mammacare",
    "medische psychologie", "microbiologie", "mondziekten", "nefrologie", "nefroloog", "neurochirurgie", "neurologie",
    "neuroloog", "nucleaire geneeskunde", "obstetrie", "oncologie", "oncoloog", "oogheelkunde", "oogarts",
    "orthopedie", "orthopeed", "palliatieve zorg", "pijngeneeskunde", "plastische chirurgie", "podotherapie",
    "psychiatrie", "psychiater", "psycholoog", "radiologie", "radiotherapie", "reumatologie", "reumatoloog",
    "revalidatie", "seksuologie", "slaapgeneeskunde", "sportgeneeskunde", "thoraxchirurgie", "tropengeneeskunde",
    "urologie", "uroloog", "vaatchirurgie", "verloskunde", "verslavingszorg",
    "cardiology", "dermatology", "gastroenterology", "geriatrics", "gynaecology", "gynecology", "haematology",
    "nephrology", "neurology", "obstetrics", "oncology", "ophthalmology", "orthopaedics", "paediatrics",
    "palliative care", "psychiatry", "psychology", "pulmonology", "radiology", "rheumatology", "surgery", "urology",
)  # fmt: skip
MEDICAL_WORDS = (
    "aandoening", "behandeling", "behandelingen", "behandelplan", "bestraling", "biopsie", "bloeduitslag", "chemo",
    "chemokuur", "diagnose", "diagnoses", "echo", "gezwel", "hiv", "infectie", "kanker", "klachten", "kwaadaardig",
    "medicatie", "medicijn", "medicijnen", "medisch", "medische", "miskraam", "MRI", "ongeneeslijk", "operatie",
    "opname", "recept", "scan", "soa", "symptomen", "therapie", "tumor", "uitslag", "uitslagen", "uitzaaiing",
    "zwanger", "zwangerschap", "ziekte",
    "cancer", "complaints", "diagnosis", "disease", "infection", "medication", "medicine", "miscarriage", "pregnancy",
    "pregnant", "prescription", "results", "symptoms", "therapy", "treatment", "tumour",
)  # fmt: skip
# What names have in common with ordinary words: a clinician called De Vries may not stop the word "de".
_PARTICLES = {
    *("van", "der", "den", "de", "het", "ter", "ten", "te", "in", "op", "el", "al", "la", "le", "von", "bin", "ben"),
    *("dr", "drs", "prof", "ir", "mr", "mw", "dhr", "mevrouw", "meneer", "arts", "'t", "t"),
}
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Names:
    """Of the department that writes; `hosts` are the sites of its leaflets and films, where its links may lead."""

    department: str = ""
    clinicians: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()


def forbidden_in(line: str, names: Names) -> Iterator[tuple[FindingId, str]]:
    """Wherever it stands: what someone comes for."""
    told: set[str] = set()
    for id_, words in (
        (FindingId.DEPARTMENT_NAME, [names.department]),
        (FindingId.SPECIALISM, SPECIALISMS),
        (FindingId.MEDICAL_WORD, MEDICAL_WORDS),
    ):
        for found in _words_in(line, words):
            if found.lower() not in told:
                told.add(found.lower())
                yield id_, found


def clinicians_in(line: str, names: Names) -> Iterator[str]:
    """By their family names: initials and titles come and go. Short ones count in full only, with a capital."""
    for name in names.clinicians:
        words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name)
        family = [word for word in words if word.lower() not in _PARTICLES and len(word) >= _SHORTEST_NAME]
        wanted = family or [name]
        # With their capital: a doctor Bakker is a name, a bakker bakes.
        yield from (word for word in wanted if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line))


def _words_in(line: str, words: Iterable[str]) -> Iterator[str]:
    wanted = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    if wanted:
        yield from (found[0] for found in re.finditer(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", line, re.IGNORECASE))

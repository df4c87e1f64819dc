"""What the rules find in a draft, as the editor says it: in order, in words, with a fix that is a list of changes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS

from praktijkplan.findings import Finding, Fix, PutBlock, RemoveBlock, SetValidity, Severity
from praktijkplan.slots import BlockMode
from scheduling.contents import BlockContent, RasterContent, write_block
from scheduling.finding_sentences import (
    Names,
    finding_sentence,
    fix_label,
    minute_text,
    rule_title,
    severity_word,
)

ICONS = {Severity.ERROR: "noshow", Severity.WARNING: "tech", Severity.ADVICE: "info"}


@dataclass(frozen=True)
class Told:
    """A finding in words. `keys`: its blocks; `fix`: the changes that mend it, None without a sure fix."""

    number: int
    severity: Severity
    title: str
    where: str
    sentence: str
    keys: tuple[int, ...]
    fix_label: str
    fix: list[Mapping[str, Any]] | None

    @property
    def word(self) -> str:
        return severity_word(self.severity)

    @property
    def icon(self) -> str:
        return ICONS[self.severity]

    @property
    def fix_json(self) -> str:
        return json.dumps(self.fix)

    @property
    def first_key(self) -> int | None:
        return self.keys[0] if self.keys else None


def told(findings: Iterable[Finding], content: RasterContent, names: Names) -> list[Told]:
    """In the order of the rules, the gravest first. Two rules that say the same of one stretch are said once."""
    said: dict[tuple[object, ...], Told] = {}
    for finding in findings:
        sentence = finding_sentence(finding, names)
        same = finding.severity, finding.weekday, finding.start, finding.end, sentence
        if same in said:
            continue
        said[same] = Told(
            number=len(said) + 1,
            severity=finding.severity,
            title=rule_title(finding),
            where=_where(finding),
            sentence=sentence,
            keys=finding.keys,
            fix_label=fix_label(finding.fix, names) if finding.fix else "",
            fix=list(_changes(finding.fix, content)) if finding.fix else None,
        )
    return list(said.values())


def by_block(found: Iterable[Told]) -> dict[int, list[Told]]:
    """What is found about each block, the gravest first, and each severity once."""
    about: dict[int, list[Told]] = {}
    for each in found:
        for key in each.keys:
            known = about.setdefault(key, [])
            if all(other.severity is not each.severity for other in known):
                known.append(each)
    return about


def _where(finding: Finding) -> str:
    if finding.weekday is None:
        return ""
    day = str(WEEKDAYS[finding.weekday]).lower()
    if finding.start is None or finding.end is None:
        return day
    start, end = (minute_text(at.hour * 60 + at.minute) for at in (finding.start, finding.end))
    return f"{day} {start}–{end}"


def _changes(fix: Fix, content: RasterContent) -> Iterator[Mapping[str, Any]]:
    standing = {block.key: block for block in content.blocks}
    for change in fix.changes:
        match change:
            case PutBlock(plan):
                types = standing[plan.key].types if plan.key in standing else frozenset[int]()
                allowed = frozenset[int]() if plan.mode is BlockMode.BREAK else types
                yield {"put": write_block(BlockContent(plan, allowed))}
            case RemoveBlock(key):
                yield {"remove": key}
            case SetValidity(valid_from, valid_until):
                until = valid_until.isoformat() if valid_until else None
                yield {"set": {"valid_from": valid_from.isoformat(), "valid_until": until}}

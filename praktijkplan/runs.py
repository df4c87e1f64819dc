"""How long video may go on: runs of short consults, pauses, start-up time and variation (PP-22 to PP-27)."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from praktijkplan.contact import Modality
from praktijkplan.days import Day, TimedBlock, clock, minutes_in, stretches, within, without
from praktijkplan.findings import Finding, FindingId, Severity, Surroundings
from praktijkplan.intervals import Span, merge
from praktijkplan.policy import Policy
from praktijkplan.slots import BlockMode

_ONLY_VIDEO = frozenset({Modality.VIDEO})


def video_findings(day: Day, policy: Policy, around: Surroundings) -> Iterator[Finding]:
    """What is wrong with the video of one weekday."""
    if not day.video:
        return
    yield from _long_blocks(day, policy)
    yield from short_run_findings(day, policy)
    yield from _pauses(day, policy)
    yield from _pauses_after_consults(day, policy)
    yield from _start_up(day, policy, around)
    yield from _variation(day, policy)


def found(
    day: Day,
    what: tuple[FindingId, str, Severity],
    span: Span,
    facts: Mapping[str, int],
    keys: tuple[int, ...] | None = None,
) -> Finding:
    """A finding about a stretch of the day; without `keys` it touches every block in the stretch."""
    start, end = span
    touched = day.keys_in(span) if keys is None else keys
    return Finding(*what, touched, day.weekday, clock(start), clock(end), facts)


def _long_blocks(day: Day, policy: Policy) -> Iterator[Finding]:
    """PP-22. What ends a run ends a block too, and a border between blocks does not."""
    most = policy.video_block_most_minutes
    medium = day.video_up_to(policy.medium_video_minutes)
    for start, end in _first_to_last(day, medium, policy.run_ends_after_minutes):
        if end - start > most:
            what = FindingId.VIDEO_BLOCK_TOO_LONG, "PP-22", Severity.ERROR
            facts = {"minutes": end - start, "most": most, "pause": policy.run_ends_after_minutes}
            yield found(day, what, (start, end), facts, day.keys_in((start, end), video=True))


def short_run_findings(day: Day, policy: Policy) -> Iterator[Finding]:
    """PP-24. Longer video consults in between are neither a pause nor another form: the run goes on."""
    short = day.video_up_to(policy.short_video_minutes)
    too_long = FindingId.SHORT_RUN_TOO_LONG, "PP-24", Severity.ERROR
    long = FindingId.SHORT_RUN_LONG, "PP-24", Severity.WARNING
    for run in _first_to_last(day, short, policy.run_ends_after_minutes):
        length = run[1] - run[0]
        over = length > policy.short_run_error_minutes
        most = policy.short_run_error_minutes if over else policy.short_run_warning_minutes
        if length > most:
            facts = {"minutes": length, "most": most, "pause": policy.run_ends_after_minutes}
            yield found(day, too_long if over else long, run, facts, day.keys_in(run, video=True))
        yield from _mini_breaks(day, within(short, run), run, policy)


def _mini_breaks(day: Day, short: list[Span], run: Span, policy: Policy) -> Iterator[Finding]:
    """Another form for less than what ends a run is work, and no mini-break."""
    most, pause = policy.mini_break_every_minutes, policy.mini_break_minutes
    for worked in stretches(within(day.worked, run), pause):
        inside = within(short, worked)
        if inside and (length := inside[-1][1] - inside[0][0]) > most:
            what = FindingId.MINI_BREAK_MISSING, "PP-24", Severity.WARNING
            facts = {"minutes": length, "most": most, "pause": pause}
            yield found(day, what, (inside[0][0], inside[-1][1]), facts)


def _first_to_last(day: Day, spans: list[Span], ends_after: int) -> Iterator[Span]:
    """Per stretch of video without a real interruption: from the first to the last minute of `spans` in it."""
    for stretch in stretches(day.video, ends_after):
        inside = within(spans, stretch)
        if inside:
            yield inside[0][0], inside[-1][1]


def _pauses(day: Day, policy: Policy) -> Iterator[Finding]:
    """PP-25, by the shortest consult that is allowed in the stretch: its rhythm tires most.

    A stretch of nothing but short consults is a matter of PP-24.
    """
    for stretch in stretches(day.video, policy.video_pause_minutes):
        inside = [
            block
            for block in day.blocks
            if block.allows_video
            and block.shortest_video < policy.pause_after_consult_from_minutes
            and within(block.pieces, stretch)
        ]
        if all(block.shortest_video <= policy.short_video_minutes for block in inside):
            continue
        most = min(_most_without_pause(policy, block.shortest_video) for block in inside)
        length = stretch[1] - stretch[0]
        if length > most:
            what = FindingId.PAUSE_MISSING, "PP-25", Severity.WARNING
            facts = {"minutes": length, "most": most, "pause": policy.video_pause_minutes}
            yield found(day, what, stretch, facts, day.keys_in(stretch, video=True))


def _most_without_pause(policy: Policy, consult: int) -> int:
    """Minutes of video without a pause. Over the last row of the table its last row holds, up to the length
    that asks for a pause after each consult: so 135 minutes for a consult of 40."""
    rows = sorted(policy.video_without_pause.items())
    return next((most for up_to, most in rows if consult <= up_to), rows[-1][1])


def _pauses_after_consults(day: Day, policy: Policy) -> Iterator[Finding]:
    """PP-25: from 45 minutes on, a pause after each consult. In a fixed block the slot may leave it room."""
    least, pause = policy.pause_after_consult_from_minutes, policy.video_pause_minutes
    long = [b for b in day.blocks if b.allows_video and b.shortest_video >= least and not _slot_leaves(b, pause)]
    for stretch in stretches(day.video, pause):
        held = [
            (span, block)
            for block in long
            for span in within(block.pieces, stretch)
            if span[1] - span[0] >= block.shortest_video
        ]
        count = sum((end - start) // block.shortest_video for (start, end), block in held)
        if count > 1:
            what = FindingId.PAUSE_AFTER_CONSULT_MISSING, "PP-25", Severity.WARNING
            facts = {"consult": max(b.shortest_video for _, b in held), "pause": pause, "count": count}
            keys = tuple(dict.fromkeys(block.plan.key for _, block in held))
            yield found(day, what, (held[0][0][0], held[-1][0][1]), facts, keys)


def _slot_leaves(block: TimedBlock, pause: int) -> bool:
    longest = max(block.video or {0})
    return block.plan.mode is BlockMode.FIXED and block.plan.slot_minutes - longest >= pause


def _start_up(day: Day, policy: Policy, around: Surroundings) -> Iterator[Finding]:
    """PP-26, and PP-33: consults of over half an hour absorb a bad start themselves."""
    if around.failure_share is None:
        return
    failures = round(around.failure_share * 100, 6)  # rounded: 0.29 * 100 is not 29
    wanted = max(policy.start_up_minutes, policy.start_up_advised_minutes)
    if failures < policy.start_up_from_failure_percent:
        return
    for block in _first_of_video(day):
        if block.shortest_video <= policy.start_up_up_to_minutes and block.plan.start_up_minutes < wanted:
            what = FindingId.START_UP_ADVISED, "PP-26", Severity.ADVICE
            facts = {"minutes": wanted, "failures": round(failures)}
            yield found(day, what, block.span, facts, (block.plan.key,))


def _first_of_video(day: Day) -> Iterator[TimedBlock]:
    """The blocks with which video begins: first of the half-day, or in another place than the video before."""
    before: TimedBlock | None = None
    for block in day.blocks:
        if not block.allows_video:
            continue
        plan = block.plan
        if before is None or (before.plan.half_day, before.plan.workplace) != (plan.half_day, plan.workplace):
            yield block
        before = block


def _variation(day: Day, policy: Policy) -> Iterator[Finding]:
    """PP-27, of blocks that leave no other form: where the clinic can choose, there is variation."""
    only = merge(piece for b in day.blocks if b.plan.modalities == _ONLY_VIDEO for piece in b.pieces)
    worked, video = minutes_in(day.worked), minutes_in(only)
    most = policy.video_share_most_percent
    if worked >= policy.variation_from_minutes and video * 100 > worked * most:
        what = FindingId.VIDEO_SHARE_HIGH, "PP-27", Severity.ADVICE
        facts = {"percent": video * 100 // worked, "most": most, "minutes": video}
        yield found(day, what, (only[0][0], only[-1][1]), facts, day.keys_in((0, 24 * 60), video=True))
    longest = policy.video_without_variation_minutes
    for stretch in _without_another_form(day, only, policy.run_ends_after_minutes):
        if (length := minutes_in(within(only, stretch))) > longest:
            what = FindingId.VIDEO_WITHOUT_VARIATION, "PP-27", Severity.ADVICE
            facts = {"minutes": length, "most": longest}
            yield found(day, what, stretch, facts, day.keys_in(stretch, video=True))


def _without_another_form(day: Day, only: list[Span], counts_from: int) -> Iterator[Span]:
    """From the first to the last video between two stretches in which another form is possible."""
    other = [span for span in without(day.worked, only) if span[1] - span[0] >= counts_from]
    borders = [0, *(start for start, _ in other), 24 * 60]
    for start, end in pairwise(borders):
        inside = within(only, (start, end))
        if inside:
            yield inside[0][0], inside[-1][1]

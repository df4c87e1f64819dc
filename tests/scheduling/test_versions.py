"""What was published stays known: numbers, phases, reasons, and the way back (PP-30)."""

from datetime import date, time

import pytest

from events.models import Event
from praktijkplan.rasters import WeekPattern
from scheduling.actions.drafts import ChangedMeanwhile, SetFields, change_draft, replace_draft
from scheduling.actions.publishing import DraftChanged, Reason, Refused, extend_raster, publish_raster
from scheduling.actions.rasters import NotPublished, PublishedMeanwhile, approve_raster, copy_raster
from scheduling.contents import draft_content, published_content, version_content, write_content
from scheduling.models import ClinicSession, RasterPhase
from scheduling.queries.rasters import NoClinician, publication
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-29", "12.00")
LATER = make.amsterdam("2026-11-29", "15.00")
UNTIL = "2026-12-11"


def publish(raster, **more):
    done = make.publish(raster, now=more.pop("now", NOW), until=UNTIL, **more)
    raster.refresh_from_db()
    return done


def spans(raster):
    """Per date the clock of the blocks, of what is really held."""
    held = raster.sessions.filter(status=ClinicSession.Status.PLANNED).order_by("date")
    return {
        session.date.isoformat(): [
            (block.start.hour + 1, block.ends - block.starts) for block in session.blocks.all()
        ]
        for session in held
    }


def test_same_content_keeps_its_version_and_other_content_gets_the_next():
    raster = make.starter_raster("PP-21", weekdays=[0])
    assert [publish(raster).version, publish(raster).version] == [1, 1]
    raster.blocks.update(end=time(13, 30))
    assert publish(raster, now=LATER).version == 2
    kept = raster.versions.get(number=2)
    assert (kept.published_by, kept.published_at, kept.phase) == ("user:1", LATER, RasterPhase.TRIAL)
    assert [version_content(version).blocks[0].plan.end for version in raster.versions.all()] == [
        time(13, 30),
        time(14, 0),
    ]


def test_draft_that_changes_leaves_what_was_published_alone():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    before = spans(raster)
    raster.blocks.update(end=time(13, 30))
    assert published_content(raster).blocks[0].plan.end == time(14, 0)
    extend_raster(raster=raster, by="system", now=NOW, until=date(2026, 12, 18))
    assert {day: held for day, held in spans(raster).items() if day in before} == before
    assert spans(raster)["2026-12-14"] == [(13, 60)]


def test_back_to_an_earlier_version_works_the_same_way():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    first = spans(raster)
    raster.blocks.update(end=time(13, 30))
    publish(raster)
    user = make.member("planner", raster.department)

    replace_draft(raster=raster, content=version_content(raster.versions.get(number=1)), by=user, now=LATER)
    raster.refresh_from_db()
    done = publish(raster, now=LATER)

    assert (done.version, done.changed, spans(raster)) == (3, 2, first)
    one, _two, three = raster.versions.order_by("number")
    assert one.content == three.content


def test_workplace_and_type_that_are_gone_are_left_out_of_what_comes_back():
    raster = make.starter_raster("PP-21", weekdays=[0])
    cabin = make.WorkplaceFactory(department=raster.department)
    raster.blocks.update(workplace=cabin)
    publish(raster)
    kind = raster.blocks.get().types.get(duration_minutes=15)
    user = make.member("planner", raster.department)
    version = raster.versions.get(number=1)
    version.content["blocks"][0]["workplace"] = 999_999
    version.content["blocks"][0]["types"] = [kind.pk, 999_999]
    version.save()

    replace_draft(raster=raster, content=version_content(version), by=user, now=LATER)

    block = raster.blocks.get()
    assert (block.workplace, [each.pk for each in block.types.all()]) == (None, [kind.pk])


def test_restore_over_the_draft_as_shown_only():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    clerk, colleague = (make.member("planner", raster.department) for _ in range(2))
    shown = raster.revision
    fields = SetFields("Nieuwe naam", WeekPattern.EVERY, raster.valid_from, None)
    change_draft(raster=raster, base=shown, changes=[fields], by=colleague, now=NOW)
    content = version_content(raster.versions.get(number=1))
    answer = replace_draft(raster=raster, content=content, by=clerk, now=LATER, base=shown)
    assert answer == ChangedMeanwhile(shown + 1, (), colleague)
    raster.refresh_from_db()
    assert raster.name == "Nieuwe naam"


def test_errors_refuse_and_nothing_is_written():
    raster = make.starter_raster("PP-21", weekdays=[0])
    make.raster_block(raster, 0, "13.30", "14.30")
    refused = publish_raster(raster=raster, by="user:1", now=NOW)
    assert isinstance(refused, Refused)
    assert "overlaps" in {finding.id.value for finding in refused.findings}
    raster.refresh_from_db()
    assert (raster.version, raster.versions.count(), raster.sessions.count()) == (0, 0, 0)
    assert not Event.objects.filter(kind="raster.published").exists()


def test_warning_needs_a_reason_with_words_and_keeps_it():
    raster = make.starter_raster("PP-21", weekdays=[0])
    raster.blocks.update(start=time(6, 0), end=time(7, 0))
    finding, weekday = "outside_opening_hours", 0

    def tried(*reasons):
        return publish_raster(raster=raster, by="user:1", now=NOW, reasons=reasons)

    for reasons in ([], [Reason(finding, weekday, "  ")], [Reason(finding, 1, "Vroeg")], [Reason("gap", 0, "Vroeg")]):
        refused = tried(*reasons)
        assert isinstance(refused, Refused)
        assert [(each.id.value, each.weekday) for each in refused.findings] == [(finding, weekday)]
    assert tried(Reason(finding, weekday, " Vroeg spreekuur ")).version == 1
    told = {"finding": finding, "weekday": 0, "text": "Vroeg spreekuur"}
    assert raster.versions.get().reasons == [told]
    # The same content once more, with one more reason: kept beside the first, each once.
    tried(Reason(finding, weekday, "Vroeg spreekuur"), Reason(finding, weekday, "Op verzoek"))
    assert raster.versions.get().reasons == [told, told | {"text": "Op verzoek"}]


def test_final_is_approved_by_whoever_publishes_it_so():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster, phase=RasterPhase.FINAL)
    version = raster.versions.get()
    assert (version.phase, version.approved_by, version.approved_at) == (RasterPhase.FINAL, "user:1", NOW)
    # What is final stays so while it stays the same, and new content is on trial again.
    publish(raster)
    assert (raster.version, raster.phase) == (1, RasterPhase.FINAL)
    raster.blocks.update(end=time(13, 30))
    publish(raster)
    assert (raster.version, raster.phase) == (2, RasterPhase.TRIAL)


def test_trial_published_as_final_stays_the_same_version():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    publish(raster, phase=RasterPhase.FINAL, now=LATER)
    version = raster.versions.get()
    assert (version.number, version.published_at, version.approved_at) == (1, NOW, LATER)


def test_approval_is_of_the_published_version_once():
    raster = make.starter_raster("PP-21", weekdays=[0])
    with pytest.raises(NotPublished):
        approve_raster(raster=raster, by="user:9", now=NOW)
    publish(raster)
    raster.blocks.update(end=time(13, 30))
    with pytest.raises(PublishedMeanwhile):
        approve_raster(raster=raster, by="user:9", now=NOW, number=2)
    approve_raster(raster=raster, by="user:9", now=LATER, number=1)
    again = approve_raster(raster=raster, by="user:10", now=NOW)
    raster.refresh_from_db()
    assert (raster.phase, again.approved_by, again.approved_at) == (RasterPhase.FINAL, "user:9", LATER)
    assert version_content(again).blocks[0].plan.end == time(14, 0)
    assert Event.objects.filter(kind="raster.approved").count() == 1


def test_draft_is_no_phase_to_publish_in():
    with pytest.raises(ValueError, match="trial or final"):
        publish_raster(raster=make.starter_raster("PP-21"), by="user:1", now=NOW, phase=RasterPhase.DRAFT)


def test_draft_that_changed_after_it_was_looked_at_is_not_published():
    raster = make.starter_raster("PP-21", weekdays=[0])
    clerk = make.member("planner", raster.department)
    seen = raster.revision
    fields = SetFields("Nieuwe naam", WeekPattern.EVERY, raster.valid_from, None)
    change_draft(raster=raster, base=seen, changes=[fields], by=clerk, now=NOW)
    with pytest.raises(DraftChanged):
        publish(raster, expected_revision=seen)
    assert not raster.versions.exists()
    publish(raster, expected_revision=seen + 1)
    assert raster.versions.get().content["name"] == "Nieuwe naam"


def test_starter_of_a_department_is_copied_before_it_is_published():
    starter = make.starter_raster("PP-21", weekdays=[0])
    starter.clinician = None
    starter.save()
    with pytest.raises(NoClinician):
        publish(starter)
    doctor = make.ClinicianFactory(departments=[starter.department])
    clerk = make.member("planner", starter.department)
    copied = copy_raster(
        raster=starter, clinician=doctor, name="Maandag", valid_from=date(2026, 12, 1), by=clerk, now=NOW
    )
    same = write_content(draft_content(copied))["blocks"] == write_content(draft_content(starter))["blocks"]
    assert (same, publish(copied).made) == (True, 1)


def test_shorter_publication_leaves_no_session_behind_on_an_old_version():
    """Whoever publishes until Friday changes what was published beyond Friday too."""
    raster = make.starter_raster("PP-21", weekdays=[0])
    make.publish(raster, now=NOW, until="2026-12-18")
    raster.blocks.update(end=time(13, 30))
    make.publish(raster, now=NOW, until="2026-12-04")
    raster.refresh_from_db()
    assert raster.published_until == date(2026, 12, 18)
    assert spans(raster) == {day: [(13, 30)] for day in ("2026-11-30", "2026-12-07", "2026-12-14")}


def test_end_that_comes_sooner_withdraws_what_lies_after_it():
    raster = make.starter_raster("PP-21", weekdays=[0])
    make.publish(raster, now=NOW, until="2026-12-18")
    raster.refresh_from_db()
    raster.valid_until = date(2026, 12, 7)
    raster.save()
    done = make.publish(raster, now=NOW, until="2026-12-18")
    assert (done.withdrawn, list(spans(raster))) == (1, ["2026-11-30", "2026-12-07"])


def test_clinic_that_is_over_stays_as_it_was_held():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    raster.blocks.update(start=time(14, 0), end=time(14, 30))
    at_three = make.amsterdam("2026-11-30", "15.00")
    preview = publication(
        raster, draft_content(raster), first=at_three.date(), until=date.fromisoformat(UNTIL), now=at_three
    )
    assert [session.date for session, _ in preview.changed] == [date(2026, 12, 7)]
    publish(raster, now=at_three)
    assert spans(raster) == {"2026-11-30": [(13, 60)], "2026-12-07": [(14, 30)]}


def test_clinic_that_goes_on_is_changed():
    raster = make.starter_raster("PP-21", weekdays=[0])
    publish(raster)
    raster.blocks.update(end=time(15, 0))
    publish(raster, now=make.amsterdam("2026-11-30", "13.30"))
    assert spans(raster)["2026-11-30"] == [(13, 120)]


def test_two_kinds_of_weeks_over_the_turn_of_a_year_with_week_53():
    """2026 ends with week 53 and 2027 begins with week 1: two odd weeks follow each other."""
    even, odd = (make.starter_raster("PP-21", weekdays=[0]) for _ in range(2))
    for raster, weeks in ((even, "even"), (odd, "odd")):
        raster.weeks = weeks
        raster.save()
        make.publish(raster, now=make.amsterdam("2026-12-20", "9.00"), until="2027-01-31")
    assert list(spans(even)) == ["2026-12-21", "2027-01-11", "2027-01-25"]
    assert list(spans(odd)) == ["2026-12-28", "2027-01-04", "2027-01-18"]
    assert not set(spans(even)) & set(spans(odd))


@pytest.mark.parametrize(
    ("sunday", "offsets"),
    [("2026-10-25", (11, 12)), ("2027-03-28", (12, 11))],
)
def test_clinics_keep_their_local_time_over_both_nights_in_which_the_clock_is_changed(sunday, offsets):
    change = date.fromisoformat(sunday)
    raster = make.starter_raster("PP-21", weekdays=[4, 1])
    make.policy(raster.department, closed_on_holidays=False)
    before = make.amsterdam(date.fromordinal(change.toordinal() - 3), "9.00")
    make.publish(raster, now=before, until=date.fromordinal(change.toordinal() + 3))
    friday, tuesday = raster.sessions.order_by("date")
    starts = [session.blocks.get().start for session in (friday, tuesday)]
    assert tuple(start.hour for start in starts) == offsets
    again = make.publish(raster, now=before, until=date.fromordinal(change.toordinal() + 3))
    assert (again.made, again.changed) == (0, 0)


@pytest.mark.parametrize("sunday", ["2026-10-25", "2027-03-28"])
def test_block_in_the_hour_that_the_clock_skips_or_doubles_is_left_out_and_told(sunday):
    change = date.fromisoformat(sunday)
    raster = make.RasterFactory()
    make.usual_types(raster.department)
    make.policy(raster.department, closed_on_holidays=False)
    make.raster_block(raster, 6, "02.15", "02.45")
    make.raster_block(raster, 6, "04.00", "05.00")
    done = make.publish(raster, now=make.amsterdam(change, "0.30"), until=change)
    assert [(each.date, each.plan.start) for each in done.skipped] == [(change, time(2, 15))]
    assert [block.ends - block.starts for block in raster.sessions.get().blocks.all()] == [60]

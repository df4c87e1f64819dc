"""What holds for any raster: twice is as once, the preview counts what is done, and nothing booked is dropped."""

from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from praktijkplan.blocks import Severity
from praktijkplan.rasters import BlockPlan, RasterPlan, WeekPattern, raster_problems
from praktijkplan.slots import BlockMode
from scheduling.actions.booking import book_appointment
from scheduling.actions.drafts import replace_draft
from scheduling.actions.placing import NotPlaced, Plan
from scheduling.actions.publishing import publish_raster
from scheduling.contents import BlockContent, RasterContent, draft_content
from scheduling.localtime import local_day
from scheduling.models import Appointment, ClinicSession, Misfit, SessionBlock
from scheduling.models.minutes import from_minute
from scheduling.queries.openings import openings
from scheduling.queries.rasters import publication
from scheduling.queries.surroundings import findings_of
from tests import factories as make
from tests.factories.plans import Reason, needs_reason

# The week before Christmas and the turn of the year: holidays, and week 53.
NOW = make.amsterdam("2026-12-18", "7.00")
UNTIL = date(2027, 1, 8)
MODES = (BlockMode.FIXED, BlockMode.FLEXIBLE, BlockMode.HYBRID, BlockMode.BREAK)


@st.composite
def blocks(draw, types):
    """Up to six blocks on a week's half hours; what overlaps is left out."""
    plans = []
    for key in range(1, draw(st.integers(1, 6)) + 1):
        start = draw(st.integers(16, 33))
        end = start + draw(st.integers(1, 4))
        mode = draw(st.sampled_from(MODES))
        plan = BlockPlan(
            key=key,
            weekday=draw(st.integers(0, 4)),
            start=time(start // 2, 30 * (start % 2)),
            end=time(end // 2, 30 * (end % 2)),
            mode=mode,
            slot_minutes=15 if mode is BlockMode.FIXED else 0,
            release_minutes=draw(st.sampled_from([0, 0, 120])),
        )
        if not raster_problems(RasterPlan(WeekPattern.EVERY, NOW.date(), None, (*plans, plan))):
            plans.append(plan)
    allowed = st.sets(st.sampled_from(types), min_size=1)
    return [
        BlockContent(plan, frozenset() if plan.mode is BlockMode.BREAK else frozenset(draw(allowed)))
        for plan in plans
    ]


@st.composite
def contents(draw, types):
    return RasterContent(
        name="Willekeurig",
        weeks=draw(st.sampled_from(list(WeekPattern))),
        valid_from=NOW.date() - timedelta(days=draw(st.integers(0, 20))),
        valid_until=draw(st.sampled_from([None, date(2026, 12, 31), UNTIL])),
        blocks=tuple(draw(blocks(types))),
    )


class AnyRaster(TestCase):
    def setUp(self):
        self.department = make.department("longziekten")
        self.kinds = {
            kind.pk: kind
            for kind in (
                make.AppointmentTypeFactory(department=self.department, modality=form, duration_minutes=minutes)
                for form, minutes in (("phone", 10), ("visit", 15), ("visit", 30))
            )
        }
        self.raster = make.RasterFactory(department=self.department)
        self.clerk = make.member("planner", self.department)

    def publish(self, content):
        """Publishes what the rules let pass, and returns whether they did; checks that the preview said the same."""
        replace_draft(raster=self.raster, content=content, by=self.clerk, now=NOW)
        self.raster.refresh_from_db()
        drawn = draft_content(self.raster)
        found = findings_of(self.raster, drawn, today=local_day(NOW))
        if any(finding.severity is Severity.ERROR for finding in found):
            return False
        until = max(UNTIL, self.raster.published_until or UNTIL)
        preview = publication(self.raster, drawn, first=local_day(NOW), until=until, now=NOW)
        reasons = [Reason(each.id.value, each.weekday, "Afgesproken") for each in needs_reason(found)]
        given_all = {"raster": self.raster, "by": "user:1", "now": NOW, "until": UNTIL, "reasons": reasons}
        done = publish_raster(**given_all)
        assert (done.made, done.changed, done.withdrawn, len(done.closing), done.followed) == (
            len(preview.made),
            len(preview.changed),
            len(preview.withdrawn),
            len(preview.closing),
            len(preview.followed),
        )
        assert {misfit.appointment_id for misfit in done.misfits} == {each.appointment.pk for each in preview.misfits}
        stands = self.standing()
        again = publish_raster(**given_all)
        assert (again.version, again.made, again.sessions_changed, again.misfits, again.followed) == (
            done.version, 0, 0, (), 0
        )  # fmt: skip
        assert self.standing() == stands
        self.raster.refresh_from_db()
        return True

    def standing(self):
        sessions = list(ClinicSession.objects.order_by("pk").values_list("pk", "status", "date", "half_day"))
        return sessions, list(SessionBlock.objects.order_by("pk").values_list("pk", "starts", "ends", "mode"))

    def book(self, data):
        """A few patients, anywhere that is free."""
        for _ in range(data.draw(st.integers(0, 4))):
            kind = self.kinds[data.draw(st.sampled_from(list(self.kinds)))]
            free = openings(kind, local_day(NOW), UNTIL, now=NOW, urgent=True)
            if not free:
                continue
            start, _clinician, _block = data.draw(st.sampled_from(free))
            done = book_appointment(
                patient=make.PatientFactory(department=self.department),
                plan=Plan(from_minute(start), self.raster.clinician, kind, urgent=True),
                by="user:1",
                now=NOW,
            )
            assert not isinstance(done, NotPlaced), done

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_published_twice_and_drawn_anew_nothing_is_dropped(self, data):
        drawn = contents(list(self.kinds))
        if not self.publish(data.draw(drawn)):
            return
        self.book(data)
        booked = set(Appointment.objects.values_list("pk", "start", "status"))
        for _ in range(2):
            self.publish(data.draw(drawn))
        assert set(Appointment.objects.values_list("pk", "start", "status")) == booked
        self.check_everyone_has_a_place_or_is_told_of()

    def check_everyone_has_a_place_or_is_told_of(self):
        told = set(Misfit.objects.filter(ended_at__isnull=True).values_list("appointment_id", flat=True))
        for held in Appointment.objects.select_related("session"):
            fits = held.session.status == ClinicSession.Status.PLANNED and any(
                block.start <= held.start and held.end <= block.end and held.type in block.types.all()
                for block in held.session.blocks.exclude(mode="break").prefetch_related("types")
            )
            if held.pk in told:
                continue
            assert fits, held
            assert held.session.status != ClinicSession.Status.CANCELLED
        assert not ClinicSession.objects.filter(status="cancelled", appointments__status="booked").exists()

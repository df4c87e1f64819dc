"""The page that simulates a raster, its panel beside the editor, and a simulation in the background (PP-31)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from pages.planner.simulation_forms import FIRST_SEED
from pages.planner.simulation_words import figures, outward, sentence, shown, signed
from praktijkplan.assumptions import bounds
from scheduling.actions.measurements import Measured, refresh_measured_durations
from scheduling.models import SimulationRun
from scheduling.queries.simulation import DAYS, HalfDayOfWeek, question_about
from scheduling.simulations import answer
from scheduling.tasks import carry_out_simulation
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-11-23", "9.00")
MORNING = "0-morning"


@pytest.fixture
def raster():
    """Monday morning with a break, and Tuesday afternoon; published, and then the break was moved."""
    department = make.department("longziekten")
    video = make.AppointmentTypeFactory(department=department, duration_minutes=10)
    made = make.RasterFactory(department=department, name="Video van maandag")
    make.raster_block(made, 0, "8.30", "11.30", "fixed", slot_minutes=10, types=[video])
    make.raster_block(made, 0, "9.30", "9.45", "break")
    make.raster_block(made, 0, "10.40", "10.50", "break")
    make.raster_block(made, 1, "13.00", "14.00", types=[video])
    make.publish(made)
    made.blocks.filter(start="09:30").update(start="09:40", end="10:00")
    made.refresh_from_db()
    return made


@pytest.fixture
def client(raster, client_of):
    return client_of(make.member("planner", raster.department))


def page(raster, **query):
    return reverse("raster-simulation", args=[raster.pk], query=query)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def compared(raster, name=MORNING):
    found = answer(question_about(raster, now=NOW), days=DAYS, seed=FIRST_SEED)
    return found.about(HalfDayOfWeek.read(name)), found


def test_half_day_that_changed_is_shown_first_with_its_chart_and_numbers(client, raster):
    response = client.get(page(raster))
    one, found = compared(raster)
    assert response.status_code == 200
    assert response.context["shown"] == shown(one, found)
    body = response.content.decode()
    assert outward(one.draft.end_p90) in body
    assert outward(one.current.end_p90) in body
    assert body.count('<svg class="chart') == 2
    assert "<polygon" in body
    assert 'class="old"' in body


def test_same_address_gives_the_same_page(client, raster):
    one, other = (client.get(page(raster, toeval=7, no_show=12)).context["shown"] for _ in range(2))
    assert one == other
    assert one != client.get(page(raster, toeval=8, no_show=12)).context["shown"]


def test_half_day_that_did_not_change_has_no_second_line(client, raster):
    response = client.get(page(raster, dagdeel="1-afternoon"))
    assert response.context["shown"].compared.unchanged
    assert 'class="old"' not in response.content.decode()


def test_whole_week_lists_every_half_day(client, raster):
    response = client.get(page(raster, dagdeel="week"))
    assert [str(each.name) for each in response.context["week"]] == [MORNING, "1-afternoon"]
    assert f"?dagdeel={MORNING}" in response.content.decode()


def test_half_day_that_is_gone_gives_the_first_one(client, raster):
    assert str(client.get(page(raster, dagdeel="4-morning")).context["shown"].name) == MORNING


def test_every_assumption_has_a_field_with_its_standard_and_source(client, raster):
    body = client.get(page(raster)).content.decode()
    for name, kind in bounds().items():
        assert f'name="{name}"' in body
        assert kind.rule in body
    assert 'name="early_start"' in body


def test_what_is_filled_in_leads_to_an_address_with_only_that(client, raster):
    kind = raster.blocks.get(weekday=1).types.get()
    sent = {"dagdeel": MORNING, "failure": "12,5", "no_show": "5", "early_start": "on", f"duur_{kind.pk}": "9,5"}
    response = client.post(page(raster), sent)
    assert response.status_code == 302
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query == {
        "dagdeel": [MORNING],
        "failure": ["12.5"],
        "early_start": ["on"],
        f"duur_{kind.pk}": ["9.5"],
    }
    form = client.get(response["Location"]).context["form"]
    assert (form.assumptions.failure, form.assumptions.early_start) == (0.125, True)
    assert (form.durations[kind.pk].mean, form.durations[kind.pk].cv) == (9.5, 0.5)
    assert {each.field.name for each in form.changed_assumptions} == {"failure", "early_start", f"duur_{kind.pk}"}


def test_calm_assumptions_show_in_the_outcome(client, raster):
    kind = raster.blocks.get(weekday=1).types.get()
    calm = {"failure": 0, "no_show": 0, "patient_late_sd": 0, "clinician_late_mean": 0}
    response = client.get(page(raster, **calm, **{f"duur_{kind.pk}": 8, f"spreiding_{kind.pk}": 0}))
    outcome = response.context["shown"].compared.draft
    assert (outcome.result.mean_wait, outcome.result.in_time) == (0, 1)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"no_show": "101"}, "no_show"),
        ({"no_show": "-1"}, "no_show"),
        ({"patient_late_mean": "veel"}, "patient_late_mean"),
        ({"clinician_late_cv": ""}, "clinician_late_cv"),
        ({"failure": "nan"}, "failure"),
        ({"dagen": "99"}, "dagen"),
        ({"dagen": "2000000"}, "dagen"),
        ({"toeval": "-1"}, "toeval"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_number_is_refused_beside_its_field(client, raster, method, sent, field):
    response = getattr(client, method)(page(raster), sent)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'href="#sim-{field}"' in response.content.decode()
    assert SimulationRun.objects.count() == 0


def test_measured_consults_say_so(client, raster):
    kind = raster.blocks.get(weekday=1).types.get()
    refresh_measured_durations(department=raster.department, measured=[Measured(kind.pk, 54, 12.34, 0.4)], now=NOW)
    response = client.get(page(raster))
    [row] = response.context["form"].type_rows
    assert (row.mean.default, row.facts.measured, row.mean.changed) == ("12,3", 54, False)
    assert "54" in text(response)


def test_raster_without_consults_says_what_to_do(client, raster):
    empty = make.RasterFactory(department=raster.department)
    response = client.get(page(empty))
    assert (response.status_code, response.context["nothing"]) == (200, True)
    assert '<svg class="chart' not in response.content.decode()
    assert reverse("raster", args=[empty.pk]) in response.content.decode()


def test_half_day_with_an_error_is_named(client, raster):
    make.raster_block(raster, 1, "13.30", "14.30")
    response = client.get(page(raster))
    assert len(response.context["unready"]) == 1
    one, _ = compared(raster, "1-afternoon")
    assert (one.draft, one.current is not None) == (None, True)


def test_starter_of_the_department_is_simulated_too(client, raster):
    starter = make.RasterFactory(department=raster.department, clinician=None)
    make.raster_block(starter, 0, "9.00", "10.00")
    assert client.get(page(starter)).status_code == 200


def test_page_asks_the_database_no_more_for_a_larger_raster(client, raster, count_queries):
    client.get(page(raster))
    with count_queries() as small:
        client.get(page(raster))
    for weekday in (2, 3, 4):
        make.raster_block(raster, weekday, "9.00", "12.00")
    with count_queries() as large:
        client.get(page(raster))
    assert large.count == small.count, f"{small}\n\n{large}"


class TestBackground:
    MANY = "150000"

    def started(self, client, raster):
        response = client.post(page(raster), {"dagen": self.MANY, "no_show": "10"})
        run = SimulationRun.objects.get()
        assert response["Location"] == reverse("raster-simulation-run", args=[raster.pk, run.pk])
        return run, response["Location"]

    def test_address_with_many_half_days_offers_it_and_starts_nothing(self, client, raster):
        response = client.get(page(raster, dagen=self.MANY))
        assert response.context["takes_long"]
        assert '<svg class="chart' not in response.content.decode()
        assert SimulationRun.objects.count() == 0

    def test_progress_asks_again_until_the_result_is_there(self, client, raster):
        run, where = self.started(client, raster)
        waiting = client.get(where)
        assert 'hx-trigger="every 1s"' in waiting.content.decode()
        SimulationRun.objects.update(state="running", done=75_000)
        part = client.get(where, headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        assert re.search(r'<progress max="\d+" value="75000"', part.content.decode())
        SimulationRun.objects.update(state="waiting", days=300)
        carry_out_simulation(run.pk)
        done = client.get(where, headers={"HX-Request": "true"})
        assert "hx-trigger" not in done.content.decode()
        assert done.context["shown"].compared.draft.result.runs == 300

    def test_result_stands_with_the_assumptions_it_was_asked_with(self, client, raster):
        run, where = self.started(client, raster)
        SimulationRun.objects.update(days=300)
        carry_out_simulation(run.pk)
        form = client.get(where).context["form"]
        assert (form.assumptions.no_show, form["dagen"].value()) == (0.1, "300")

    def test_other_half_days_are_one_step_away(self, client, raster):
        _, where = self.started(client, raster)
        tabs = client.get(where).context["half_days"]
        told = [(parse_qs(urlsplit(tab.url).query), tab.current) for tab in tabs]
        kept = {"dagen": [self.MANY], "no_show": ["10"]}
        assert told == [
            ({"dagdeel": [MORNING], **kept}, True),
            ({"dagdeel": ["1-afternoon"], **kept}, False),
            ({"dagdeel": ["week"], **kept}, False),
        ]

    def test_durations_of_ones_own_stay_filled_in(self, client, raster):
        kind = raster.blocks.get(weekday=1).types.get()
        response = client.post(page(raster), {"dagen": self.MANY, f"duur_{kind.pk}": "9"})
        form = client.get(response["Location"]).context["form"]
        assert [each.field.name for each in form.changed_assumptions] == [f"duur_{kind.pk}"]

    def test_result_of_an_older_draft_says_so(self, client, raster):
        run, where = self.started(client, raster)
        SimulationRun.objects.update(days=300)
        carry_out_simulation(run.pk)
        before = text(client.get(where))
        type(raster).objects.update(revision=raster.revision + 1)
        assert len(text(client.get(where))) > len(before)

    def test_stop(self, client, raster):
        run, where = self.started(client, raster)
        response = client.post(reverse("raster-simulation-stop", args=[raster.pk, run.pk]))
        assert response["Location"] == where
        run.refresh_from_db()
        assert run.state == "stopped"
        assert "hx-trigger" not in client.get(where).content.decode().partition("</main>")[0]

    def test_run_of_another_raster_is_not_here(self, client, raster):
        run, _ = self.started(client, raster)
        other = make.RasterFactory(department=raster.department)
        for name in ("raster-simulation-run", "raster-simulation-stop"):
            address = reverse(name, args=[other.pk, run.pk])
            assert (client.get if name.endswith("run") else client.post)(address).status_code == 404


class TestPanel:
    def panel(self, client, raster, query=None, **headers):
        return client.get(reverse("raster-simulation-panel", args=[raster.pk]), query or {}, headers=headers)

    def test_shows_the_half_day_that_changed(self, client, raster):
        response = self.panel(client, raster)
        one, found = compared(raster)
        assert response.context["shown"] == shown(one, found)
        assert "<section" not in response.content.decode()

    def test_swapped_panel_stays_alive_on_the_half_day_that_was_chosen(self, client, raster):
        body = self.panel(client, raster, {"dagdeel": "1-afternoon"}, **{"HX-Request": "true"}).content.decode()
        assert f'data-topic="raster:{raster.pk}"' in body
        assert "paneel/?dagdeel=1-afternoon" in body

    def test_unchanged_panel_is_not_sent_again(self, client, raster):
        etag = self.panel(client, raster)["ETag"]
        assert self.panel(client, raster, **{"If-None-Match": etag}).status_code == 304
        raster.blocks.filter(weekday=0, mode="break").delete()
        assert self.panel(client, raster, **{"If-None-Match": etag}).status_code == 200

    def test_raster_without_consults(self, client, raster):
        response = self.panel(client, make.RasterFactory(department=raster.department))
        assert response.status_code == 200
        assert "<svg" not in response.content.decode()


class TestWords:
    @pytest.mark.parametrize(
        ("minutes", "time"), [(739, "12.20"), (740, "12.20"), (740.01, "12.25"), (736, "12.20"), (735, "12.15")]
    )
    def test_time_is_rounded_outward_to_five_minutes(self, minutes, time):
        assert outward(minutes) == time

    @pytest.mark.parametrize(("number", "words"), [(4, "+4"), (-3, "−3"), (0, "0")])
    def test_difference_has_its_sign(self, number, words):
        assert signed(number) == words

    def test_draft_that_was_taken_away_is_told_from_the_published_raster(self, raster):
        raster.blocks.filter(weekday=1).delete()
        one, found = compared(raster, "1-afternoon")
        told = sentence(one, found.version)
        assert outward(one.current.end_p90) in told
        assert {figure.draft for figure in figures(one)} == {""}

    def test_half_day_that_is_new_has_no_time_of_now(self, raster):
        make.raster_block(raster, 4, "9.00", "10.00")
        one, found = compared(raster, "4-morning")
        assert {figure.current for figure in figures(one)} == {figure.difference for figure in figures(one)} == {""}
        assert sentence(one, found.version) != sentence(one, 0)

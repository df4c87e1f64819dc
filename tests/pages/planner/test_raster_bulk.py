"""Many rasters in one go, and the workplaces of a department."""

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.actions.publication_runs import advance_run, start_run
from scheduling.models import PublicationRun, Raster
from scheduling.tasks import carry_out
from tests import factories as make


@pytest.fixture
def three(desk):
    """Two rasters that are ready, and one with two blocks at once."""
    make.usual_types(desk.department)
    made = [
        make.starter_raster(
            "PP-21",
            department=desk.department,
            clinician=make.ClinicianFactory(departments=[desk.department], name=name),
            valid_from=timezone.localdate(),
        )
        for name in ("dr. A. Aalders", "dr. B. Bos", "dr. C. Claes")
    ]
    make.raster_block(made[2], 0, "13.30", "14.30")
    return made


@pytest.fixture
def asked(monkeypatch):
    """The runs that were handed to a worker."""
    heard = []
    monkeypatch.setattr(carry_out, "delay", heard.append)
    return heard


def start(desk, rasters, kind="drafts"):
    return desk.client.post(reverse("raster-bulk"), {"kind": kind, "rasters": [raster.pk for raster in rasters]})


def test_form_begins_with_what_is_changed_and_has_no_errors(desk, three):
    form = desk.client.get(reverse("raster-bulk")).context["form"]
    assert form["rasters"].value() == [three[0].pk, three[1].pk]


def test_run_is_handed_to_a_worker_after_the_commit(desk, three, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = start(desk, three)
    run = PublicationRun.objects.get()
    assert answer["Location"] == reverse("raster-run", args=[run.pk])
    assert (asked, run.total, run.asked_by) == ([run.pk], 3, desk.planner.actor)


def test_what_was_done_and_what_was_left_out_is_told(desk, three, asked):
    start(desk, three)
    run = PublicationRun.objects.get()
    carry_out(run.pk)
    answer = desk.client.get(reverse("raster-run-state", args=[run.pk]), headers={"X-Requested-With": "live"})
    shown = answer.context["run"]
    assert (shown.state, shown.done, shown.total) == (PublicationRun.State.DONE, 3, 3)
    assert shown.sessions_made > 200
    (failed,) = answer.context["failed"]
    assert failed.raster == three[2]
    assert failed.why[0] in answer.content.decode()


def test_stopped_run_says_what_was_not_reached(desk, three, asked):
    start(desk, three)
    run = advance_run(run=PublicationRun.objects.get(), now=timezone.now())
    desk.client.post(reverse("raster-run-stop", args=[run.pk]))
    answer = desk.client.get(reverse("raster-run", args=[run.pk]))
    assert answer.context["run"].state == PublicationRun.State.STOPPED
    assert answer.context["todo"] == three[1:]
    again = reverse("raster-bulk", query={"verder": run.pk})
    assert f'href="{again}"' in answer.content.decode()
    assert desk.client.get(again).context["form"]["rasters"].value() == [three[1].pk, three[2].pk]
    assert Raster.objects.filter(version=1).count() == 1


@pytest.mark.parametrize("asked_for", ["0", "x", "99999999999", "²"])
def test_run_that_there_is_not_is_nothing_to_go_on_with(desk, three, asked_for):
    form = desk.client.get(reverse("raster-bulk", query={"verder": asked_for})).context["form"]
    assert form["rasters"].value() == [three[0].pk, three[1].pk]


def test_second_run_leads_to_the_first(desk, three, asked):
    start(desk, three[:1])
    answer = start(desk, three[1:])
    run = PublicationRun.objects.get()
    assert answer["Location"] == reverse("raster-run", args=[run.pk])
    assert run.todo == [three[0].pk]


def test_nothing_chosen_is_an_error_beside_the_field(desk, three, asked):
    answer = start(desk, [])
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["rasters"]


def test_raster_of_another_department_cannot_be_chosen(desk, three, asked):
    other = make.RasterFactory(department=make.department("neurologie"))
    assert start(desk, [three[0], other]).status_code == 422
    assert not PublicationRun.objects.exists()


def test_page_of_a_run_asks_a_fixed_number_of_queries(desk, three, count_queries):
    def ask(rasters):
        run = start_run(
            department=desk.department, kind="drafts", rasters=rasters, by=desk.planner.actor, now=timezone.now()
        )
        carry_out(run.pk)
        with count_queries() as queries:
            desk.client.get(reverse("raster-run", args=[run.pk]))
        return queries

    ask(three[2:])
    one = ask(three[2:])
    assert ask([three[2], *three]).count == one.count


# --- Workplaces -----------------------------------------------------------------------------------------------------
POINTS = ("connection", "bandwidth", "quiet", "sound")


@pytest.fixture
def home(desk):
    return make.WorkplaceFactory(department=desk.department, name="Thuis dr. Van der Veen", kind="home")


def test_home_is_checked_when_all_four_points_are(desk, home):
    url = reverse("workplace-checklist", args=[home.pk])
    assert desk.client.post(url, dict.fromkeys(POINTS, "on"))["Location"] == reverse("workplaces")
    home.refresh_from_db()
    assert home.checklist_confirmed_at is not None
    assert home.checklist_confirmed_by == desk.planner.actor
    assert str(desk.planner) in desk.client.get(reverse("workplaces")).content.decode()
    desk.client.post(url, {"withdraw": "1"})
    home.refresh_from_db()
    assert (home.checklist_confirmed_at, home.checklist_confirmed_by) == (None, "")


@pytest.mark.parametrize("missing", POINTS)
def test_point_that_is_missing_is_an_error_beside_it(desk, home, missing):
    sent = dict.fromkeys(POINTS, "on") | {missing: ""}
    answer = desk.client.post(reverse("workplace-checklist", args=[home.pk]), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [missing]
    home.refresh_from_db()
    assert home.checklist_confirmed_at is None


def test_cabin_has_no_checklist(desk):
    cabin = make.WorkplaceFactory(department=desk.department)
    url = reverse("workplace-checklist", args=[cabin.pk])
    assert desk.client.get(url).status_code == 404
    assert f'href="{url}"' not in desk.client.get(reverse("workplaces")).content.decode()


def test_list_of_workplaces_asks_a_fixed_number_of_queries(desk, home, count_queries):
    def ask():
        with count_queries() as queries:
            desk.client.get(reverse("workplaces"))
        return queries

    ask()
    one = ask()
    make.WorkplaceFactory.create_batch(3, department=desk.department)
    assert ask().count == one.count

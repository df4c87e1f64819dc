"""The raster editor: each change and what is wrong with it, who may, conflicts, fixes, and how much it asks."""

import json
import re
from datetime import time
from html import unescape

import pytest
from django.urls import reverse

from pages.planner import raster_editor
from praktijkplan.slots import BlockMode
from scheduling.contents import draft_content
from scheduling.locks import Busy
from scheduling.models import RasterPhase, RasterVersion
from tests import factories as make


@pytest.fixture
def raster(desk):
    """Odd weeks, with 9.00 to 11.00 video and a break on Monday."""
    make.usual_types(desk.department)
    made = make.RasterFactory(department=desk.department, clinician=desk.clinician, weeks="odd")
    make.raster_block(made, 0, "9.00", "11.00", "fixed", types=[desk.type], slot_minutes=20, note="Poli B")
    make.raster_block(made, 0, "11.00", "11.15", "break")
    return made


def url(raster, **query):
    return reverse("raster-draft", args=[raster.pk], query=query)


def posted(desk, raster, *changes, base=None, client=None, **more):
    raster.refresh_from_db()
    document = {"base": raster.revision if base is None else base, "changes": list(changes), **more}
    return (client or desk.client).post(url(raster), json.dumps(document), content_type="application/json")


def state(answer):
    """What the editor's script starts from."""
    return json.loads(unescape(re.search(r'data-draft="([^"]*)"', answer.content.decode())[1]))


def doc(**more):
    """A new video block on Tuesday morning."""
    return {
        "key": -1,
        "weekday": 1,
        "start": "9:00",
        "end": "10:00",
        "mode": "fixed",
        "slot_minutes": 20,
        "start_up_minutes": 0,
        "types": [],
        "workplace": None,
        "release_minutes": 0,
        "note": "",
        **more,
    }


def blocks(raster):
    return [
        (b.weekday, f"{b.start:%H.%M}", f"{b.end:%H.%M}", b.mode)
        for b in raster.blocks.order_by("weekday", "start", "key")
    ]


def test_new_block_is_placed_and_its_key_told(desk, raster):
    answer = posted(desk, raster, {"put": doc(types=[desk.type.pk])}, blok="-1")
    assert answer.status_code == 200
    assert blocks(raster)[-1] == (1, "09.00", "10.00", "fixed")
    told = state(answer)
    assert told["keys"] == {"-1": 3}
    assert told["chosen"] == 3
    assert told["revision"] == 2
    assert told["blocks"]["3"]["types"] == [desk.type.pk]


def test_block_is_moved_and_resized(desk, raster):
    standing = state(desk.client.get(url(raster)))["blocks"]["1"]
    standing.pop("label")
    posted(desk, raster, {"put": {**standing, "weekday": 3, "start": "13.00", "end": "13.20"}})
    moved = raster.blocks.get(key=1)
    assert (moved.weekday, moved.start, moved.end, moved.note) == (3, time(13), time(13, 20), "Poli B")


def test_day_is_pasted_in_one_go(desk, raster):
    answer = posted(
        desk, raster, {"remove": 1}, {"remove": 2}, {"put": doc(key=-1, weekday=0)}, {"put": doc(key=-2, weekday=4)}
    )
    assert answer.status_code == 200
    assert blocks(raster) == [(0, "09.00", "10.00", "fixed"), (4, "09.00", "10.00", "fixed")]


def test_weeks_name_and_validity_are_set_one_at_a_time(desk, raster):
    posted(desk, raster, {"set": {"weeks": "even"}})
    posted(desk, raster, {"set": {"name": "Winter", "valid_until": "2027-06-30"}})
    raster.refresh_from_db()
    assert (raster.weeks, raster.name, str(raster.valid_from), str(raster.valid_until)) == (
        "even",
        "Winter",
        "2026-01-05",
        "2027-06-30",
    )


WRONG = [
    ({"weekday": 7}, "weekday"),
    ({"weekday": True}, "weekday"),
    ({"start": "9.03"}, "start"),
    ({"start": "25.00"}, "start"),
    ({"start": "morgen"}, "start"),
    ({"end": "9.00"}, "end"),
    ({"end": "8.00"}, "end"),
    ({"mode": "loose"}, "mode"),
    ({"slot_minutes": 0}, "slot_minutes"),
    ({"slot_minutes": 7}, "slot_minutes"),
    ({"slot_minutes": "veel"}, "slot_minutes"),
    ({"slot_minutes": 245}, "slot_minutes"),
    ({"start_up_minutes": -5}, "start_up_minutes"),
    ({"types": [10**6]}, "types"),
    ({"types": "3"}, "types"),
    ({"workplace": 10**6}, "workplace"),
    ({"release_minutes": 10**6}, "release_minutes"),
    ({"note": "x" * 201}, "note"),
    ({"note": "\x00"}, "note"),
    ({"key": 0}, "key"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda each: str(each)[:30])
def test_wrong_block_is_refused_and_nothing_else_done(desk, raster, wrong, field):
    before = blocks(raster)
    answer = posted(desk, raster, {"remove": 2}, {"put": doc(**wrong)})
    assert answer.status_code == 422
    assert blocks(raster) == before
    raster.refresh_from_db()
    assert raster.revision == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"weeks": "third"},
        {"name": "  "},
        {"name": "x" * 121},
        {"valid_from": "morgen"},
        {"valid_until": "2020-01-01"},
        {"phase": "final"},
    ],
)
def test_wrong_fields_of_the_raster_are_refused(desk, raster, wrong):
    assert posted(desk, raster, {"set": wrong}).status_code == 422
    raster.refresh_from_db()
    assert (raster.revision, raster.phase) == (1, RasterPhase.DRAFT)


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(desk, raster):
    standing = state(desk.client.get(url(raster)))["blocks"]["1"]
    standing.pop("label")
    answer = posted(desk, raster, {"put": {**standing, "end": "10.02"}}, blok=1)
    page = answer.content.decode()
    assert re.search(r'name="end" value="10.02"[^>]*aria-invalid="true"', page), page
    assert 'id="block_end_error"' in page or "errorlist" in page or 'class="errors"' in page


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b"{}",
        b'{"base": "1", "changes": []}',
        b'{"base": true}',
        b"[" * 9999,
        b"\xff",
        b'{"base": 1, "changes": ["\\ud800"]}',
    ],
)
def test_what_is_no_change_at_all_is_refused(desk, raster, body):
    assert desk.client.post(url(raster), body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        None,
        [],
        {},
        [1],
        [{}],
        [{"put": 1}],
        [{"remove": "1"}],
        [{"remove": 10**30}],
        [{"remove": 1, "set": {}}],
        [{"burn": 1}],
    ],
)
def test_changes_of_no_known_sort_are_refused(desk, raster, changes):
    document = json.dumps({"base": 1, "changes": changes})
    assert desk.client.post(url(raster), document, content_type="application/json").status_code == 422


def test_same_block_twice_in_one_go_is_refused(desk, raster):
    assert posted(desk, raster, {"remove": 1}, {"remove": 1}).status_code == 422


def test_only_who_may_publish_gets_the_editor(desk, raster, client_of):
    lead = client_of(make.member("lead", desk.department))
    page = lead.get(reverse("raster", args=[raster.pk]))
    assert page.status_code == 200
    assert b"data-draft" not in page.content
    assert lead.get(url(raster)).status_code == 404
    assert posted(desk, raster, {"remove": 1}, client=lead).status_code == 404
    stranger = client_of(make.member("planner", make.department("cardiologie")))
    assert posted(desk, raster, {"remove": 1}, client=stranger).status_code == 404
    assert len(blocks(raster)) == 2


def test_colleagues_change_of_the_same_block_is_shown_and_the_own_offered_again(desk, raster, client_of):
    colleague = client_of(make.member("planner", desk.department, name="Emma de Boer"))
    longer = {**state(desk.client.get(url(raster)))["blocks"]["1"], "end": "11:40"}
    longer.pop("label")
    assert posted(desk, raster, {"put": {**longer, "end": "10:20"}}, client=colleague).status_code == 200
    answer = posted(desk, raster, {"put": longer}, base=1)
    assert answer.status_code == 409
    page = unescape(answer.content.decode())
    assert "Emma de Boer" in page
    assert "9.00–10.20" in page
    again = json.loads(unescape(re.search(r'data-apply="([^"]*)" data-settles', answer.content.decode())[1]))
    assert posted(desk, raster, *again, base=state(answer)["revision"]).status_code == 200
    assert raster.blocks.get(key=1).end == time(11, 40)


def test_own_change_of_a_block_that_a_colleague_removed_is_offered_as_a_new_one(desk, raster, client_of):
    colleague = client_of(make.member("planner", desk.department))
    mine = {**state(desk.client.get(url(raster)))["blocks"]["1"], "end": "11:40"}
    mine.pop("label")
    posted(desk, raster, {"remove": 1}, client=colleague)
    answer = posted(desk, raster, {"put": mine}, base=1)
    assert answer.status_code == 409
    again = json.loads(unescape(re.search(r'data-apply="([^"]*)" data-settles', answer.content.decode())[1]))
    assert [change["put"]["key"] for change in again] == [-1]


def test_changes_of_different_blocks_go_together(desk, raster, client_of):
    colleague = client_of(make.member("planner", desk.department))
    assert posted(desk, raster, {"remove": 2}, client=colleague).status_code == 200
    assert posted(desk, raster, {"put": doc()}, base=1).status_code == 200
    assert blocks(raster) == [(0, "09.00", "11.00", "fixed"), (1, "09.00", "10.00", "fixed")]


# PP-22: the block of the raster picture.
def test_fix_is_applied_through_the_same_door_and_undone(desk, raster):
    raster.blocks.all().delete()
    make.raster_block(raster, 2, "9.00", "12.20", "fixed", types=[desk.type], slot_minutes=20)
    before = draft_content(raster)
    page = desk.client.get(url(raster))
    bubble = re.search(r'data-bubble>.*?data-apply="([^"]*)"', page.content.decode(), re.DOTALL)
    fix = json.loads(unescape(bubble[1]))
    answer = posted(desk, raster, *fix)
    assert answer.status_code == 200
    assert (2, "10.40", "10.55", "break") in blocks(raster)
    assert not [each for each in answer.context["found"] if each.severity == "error"]
    posted(desk, raster, *({"remove": key} for key in state(answer)["keys"].values()))
    assert draft_content(raster) == before


def test_blocked_step_says_why_and_leads_to_publishing_once_it_is_free(desk, raster):
    link = f'href="{reverse("raster-publish", args=[raster.pk])}"'
    assert link in desk.client.get(url(raster)).content.decode()
    make.raster_block(raster, 0, "10.00", "12.00", types=[desk.type])
    answer = desk.client.get(url(raster))
    assert answer.context["errors"] > 0
    assert 'aria-disabled="true" data-first-error' in answer.content.decode()


def test_places_per_week_beside_what_is_published(desk, raster):
    shown = desk.client.get(url(raster)).context["places"]
    assert [(each.form, each.now, each.draft) for each in shown] == [("video", None, 6)]
    make.publish(raster)
    raster.refresh_from_db()
    phone = desk.department.appointment_types.get(modality="phone")
    make.raster_block(raster, 2, "9.00", "9.30", "fixed", types=[phone], slot_minutes=10)
    make.raster_block(raster, 0, "9.40", "10.00", "break")
    shown = desk.client.get(url(raster)).context["places"]
    assert [(each.form, each.now, each.draft, each.signed) for each in shown] == [
        ("video", 6, 5, "−1"),
        ("phone", 0, 3, "+3"),
    ]
    assert RasterVersion.objects.get().number == 1


def test_other_weeks_stand_as_ghosts_and_the_weekend_where_it_is_used(desk, raster):
    even = make.RasterFactory(department=desk.department, clinician=desk.clinician, weeks="even")
    make.raster_block(even, 4, "13.00", "14.00", types=[desk.type])
    make.publish(even)
    make.raster_block(raster, 5, "9.00", "10.00", types=[desk.type])
    shown = desk.client.get(url(raster)).context["grid"]
    assert [len(column.tiles) for column in shown.columns] == [2, 0, 0, 0, 0, 1]
    assert [len(column.ghosts) for column in shown.columns] == [0, 0, 0, 0, 1, 0]
    assert shown.columns[4].ghosts[0].span == "13.00–14.00"


def test_rooms_and_colleagues_are_laid_under_the_week(desk, raster):
    place = make.WorkplaceFactory(department=desk.department, name="Cabine 2")
    other = make.ClinicianFactory(departments=[desk.department], name="dr. Bakker")
    theirs = make.RasterFactory(department=desk.department, clinician=other)
    make.raster_block(theirs, 2, "13.00", "14.00", types=[desk.type], workplace=place)
    make.raster_block(theirs, 2, "14.00", "14.15", "break")
    make.raster_block(theirs, 3, "9.00", "10.00", types=[desk.type])
    make.publish(theirs)
    for under, days in ((f"werkplek-{place.pk}", [2]), ("collega", [2, 3]), (f"collega-{other.pk}", [2, 3])):
        shown = desk.client.get(url(raster, onder=under)).context["grid"]
        assert [column.weekday for column in shown.columns if column.under] == days
        assert [(each.label, each.span) for each in shown.columns[2].under] == [("dr. Bakker", "13.00–14.00")]
    for under in ("", "werkplek-0", f"collega-{desk.clinician.pk}", "x" * 999):
        shown = desk.client.get(url(raster, onder=under)).context["grid"]
        assert not any(column.under for column in shown.columns)


def test_palette_holds_what_the_department_has_types_for(desk, raster):
    shown = desk.client.get(url(raster)).context["items"]
    assert [item.name for item in shown] == ["follow_up-video", "phone", "visit", "break", "flex", "urgent"]
    desk.department.appointment_types.update(active=False)
    assert [item.name for item in desk.client.get(url(raster)).context["items"]] == ["break"]


def test_week_is_as_early_and_late_as_its_blocks(desk, raster):
    make.raster_block(raster, 4, "6.30", "7.00", BlockMode.BREAK)
    make.raster_block(raster, 4, "18.00", "18.05", BlockMode.BREAK)
    shown = desk.client.get(url(raster)).context["grid"]
    assert (shown.first, shown.rows) == (6 * 60, 13 * 12)


def test_state_changes_with_each_revision(desk, raster):
    where = reverse("raster-draft-state", args=[raster.pk])
    first = desk.client.get(where)
    again = desk.client.get(where, HTTP_IF_NONE_MATCH=first["ETag"])
    posted(desk, raster, {"remove": 1})
    after = desk.client.get(where, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (first.status_code, again.status_code, after.status_code) == (200, 304, 200)


def test_starter_of_the_department_is_edited_and_not_published(desk, raster):
    raster.clinician = None
    raster.save()
    page = desk.client.get(reverse("raster", args=[raster.pk]))
    assert page.status_code == 200
    assert "raster-publish" not in page.content.decode()
    assert posted(desk, raster, {"remove": 1}).status_code == 200


@pytest.mark.parametrize("query", [{}, {"blok": 1, "onder": "collega"}])
def test_queries_do_not_grow_with_the_raster(desk, raster, count_queries, query):
    with count_queries() as few:
        desk.client.get(url(raster, **query))
    for weekday in (1, 2, 3):
        make.raster_block(raster, weekday, "9.00", "11.00", types=[desk.type])
        make.raster_block(raster, weekday, "13.00", "14.00", types=[desk.type])
    with count_queries() as many:
        desk.client.get(url(raster, **query))
    assert few.count == many.count, many
    # Some of these count what waits behind entries of the menu.
    assert many.count <= 23, many


def test_busy_raster_keeps_the_change_to_be_made_again(desk, raster, monkeypatch):
    def busy(**_kwargs):
        raise Busy

    monkeypatch.setattr(raster_editor, "change_draft", busy)
    first = raster.blocks.first()
    answer = posted(desk, raster, {"remove": first.key})
    assert answer.status_code == 503
    assert json.loads(answer.context["conflict"].again) == [{"remove": first.key}]
    assert raster.blocks.filter(pk=first.pk).exists()

"""The draft of a raster, changed block by block, and the versions that were published of it."""

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.problems import Refused, invalid
from api.schema import KEY, answer_header, describe
from api.serializers.raster_drafts import (
    DiffOut,
    DiffQuery,
    DraftChangesIn,
    DraftChangesSent,
    DraftConflict,
    DraftSaved,
    RestoreIt,
    Versions,
    VersionWithContent,
    version_told,
)
from api.serializers.rasters import block_told, content_told
from api.views.rasters import RasterEndpoint, draft_changed
from people.permissions import Permission
from scheduling.actions.drafts import Saved, change_draft, replace_draft
from scheduling.contents import RasterContent, draft_content, version_content
from scheduling.draft_changes import read_changes, vocabulary_of
from scheduling.models import Raster, RasterVersion

FIELDS = ("name", "weeks", "valid_from", "valid_until")
REPLAYED = answer_header("Idempotency-Replayed", "true when this key was answered before.", 200)


class RasterDraft(RasterEndpoint):
    @describe(
        "rasters_change_draft",
        "Put, remove and set, saved at once. What others changed in other blocks meanwhile goes together with it.",
        DraftSaved,
        request=DraftChangesIn,
        refusals=[409, 422],
        problems={409: DraftConflict},
        headers=[KEY, REPLAYED],
    )
    def patch(self, request: Request, pk: int) -> Response:
        sent, now = self.sent(DraftChangesSent), self.clock()
        desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        changes, problems = read_changes(sent["changes"], vocabulary_of(raster))
        if problems:
            told = [{"change": one.change, "field": one.field, "message": one.message} for one in problems]
            raise Refused(invalid({"changes": told}))

        def change() -> Answer:
            done = change_draft(raster=raster, base=sent["base"], changes=changes, by=desk.user, now=now)
            if not isinstance(done, Saved):
                raise Refused(draft_changed(done.revision, done.keys))
            keys = {str(asked): got for asked, got in done.keys.items()}
            return Answer(200, dict(DraftSaved({"revision": done.revision, "keys": keys}).data))

        return answer_once(request, actor=desk.actor, now=now, act=change)


class RasterVersions(RasterEndpoint):
    @describe("raster_versions_list", "Everything that was published of a raster.", Versions)
    def get(self, request: Request, pk: int) -> Response:
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        return Response(Versions({"versions": raster.versions.all()}).data)


class OneRasterVersion(RasterEndpoint):
    @describe("raster_versions_read", "One version, as it was published.", VersionWithContent)
    def get(self, request: Request, pk: int, number: int) -> Response:
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        version = version_of(raster, number)
        told = version_told(version, content_told(version_content(version)))
        return Response(VersionWithContent(told).data)


class RasterVersionDiff(RasterEndpoint):
    @describe(
        "raster_versions_diff",
        "What differs between a version and another one, or the draft.",
        DiffOut,
        parameters=[DiffQuery],
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        to = self.asked(DiffQuery)["to"]
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        before = version_content(version_of(raster, number))
        return Response(DiffOut(_difference(before, _asked(raster, to))).data)


class RestoreRasterVersion(RasterEndpoint):
    @describe(
        "raster_versions_restore",
        "Bring a version back into the draft; nothing is published by it.",
        DraftSaved,
        request=RestoreIt,
        refusals=[409],
        problems={409: DraftConflict},
    )
    def post(self, request: Request, pk: int, number: int) -> Response:
        seen, now = self.sent(RestoreIt)["revision"], self.clock()
        desk, raster = self.raster(pk, Permission.PUBLISH_RASTER)
        content = version_content(version_of(raster, number))
        done = replace_draft(raster=raster, content=content, by=desk.user, now=now, base=seen)
        if not isinstance(done, Saved):
            raise Refused(draft_changed(done.revision, done.keys))
        return Response(DraftSaved({"revision": done.revision, "keys": {}}).data)


def version_of(raster: Raster, number: int) -> RasterVersion:
    version = raster.versions.filter(number=number).select_related("raster").first()
    if version is None:
        raise Http404
    return version


def _asked(raster: Raster, to: str) -> RasterContent:
    if to == "draft":
        return draft_content(raster)
    if not (to.isascii() and to.isdigit() and len(to) < 10):
        raise Refused(invalid({"to": [_("Name a version by its number, or the draft: draft.")]}))
    return version_content(version_of(raster, int(to)))


def _difference(before: RasterContent, after: RasterContent) -> dict[str, object]:
    """As DiffOut describes it."""
    old, new = ({block.key: block for block in content.blocks} for content in (before, after))
    return {
        "fields": [name for name in FIELDS if getattr(before, name) != getattr(after, name)],
        "before": content_told(before),
        "after": content_told(after),
        "added": [block_told(block) for key, block in new.items() if key not in old],
        "removed": [block_told(block) for key, block in old.items() if key not in new],
        "changed": [
            {"before": block_told(block), "after": block_told(new[key])}
            for key, block in old.items()
            if key in new and new[key] != block
        ],
    }

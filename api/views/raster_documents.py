"""Rasters as documents and sheets: out, in, and checked without being kept."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import Answer, answer_once
from api.parsers import BoundedJSON
from api.problems import Problem, Refused
from api.schema import KEY, answer_header, describe
from api.serializers.raster_documents import (
    CheckedOut,
    ImportedOut,
    LanguageQuery,
    RasterFile,
    RasterImport,
    UnreadableProblem,
    described_document,
)
from api.views.appointments import clinician_of
from api.views.rasters import ACTION, RasterEndpoint
from people.desks import Desk
from people.permissions import Permission
from praktijkplan.findings import Finding, Severity
from scheduling.actions.drafts import Saved
from scheduling.actions.imports import replace_by_file
from scheduling.actions.rasters import draft_from_content
from scheduling.contents import RasterContent, draft_content
from scheduling.finding_sentences import Names, finding_sentence, fix_label, names_for
from scheduling.interchange import (
    Known,
    Mistakes,
    document_schema,
    known_in,
    patch_of,
    read_document,
    read_file,
    what_is_wrong,
    what_to_do,
    write_document,
    write_sheet,
)
from scheduling.interchange.form import LARGEST_FILE, WEEKDAYS
from scheduling.localtime import local_day
from scheduling.models import Raster
from scheduling.queries.surroundings import findings_of

MOST_FINDINGS = 500
CSV: Final = "text/csv"
LOCATION = answer_header("Location", "Where the raster is found from now on.", 201)
REPLAYED = answer_header("Idempotency-Replayed", "true when this key was answered before.", 201)


class RasterJSON(BoundedJSON):
    """A raster is longer than any other body."""

    largest = LARGEST_FILE


class Sheet(BaseRenderer):
    media_type = CSV
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        written: bytes = data
        return written


class RasterDocument(RasterEndpoint):
    renderer_classes = [JSONRenderer, Sheet]

    @describe(
        "rasters_document",
        "The draft of a raster with names instead of ids: a document, or a sheet with ?format=csv.",
        described_document(),
        also={CSV: OpenApiTypes.STR},
        parameters=[LanguageQuery],
    )
    def get(self, request: Request, pk: int) -> Response:
        language = self.asked(LanguageQuery)["language"]
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        content, known = draft_content(raster), known_in(raster.department_id)
        if isinstance(request.accepted_renderer, Sheet):
            headers = {"Content-Disposition": f'attachment; filename="raster-{raster.pk}.csv"'}
            return Response(write_sheet(content, known, language=language), headers=headers)
        return Response(write_document(content, known))


class RasterSchema(RasterEndpoint):
    @describe("rasters_schema", "The form of a raster document, as JSON Schema 2020-12.", OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(document_schema())


class RasterFileEndpoint(RasterEndpoint):
    parser_classes = [RasterJSON]

    def meant_for(self, wanted: dict[str, Any], permission: Permission) -> tuple[Desk, Raster]:
        """The raster that is to be replaced, or a new one that is nowhere yet."""
        desk = self.desk(wanted["department"], permission, ACTION)
        if pk := wanted.get("raster"):
            raster = Raster.objects.select_related("clinician", "department").filter(pk=pk).first()
            if raster is None or raster.department_id != desk.department.pk:
                self.hide(ACTION, desk.department)
            return desk, raster
        clinician = clinician_of(desk.department, wanted["clinician"]) if wanted.get("clinician") else None
        return desk, Raster(department=desk.department, clinician=clinician)


class CheckRaster(RasterFileEndpoint):
    @describe(
        "rasters_check",
        "What the department's agreements say of a raster that is not kept. Nothing is written.",
        CheckedOut,
        request=RasterFile,
        problems={400: UnreadableProblem},
    )
    def post(self, request: Request) -> Response:
        wanted = self.sent(RasterFile)
        _desk, raster = self.meant_for(wanted, Permission.SEE_RASTERS)
        known = known_in(raster.department_id)
        content = _content(wanted, known)
        found = findings_of(raster, content, today=local_day(self.clock()))
        names = names_for(raster)
        told = {
            "document": write_document(content, known),
            "publishable": not any(finding.severity is Severity.ERROR for finding in found),
            "count": len(found),
            "findings": [_told(each, content, names, known) for each in found[:MOST_FINDINGS]],
        }
        return Response(CheckedOut(told).data)


class ImportRaster(RasterFileEndpoint):
    @describe(
        "rasters_import",
        "Keep a raster from elsewhere as a draft: a new one, or over the draft of another. All of it, or nothing.",
        ImportedOut,
        status=201,
        request=RasterImport,
        refusals=[409, 422],
        problems={400: UnreadableProblem},
        headers=[KEY, LOCATION, REPLAYED],
    )
    def post(self, request: Request) -> Response:
        wanted, now = self.sent(RasterImport), self.clock()
        desk, raster = self.meant_for(wanted, Permission.PUBLISH_RASTER)
        content = _content(wanted, known_in(desk.department))

        def keep() -> Answer:
            if raster.pk is None:
                made = draft_from_content(
                    department=desk.department, clinician=raster.clinician, content=content, by=desk.user, now=now
                )
                return _kept(made, made.revision, content)
            done = replace_by_file(raster=raster, content=content, base=wanted["revision"], by=desk.user, now=now)
            if not isinstance(done, Saved):
                title = _("Someone else changed this draft. Look at it again first.")
                raise Refused(Problem("changed-meanwhile", title, 409, extra={"revision": done.revision}))
            return _kept(raster, done.revision, content)

        return answer_once(request, actor=desk.actor, now=now, act=keep)


def _content(wanted: dict[str, Any], known: Known) -> RasterContent:
    read = read_file(wanted["sheet"], known) if "sheet" in wanted else read_document(wanted["document"], known)
    if not isinstance(read, RasterContent):
        raise Refused(_unreadable(read))
    return read


def _unreadable(mistakes: Mistakes) -> Problem:
    told = [
        {
            "line": mistake.line,
            "pointer": mistake.pointer,
            "field": mistake.field,
            "id": mistake.id.value,
            "wrong": what_is_wrong(mistake),
            "remedy": what_to_do(mistake),
        }
        for mistake in mistakes
    ]
    title = _("This raster cannot be read. Nothing was kept.")
    return Problem("raster-unreadable", title, 400, extra={"mistakes": told})


def _kept(raster: Raster, revision: int, content: RasterContent) -> Answer:
    told = {"id": raster.pk, "name": content.name, "revision": revision, "blocks": len(content.blocks)}
    return Answer(201, dict(ImportedOut(told).data), {"Location": reverse("api-raster", args=[raster.pk])})


def _told(finding: Finding, content: RasterContent, names: Names, known: Known) -> dict[str, Any]:
    fix = finding.fix
    return {
        "id": finding.id.value,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "blocks": [_position(key) for key in finding.keys],
        "weekday": None if finding.weekday is None else WEEKDAYS[finding.weekday],
        "start": finding.start,
        "end": finding.end,
        "facts": _facts(finding),
        "sentence": finding_sentence(finding, names),
        "fix": fix
        and {
            "id": fix.id.value,
            "facts": fix.facts,
            "sentence": fix_label(fix, names),
            "changes": patch_of(content, fix, known),
        },
    }


def _position(key: int) -> int:
    """What was read has the keys 1, 2, 3 in the order of the document."""
    return key - 1


def _facts(finding: Finding) -> dict[str, int]:
    """A fact names a block as `blocks` does, unless it is one of a colleague's raster."""
    facts = dict(finding.facts)
    if "block" in facts and "raster" not in facts:
        facts["block"] = _position(facts["block"])
    return facts

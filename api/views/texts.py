"""The texts of a department's messages: read, checked, saved, and brought back."""

from typing import Any, NoReturn

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import StaffEndpoint
from api.problems import Problem, Refused
from api.schema import describe
from api.serializers.staff import DepartmentQuery
from api.serializers.texts import (
    CheckIt,
    JudgedOut,
    RestoreText,
    SaveIt,
    TextConflict,
    TextOut,
    TextProblem,
    TextsOut,
    TextVersions,
    finding_told,
    judged_told,
    version_told,
)
from notifications.actions.texts import ChangedMeanwhile, Problems, restore_default, restore_version, save_text
from notifications.content.defaults import all_keys, default_text
from notifications.content.findings import TextFinding
from notifications.content.text import Text, TextKey
from notifications.models import MessageText
from notifications.text_overview import texts_at_a_glance
from notifications.text_preview import judge
from notifications.texts import history_of, text_for
from people.desks import Desk
from people.models import Department
from people.permissions import Permission

VIEW, CHANGE = "view.text", "change.text"


class TextsOfDepartment(StaffEndpoint):
    @describe(
        "texts_list",
        "Every text of a department: whose words count, and what is wrong with them.",
        TextsOut,
        parameters=[DepartmentQuery],
    )
    def get(self, request: Request) -> Response:
        desk = self.desk(self.asked(DepartmentQuery)["department"], Permission.SEE_TEXTS, VIEW)
        rows = [
            {
                **each.key._asdict(),
                "version": each.version,
                "is_default": each.is_default,
                "changed_at": each.changed_at,
                "changed_by": each.changed_by,
                "errors": each.errors,
                "warnings": each.warnings,
            }
            for each in texts_at_a_glance(desk.department)
        ]
        return Response(TextsOut({"texts": rows}).data)


class TextEndpoint(StaffEndpoint):
    """kind, channel, language and form stand in the address."""

    def place(self, department: int, permission: Permission, action: str, **named: str) -> tuple[Desk, TextKey]:
        desk, key = self.desk(department, permission, action), TextKey(**named)
        if key not in all_keys():
            raise Http404
        return desk, key


class OneText(TextEndpoint):
    @describe("texts_read", "The words that count, beside the default.", TextOut, parameters=[DepartmentQuery])
    def get(self, request: Request, **named: str) -> Response:
        desk, key = self.place(self.asked(DepartmentQuery)["department"], Permission.SEE_TEXTS, VIEW, **named)
        return Response(_shown(desk.department, key))

    @describe(
        "texts_save",
        "Save other words, as a new version. Errors are refused; warnings unless `with_warnings`.",
        TextOut,
        request=SaveIt,
        refusals=[409],
        problems={400: TextProblem, 409: TextConflict},
    )
    def put(self, request: Request, **named: str) -> Response:
        sent, now = self.sent(SaveIt), self.clock()
        desk, key = self.place(sent["department"], Permission.EDIT_TEXTS, CHANGE, **named)
        found = judge(desk.department, Text(key, sent["body"]))
        if found.warnings and not found.errors and not sent["with_warnings"]:
            title = _("There are warnings. Look at them, or save with them.")
            _refuse("text-warnings", title, 409, findings=[finding_told(each) for each in found.warnings])
        done = save_text(
            department=desk.department,
            **key._asdict(),
            body=sent["body"],
            base_version=sent["version"],
            by=desk.user,
            now=now,
        )
        return Response(_outcome(desk.department, key, done))


class CheckText(TextEndpoint):
    @describe(
        "texts_check",
        "What is wrong with these words, and how they look with an invented appointment. Nothing is saved.",
        JudgedOut,
        request=CheckIt,
    )
    def post(self, request: Request, **named: str) -> Response:
        sent = self.sent(CheckIt)
        desk, key = self.place(sent["department"], Permission.SEE_TEXTS, VIEW, **named)
        found = judge(desk.department, Text(key, sent["body"]), sample=sent["sample"])
        return Response(JudgedOut(judged_told(found)).data)


class VersionsOfText(TextEndpoint):
    @describe("texts_versions", "Every version, with who made it.", TextVersions, parameters=[DepartmentQuery])
    def get(self, request: Request, **named: str) -> Response:
        desk, key = self.place(self.asked(DepartmentQuery)["department"], Permission.SEE_TEXTS, VIEW, **named)
        return Response({"versions": [version_told(row) for row in history_of(desk.department, key)]})


class RestoreOneText(TextEndpoint):
    @describe(
        "texts_restore",
        "Bring back a version as a new one, or the default.",
        TextOut,
        request=RestoreText,
        refusals=[409],
        problems={400: TextProblem, 409: TextConflict},
    )
    def post(self, request: Request, **named: str) -> Response:
        sent, now = self.sent(RestoreText), self.clock()
        desk, key = self.place(sent["department"], Permission.EDIT_TEXTS, CHANGE, **named)
        about: dict[str, Any] = {"department": desk.department, **key._asdict(), "base_version": sent["version"]}
        done: MessageText | Problems | ChangedMeanwhile
        if sent.get("number") is None:
            done = restore_default(**about, by=desk.user, now=now)
        else:
            done = restore_version(**about, version=sent["number"], by=desk.user, now=now)
        return Response(_outcome(desk.department, key, done))


def _outcome(department: Department, key: TextKey, done: MessageText | Problems | ChangedMeanwhile) -> dict[str, Any]:
    if isinstance(done, Problems):
        title = _("This text has errors. Nothing was saved.")
        _refuse("text-errors", title, 400, findings=[finding_told(each) for each in done.findings])
    if isinstance(done, ChangedMeanwhile):
        title = _("Someone else saved this text first. Look at it again.")
        latest = version_told(done.latest) if done.latest else None
        _refuse("changed-meanwhile", title, 409, latest=latest)
    return _shown(department, key)


def _refuse(kind: str, title: str, status: int, **extra: Any) -> NoReturn:
    raise Refused(Problem(kind, title, status, extra=extra))


def _shown(department: Department, key: TextKey) -> dict[str, Any]:
    counting = text_for(department.pk, *key)
    findings: list[TextFinding] = [] if counting.is_default else list(judge(department, counting.text).findings)
    told = {
        **key._asdict(),
        "version": counting.version,
        "is_default": counting.is_default,
        "body": counting.body,
        "default_body": default_text(key).body,
        "findings": [finding_told(each) for each in findings],
    }
    return dict(TextOut(told).data)

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.parsers import BoundedJSON
from api.problems import not_found

Shape = serializers.Serializer[Any]
S = TypeVar("S", bound=Shape)


class Endpoint(APIView):
    """What every endpoint has in common: JSON in, JSON out, nothing kept by anyone in between."""

    parser_classes = [BoundedJSON]
    renderer_classes = [JSONRenderer]
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    clock: Callable[[], datetime] = staticmethod(timezone.now)

    def asked(self, shape: type[S]) -> Any:
        """The query parameters, checked."""
        return _checked(shape, self.request.query_params, self)

    def sent(self, shape: type[S]) -> Any:
        """The body, checked."""
        return _checked(shape, self.request.data, self)

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any) -> Any:
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        answer["Cache-Control"] = "no-store"
        return answer


def _checked(shape: type[S], data: Any, endpoint: Endpoint) -> Any:
    form = shape(data=data, context={"endpoint": endpoint})
    form.is_valid(raise_exception=True)
    return form.validated_data


class Nowhere(Endpoint):
    """Every address under /api/ that is not one: its answer is a problem like any other."""

    authentication_classes = []
    permission_classes: list[type[BasePermission]] = []
    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = not_found().response()
        answer["Cache-Control"] = "no-store"
        return answer

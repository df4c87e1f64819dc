import gzip
from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise streams from a blocking file: ASGI would read it whole in a thread, and warn. Ours are small."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        if found.status == HTTPStatus.OK and content and _may_compress(request, response):
            _compress(response)
        return response


def _may_compress(request: HttpRequest, response: HttpResponse) -> bool:
    """Where collectstatic made no compressed copy beside the file: the first view of an old phone must stay light."""
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    return (
        accepted and not response.has_header("Content-Encoding") and response["Content-Type"].startswith(COMPRESSIBLE)
    )


def _compress(response: HttpResponse) -> None:
    response.content = _gzipped(response.content)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    patch_vary_headers(response, ["Accept-Encoding"])


@lru_cache(maxsize=256)
def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)

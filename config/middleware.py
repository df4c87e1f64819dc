import time
from collections.abc import Awaitable, Callable

import structlog
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

log = structlog.get_logger("videopoli.web")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
GetResponseAsync = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def request_log(get_response: GetResponse | GetResponseAsync) -> GetResponse | GetResponseAsync:
    """One line per request: the route's name, never the path, which may hold a patient's link."""

    def write(request: HttpRequest, response: HttpResponseBase, began: float) -> None:
        match = request.resolver_match
        route = match.view_name if match else "-"
        if route != "static" and not request.path.startswith("/static/"):
            ms = round((time.perf_counter() - began) * 1000)
            log.info("request", method=request.method, route=route, status=response.status_code, ms=ms)

    if iscoroutinefunction(get_response):

        async def from_async(request: HttpRequest) -> HttpResponseBase:
            began = time.perf_counter()
            response: HttpResponseBase = await get_response(request)
            write(request, response, began)
            return response

        return from_async

    def from_sync(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response: HttpResponseBase = get_response(request)  # type: ignore[assignment]
        write(request, response, began)
        return response

    return from_sync


@sync_and_async_middleware
def language(get_response: GetResponse | GetResponseAsync) -> GetResponse | GetResponseAsync:
    """Dutch unless someone chose otherwise: a borrowed English telephone should not decide for a patient."""

    def chosen(request: HttpRequest) -> str:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    if iscoroutinefunction(get_response):

        async def from_async(request: HttpRequest) -> HttpResponseBase:
            request.LANGUAGE_CODE = chosen(request)
            with translation.override(request.LANGUAGE_CODE):
                response: HttpResponseBase = await get_response(request)
            return response

        return from_async

    def from_sync(request: HttpRequest) -> HttpResponseBase:
        request.LANGUAGE_CODE = chosen(request)
        with translation.override(request.LANGUAGE_CODE):
            response: HttpResponseBase = get_response(request)  # type: ignore[assignment]
        return response

    return from_sync

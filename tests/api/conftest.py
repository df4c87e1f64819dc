"""Clients of the API: a program that works for a member of staff, and one that holds a personal link."""

import json
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make

PREFIX = "/api/v1/"


def address(name, **kwargs):
    return reverse(name, kwargs=kwargs or None)


@dataclass
class Program:
    """`send("post", "api-appointments", {...})`; headers as HTTP names them."""

    client: Client
    headers: dict = field(default_factory=dict)

    def send(self, method, name, body=None, *, query=None, headers=None, **kwargs):
        where = name if name.startswith("/") else address(name, **kwargs)
        extra = {"headers": {**self.headers, **(headers or {})}}
        if method == "get":
            return self.client.get(where, query or {}, **extra)
        content = json.dumps(body if body is not None else {})
        return getattr(self.client, method)(where, content, content_type="application/json", **extra)

    def get(self, name, query=None, *, headers=None, **kwargs):
        return self.send("get", name, query=query, headers=headers, **kwargs)

    def post(self, name, body=None, *, headers=None, **kwargs):
        return self.send("post", name, body, headers=headers, **kwargs)

    def put(self, name, body=None, *, headers=None, **kwargs):
        return self.send("put", name, body, headers=headers, **kwargs)

    def delete(self, name, *, headers=None, **kwargs):
        return self.send("delete", name, headers=headers, **kwargs)


@pytest.fixture
def staff():
    """A program with the session of this user."""

    def sign_in(user):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return Program(client)

    return sign_in


@pytest.fixture
def anyone():
    return Program(Client(raise_request_exception=False))


@pytest.fixture
def holder():
    """A program that holds the personal link of an appointment; `born` sends the birth date along."""

    def hold(appointment, *, born=True, now=None):
        _link, path = make.personal_link(appointment, now=now)
        headers = {"Authorization": f"Link {path.removeprefix('/v/')}"}
        if born is not False:
            given = appointment.patient.birth_date if born is True else born
            headers["Birth-Date"] = given if isinstance(given, str) else given.isoformat()
        return Program(Client(raise_request_exception=False), headers)

    return hold


def kind_of(response):
    """Which problem this is, having checked that it is one."""
    assert response["Content-Type"] == "application/problem+json", response.content
    document = response.json()
    assert document["status"] == response.status_code
    assert document["title"]
    return document["type"].removeprefix("urn:videopoli:problem:")

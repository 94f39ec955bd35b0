"""Routing by the raw path."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.operations import Match, Operation, Router, Upload, WrongVerb

OPERATIONS = (
    Operation("drafts.list", "GET", "/v1/users/{userId}/drafts"),
    Operation("drafts.create", "POST", "/v1/users/{userId}/drafts"),
    Operation("drafts.get", "GET", "/v1/users/{userId}/drafts/{id}"),
    Operation("drafts.delete", "DELETE", "/v1/users/{owner}/drafts/{draft}"),
    Operation("drafts.send", "POST", "/v1/users/{userId}/drafts/send"),
    Operation("keys.get", "GET", "/v1/keys/{keyId}"),
    Operation("keys.disable", "POST", "/v1/keys/{keyId}:disable"),
    Operation("files.get", "GET", "/files/{+name}"),
    Operation("files.copy", "POST", "/files/{+name}:copy"),
    Operation("root", "GET", "/"),
)


@pytest.fixture
def router() -> Router:
    return Router(OPERATIONS)


@pytest.mark.parametrize(
    ("verb", "path", "operation", "parameters"),
    [
        ("GET", "/v1/users/me/drafts", "drafts.list", {"userId": "me"}),
        ("POST", "/v1/users/me/drafts", "drafts.create", {"userId": "me"}),
        ("GET", "/v1/users/a%40b.c/drafts/r-1", "drafts.get", {"userId": "a@b.c", "id": "r-1"}),
        ("GET", "/v1/users/me/drafts/a%2Fb", "drafts.get", {"userId": "me", "id": "a/b"}),
        ("GET", "/v1/users/me/drafts/a%252Fb", "drafts.get", {"userId": "me", "id": "a%2Fb"}),
        ("DELETE", "/v1/users/me/drafts/1", "drafts.delete", {"owner": "me", "draft": "1"}),
        ("POST", "/v1/users/me/drafts/send", "drafts.send", {"userId": "me"}),
        ("POST", "/v1/users/me/drafts/s%65nd", "drafts.send", {"userId": "me"}),
        ("GET", "/v1/users/me/drafts/send", "drafts.get", {"userId": "me", "id": "send"}),
        ("HEAD", "/v1/users/me/drafts", "drafts.list", {"userId": "me"}),
        ("POST", "/v1/keys/k1:disable", "keys.disable", {"keyId": "k1"}),
        ("POST", "/v1/keys/k:1:disable", "keys.disable", {"keyId": "k:1"}),
        ("GET", "/v1/keys/k1:disable", "keys.get", {"keyId": "k1:disable"}),
        ("GET", "/files/a/b/c.txt", "files.get", {"name": "a/b/c.txt"}),
        ("POST", "/files/a/b:copy", "files.copy", {"name": "a/b"}),
        ("GET", "/", "root", {}),
    ],
)
def test_finds_the_operation_and_its_parameters(
    router: Router, verb: str, path: str, operation: str, parameters: dict[str, str]
) -> None:
    match = router.match(verb, path)
    assert isinstance(match, Match)
    assert (match.operation.id, dict(match.path_parameters)) == (operation, parameters)


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/users/me", "/v1/users/me/drafts/", "/v1/users//drafts", "/v1/users/me/drafts/1/2", "/files/", ""],
)
def test_answers_nothing_for_a_path_nobody_has(router: Router, path: str) -> None:
    if path == "":
        assert isinstance(router.match("GET", path), Match), "an empty path is the root"
    else:
        assert router.match("GET", path) is None


def test_tells_which_verbs_a_known_path_takes(router: Router) -> None:
    assert router.match("PUT", "/v1/users/me/drafts") == WrongVerb(frozenset({"GET", "POST"}))
    assert router.match("PATCH", "/v1/users/me/drafts/send") == WrongVerb(frozenset({"GET", "POST", "DELETE"}))
    assert router.match("HEAD", "/v1/keys/k:disable") is not None
    assert router.match("DELETE", "/v1/keys/k:disable") == WrongVerb(frozenset({"GET", "POST"}))


def test_media_paths_lead_to_the_same_operation_and_say_which_was_used() -> None:
    upload = Upload(("message/*",), 10, ("/upload/v1/send", "/resumable/upload/v1/send"))
    router = Router((Operation("send", "POST", "/v1/send", upload=upload),))
    for path in ("/v1/send", "/upload/v1/send", "/resumable/upload/v1/send"):
        match = router.match("POST", path)
        assert isinstance(match, Match)
        assert (match.operation.id, match.path) == ("send", path)


def test_refuses_a_second_operation_for_the_same_verb_and_shape(router: Router) -> None:
    with pytest.raises(ValueError, match=r"drafts\.show is already taken by drafts\.get"):
        router.add(Operation("drafts.show", "GET", "/v1/users/{who}/drafts/{which}"))


@pytest.mark.parametrize("path", ["/a/x{b}", "/a/{b}{c}", "/{+rest}/more", "/a/{b", "/a/{}"])
def test_refuses_a_template_it_cannot_route(path: str) -> None:
    with pytest.raises(ValueError, match="cannot route"):
        Router((Operation("odd", "GET", path),))


def test_lists_every_operation_once(router: Router) -> None:
    assert sorted(operation.id for operation in router) == sorted(operation.id for operation in OPERATIONS)


@given(st.text(min_size=1).filter(lambda text: text != "send"))
def test_any_identifier_survives_encoding(identifier: str) -> None:
    raw = quote(identifier.encode("utf-8", "replace"), safe="")
    match = Router(OPERATIONS).match("DELETE", f"/v1/users/me/drafts/{raw}")
    assert isinstance(match, Match)
    assert match.path_parameters["draft"] == identifier.encode("utf-8", "replace").decode()

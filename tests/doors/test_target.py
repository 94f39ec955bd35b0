"""Request targets and authorities, read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.doors.target import Authority, Target, TargetError, is_loopback


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("Gmail.GoogleApis.com", "gmail.googleapis.com", None),
        ("gmail.googleapis.com.:443", "gmail.googleapis.com", 443),
        ("[::1]:8080", "::1", 8080),
        ("[::1]", "::1", None),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("host:", "host", None),
    ],
)
def test_authorities(text: str, host: str, port: int | None) -> None:
    assert Authority.parse(text) == Authority(host, port)


@pytest.mark.parametrize(
    "text",
    ["", ":80", "[::1", "[::1]80", "a b", "a/b", "user@host", "host:-1", "host:65536", "host:80:90", "host:٣", "hö"],
)
def test_what_is_no_authority(text: str) -> None:
    with pytest.raises(TargetError):
        Authority.parse(text)


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        (b"/a%2Fb?x=1?y", Target("/a%2Fb", "x=1?y")),
        (b"//double//slash", Target("//double//slash", "")),
        (b"*", Target("*", "")),
        (b"/a#fragment", Target("/a", "")),
        (b"HTTP://Host.Example:81/p?q", Target("/p", "q", Authority("host.example", 81), "http")),
        (b"http://host?q", Target("/", "q", Authority("host", None), "http")),
        (b"http://user:pass@host/", Target("/", "", Authority("host", None), "http")),
    ],
)
def test_targets(raw: bytes, target: Target) -> None:
    assert Target.parse(raw) == target


@pytest.mark.parametrize("raw", [b"", b"x", b"host:443", "/café".encode(), b"http:///path", b"http://:80/"])
def test_what_is_no_target(raw: bytes) -> None:
    with pytest.raises(TargetError):
        Target.parse(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_target_or_an_error(raw: bytes) -> None:
    try:
        target = Target.parse(raw)
    except TargetError:
        return
    assert target.path.startswith("/") or target.path == "*"


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "10.0.0.1", "127.0.0.1.example.com", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)

"""Whatever the parameters, the endpoint and its pages answer as Google does, and a refusal changes nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.services.google.oauth.authorization import PARAMETERS
from emulator.services.google.oauth.blocked import AuthError, read_auth_error

PATHS = (
    *("/o/oauth2/auth", "/o/oauth2/v2/auth", "/v3/signin/identifier"),
    *("/signin/oauth/warning", "/signin/oauth/consent", "/signin/oauth/error"),
)
TEXT = st.text(max_size=60)
LIKELY = st.sampled_from(
    [
        *("code", "token id_token", "none", "openid", "email profile", "https://www.googleapis.com/auth/gmail.send"),
        *("true", "false", "offline", "consent", "none", "select_account", "S256", "plain", "query", "form_post"),
        *("http://localhost:1/", "urn:ietf:wg:oauth:2.0:oob", "http://10.0.0.1/", "é", "\x00", "a" * 43, "a" * 5000),
    ]
)
PAIRS = st.lists(st.tuples(st.sampled_from([*PARAMETERS, "part", "form", "action"]) | TEXT, LIKELY | TEXT), max_size=8)
ONE_WORLD = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONE_WORLD
@given(path=st.sampled_from(PATHS), pairs=PAIRS, plain=st.booleans(), post=st.booleans())
def test_nothing_makes_it_fail(site, path, pairs, plain, post):
    before = site.rows()
    names = {name for name, _ in pairs}
    given = [pair for pair in site.query() if plain and pair[0] not in names] + pairs
    reply = site.post(path, given) if post else site.get(path, given)
    assert reply.status in {200, 302, 400, 401, 403, 405, 404}
    assert not site.app.journal.crashes
    refused = urlsplit(reply.headers.get("location")).path == "/signin/oauth/error" or reply.status >= 400
    if refused:
        assert site.rows() == before
    site.app.journal.clear()


@settings(max_examples=200, deadline=None)
@given(
    status=st.integers(400, 599),
    code=st.text(st.characters(codec="ascii")),
    message=st.text(),
    details=st.lists(st.tuples(st.text(st.characters(codec="ascii")), st.text(st.characters(codec="utf-8")))),
)
def test_the_error_parameter_reads_back(status, code, message, details):
    error = AuthError(status, code, message.encode("utf-8", "replace").decode(), tuple(details))
    assert read_auth_error(error.encoded()) == error


@settings(max_examples=200, deadline=None)
@given(st.text() | st.binary().map(lambda data: __import__("base64").urlsafe_b64encode(data).decode()))
def test_any_error_parameter_is_read_or_refused(text):
    found = read_auth_error(text)
    assert found is None or 400 <= found.status <= 599

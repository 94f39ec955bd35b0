"""Arguments of a call."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.http import Call, Headers
from emulator.services.google.discovery import load
from emulator.services.google.errors import ApiError, BadRequest
from emulator.services.google.parameters import Arguments, bind, honour_method_override
from emulator.services.google.refusals import OutOfRange, RequiredParameter, TranscodingError

JSON = {"Content-Type": "application/json"}
LIST = "gmail.users.messages.list"


def call(query: str = "", body: bytes = b"", verb: str = "GET", headers: dict[str, str] | None = None) -> Call:
    return Call(verb, "gmail.googleapis.com", "/", query, Headers(headers or JSON), body)


def bound(operation: str, query: str = "", body: bytes = b"", **options: dict[str, int]) -> Arguments:
    surface = load(operation.partition(".")[0])
    path = {"userId": "me"} if surface.name == "gmail" else {}
    return bind(surface, surface.operation[operation], call(query, body), path, ceilings=options.get("ceilings"))


def complaint(operation: str, query: str = "", body: bytes = b"") -> str:
    with pytest.raises(ApiError) as refused:
        bound(operation, query, body)
    return refused.value.message


def test_defaults_are_filled_in_and_what_was_given_is_known() -> None:
    arguments = bound(LIST, "q=is%3Aunread")
    assert dict(arguments) == {"userId": "me", "q": "is:unread", "maxResults": 100, "includeSpamTrash": False}
    assert arguments.given == {"userId", "q"}
    assert (arguments.text("pageToken"), arguments.texts("labelIds")) == ("", ())


def test_repeated_keys_collect_and_single_ones_keep_the_last() -> None:
    arguments = bound(LIST, "labelIds=A&labelIds=B+C&maxResults=1&maxResults=2")
    assert arguments.texts("labelIds") == ("A", "B C")
    assert arguments.integer("maxResults") == 2


def test_snake_case_names_are_the_same_parameters() -> None:
    arguments = bound(LIST, "max_results=7&label_ids=A&include_spam_trash=true")
    assert (arguments.integer("maxResults"), arguments.texts("labelIds")) == (7, ("A",))
    assert arguments.flag("includeSpamTrash")


def test_a_ceiling_lowers_and_does_not_refuse() -> None:
    assert bound(LIST, "maxResults=900", ceilings={"maxResults": 500}).integer("maxResults") == 500
    assert bound(LIST, "maxResults=3", ceilings={"maxResults": 500}).integer("maxResults") == 3


def test_64_bit_strings_and_timestamps_are_typed() -> None:
    assert (
        bound("gmail.users.history.list", "startHistoryId=18446744073709551615").integer("startHistoryId") == 2**64 - 1
    )
    arguments = bound("youtube.search.list", "part=snippet&publishedAfter=2026-01-01T00%3A00%3A00Z")
    assert arguments.moment("publishedAfter") == datetime(2026, 1, 1, tzinfo=UTC)
    assert arguments.moment("publishedBefore") is None


def test_asking_for_another_type_than_declared_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="maxResults is int, not str"):
        bound(LIST).text("maxResults")


@pytest.mark.parametrize(
    ("operation", "query", "message"),
    [
        (LIST, "maxResults=x", "Invalid value at 'max_results' (TYPE_UINT32), \"x\""),
        (LIST, "maxResults=5%2F1a", "Invalid value at 'max_results' (TYPE_UINT32), \"5/1a\""),
        (LIST, "maxResults=-1", "Invalid value at 'max_results' (TYPE_UINT32), \"-1\""),
        (LIST, "includeSpamTrash=maybe", "Invalid value at 'include_spam_trash' (TYPE_BOOL), \"maybe\""),
        (
            "gmail.users.history.list",
            "startHistoryId=abc",
            "Invalid value at 'start_history_id' (TYPE_UINT64), \"abc\"",
        ),
        ("gmail.users.settings.cse.keypairs.list", "pageSize=x", "Invalid value at 'page_size' (TYPE_INT32), \"x\""),
        ("gmail.users.messages.get", "format=huge", "Invalid value at 'format' (TYPE_ENUM), \"huge\""),
        (
            LIST,
            "foo=1",
            (
                'Invalid JSON payload received. Unknown name "foo": Cannot bind query parameter. '
                "Field 'foo' could not be found in request message."
            ),
        ),
        (
            "youtube.search.list",
            "part=id&published_before=2026",
            (
                "Invalid value at 'published_before' (type.googleapis.com/google.protobuf.Timestamp), "
                "Field 'published_before', Illegal timestamp format; timestamps must end with 'Z' or have a valid "
                "timezone offset."
            ),
        ),
        (LIST, "alt=zzz", "Invalid value \"zzz\" for query parameter 'alt'"),
        (LIST, "alt=media", 'Unsupported alt type "media" for non byte stream request.'),
        (LIST, "$.xgafv=3", "Invalid query parameters. Invalid value '3' for system query parameter : $.xgafv"),
        (
            LIST,
            "callback=a(b)",
            "Invalid JSONP callback name: 'a(b)'; only alphabet, number, '_', '$', '.', '[' and ']' are allowed.",
        ),
        (LIST, "fields=foo", "Invalid field selection foo"),
        ("youtube.search.list", "", "Required parameter: part"),
        ("youtube.search.list", "part=", "Required parameter: part"),
        (
            "youtube.search.list",
            "part=id&maxResults=99",
            "Invalid value '99'. Values must be within the range: [0, 50]",
        ),
    ],
)
def test_complaints_are_googles(operation: str, query: str, message: str) -> None:
    assert complaint(operation, query) == message


def test_every_violation_of_a_query_is_listed() -> None:
    with pytest.raises(TranscodingError) as refused:
        bound(LIST, "foo=1&maxResults=x")
    assert [violation.field for violation in refused.value.violations] == ["", "max_results"]


def test_standard_parameters_are_accepted_everywhere() -> None:
    query = (
        "alt=json&key=K&access_token=T&oauth_token=T&prettyPrint=false&quotaUser=u&uploadType=media&upload_protocol=raw"
        "&$.xgafv=2&callback=cb&fields=messages/id&upload_id=U&alt=media"
    )
    arguments = bound("youtube.captions.download", query.replace("&fields=messages/id", ""))
    assert arguments.presentation.pretty is False
    assert bound(LIST, query.removesuffix("&alt=media")).selection is not None


def test_errors_have_the_shape_of_their_layer() -> None:
    with pytest.raises(OutOfRange) as out_of_range:
        bound("youtube.search.list", "part=id&maxResults=99")
    assert out_of_range.value.value()["error"]["errors"][0]["location"] == "maxResults"
    with pytest.raises(RequiredParameter) as required:
        bound("youtube.search.list")
    assert required.value.value()["error"]["errors"][0] == {
        "message": "Required parameter: part",
        "domain": "global",
        "reason": "required",
        "location": "part",
        "locationType": "parameter",
    }
    with pytest.raises(BadRequest) as bad:
        bound(LIST, "alt=zzz")
    assert bad.value.value()["error"]["errors"][0]["reason"] == "badRequest"


def test_the_body_is_bound_to_the_request_schema() -> None:
    modify = "gmail.users.messages.modify"
    assert bound(modify, body=b'{"addLabelIds":["STARRED"]}').body == {"addLabelIds": ["STARRED"]}
    assert bound(modify).body == {}
    assert complaint(modify, body=b'{"foo":1}').endswith('Unknown name "foo": Cannot find field.')
    assert bound(LIST, body=b"not json, and a GET has no body").body == {}


def test_a_form_body_counts_as_query() -> None:
    surface = load("gmail")
    form = call("", b'{"raw":1}', "POST", {"Content-Type": "application/x-www-form-urlencoded"})
    with pytest.raises(TranscodingError, match="Cannot bind query parameter"):
        bind(surface, surface.operation["gmail.users.messages.send"], form, {"userId": "me"})


def test_an_upload_brings_its_own_json_part() -> None:
    surface = load("gmail")
    media = call("uploadType=multipart", b"--boundary...", "POST", {"Content-Type": "multipart/related"})
    operation = surface.operation["gmail.users.messages.send"]
    arguments = bind(surface, operation, media, {"userId": "me"}, body=b'{"threadId":"t"}')
    assert arguments.body == {"threadId": "t"}


def test_a_reply_is_trimmed_and_written_as_asked() -> None:
    arguments = bound(LIST, "fields=messages/id&prettyPrint=false")
    reply = arguments.reply({"messages": [{"id": "1", "threadId": "1"}], "resultSizeEstimate": 1})
    assert reply.body == b'{"messages":[{"id":"1"}]}'
    assert arguments.reply(None).status == 204


def test_a_long_get_sent_as_a_post_is_a_get_again() -> None:
    query = urlencode({"q": "x" * 2100, "alt": "json"})
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-HTTP-Method-Override": "GET"}
    honoured = honour_method_override(call("prettyPrint=false", query.encode(), "POST", form))
    assert (honoured.verb, honoured.body) == ("GET", b"")
    assert dict(honoured.query_pairs) == {"prettyPrint": "false", "q": "x" * 2100, "alt": "json"}
    surface = load("gmail")
    assert bind(surface, surface.operation[LIST], honoured, {"userId": "me"}).text("q") == "x" * 2100


def test_an_override_of_another_verb_keeps_the_body_and_a_get_has_none() -> None:
    patch = call("", b"{}", "POST", {**JSON, "X-HTTP-Method-Override": "patch"})
    assert (honour_method_override(patch).verb, honour_method_override(patch).body) == ("PATCH", b"{}")
    plain = call(verb="GET", headers={"X-HTTP-Method-Override": "DELETE"})
    assert honour_method_override(plain) is plain


NAMES = st.sampled_from(
    ("q", "maxResults", "max_results", "labelIds", "format", "alt", "fields", "$.xgafv", "callback", "part", "key", "x")
)


@given(st.sampled_from([LIST, "gmail.users.messages.get", "youtube.search.list"]), st.text())
def test_any_query_text_is_bound_or_refused(operation: str, query: str) -> None:
    _bind_or_refuse(operation, query)


@given(st.sampled_from([LIST, "youtube.videos.list"]), st.lists(st.tuples(NAMES, st.text(max_size=12)), max_size=5))
def test_any_pairs_are_bound_or_refused(operation: str, pairs: list[tuple[str, str]]) -> None:
    _bind_or_refuse(operation, urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs]))


def _bind_or_refuse(operation: str, query: str) -> None:
    refusal: ApiError | None = None
    try:
        bound(operation, query)
    except ApiError as error:
        refusal = error
    assert refusal is None or json.loads(refusal.reply().body)["error"]["code"] == 400

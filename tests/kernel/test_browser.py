"""The browser without a window, against pages made up for the test."""

from __future__ import annotations

import pytest

from emulator.kernel.browser import Browser, BrowserError
from emulator.kernel.http import Call, Headers, Reply

FORM = """
<main data-page="question" data-kind="tea"><form method="POST" action="answer?x=1">
<input type="hidden" name="token" value="t&amp;1">
<input name="name" value="Ada">
<input type="checkbox" name="scope" value="a"><input type="checkbox" name="scope" value="b" checked>
<select name="term"><option value="">ever</option><option value="60" selected>a minute</option></select>
<button name="action" value="yes">Yes</button><button name="action" value="no">No</button>
<input type="submit"><input type="text">
</form></main><form action="/search"><input name="q" value="1"></form>
"""


def browser(answers):
    calls: list[Call] = []

    def respond(call: Call) -> Reply:
        calls.append(call)
        return answers[call.path]

    return Browser(respond, lambda host: host == "site.example"), calls


def moved(location, *cookies):
    return Reply(302, Headers([("Location", location), *(("Set-Cookie", cookie) for cookie in cookies)]))


def test_a_form_sends_what_a_browser_sends():
    walker, calls = browser({"/ask/": Reply.text(FORM), "/ask/answer": Reply.text("done")})
    page = walker.open("https://site.example/ask/")
    assert (page.marker, dict(page.facts)) == ("question", {"data-page": "question", "data-kind": "tea"})
    form = page.forms[0]
    assert form.offered("button", "action") == ("yes", "no")
    sent = form.filled(("action", "yes"), ticked=["a"], written={"name": "Grace", "term": ""})
    assert sent == [("token", "t&1"), ("name", "Grace"), ("scope", "a"), ("term", ""), ("action", "yes")]
    assert walker.submit(form, sent).text == "done"
    assert (calls[-1].verb, calls[-1].path, calls[-1].query) == ("POST", "/ask/answer", "x=1")
    assert list(calls[-1].form_pairs) == sent


def test_defaults_are_sent_where_nothing_is_written_and_hidden_fields_cannot_be():
    walker, _ = browser({"/": Reply.text(FORM)})
    form = walker.open("https://site.example").forms[0]
    assert form.filled(written={"token": "mine"}) == [("token", "t&1"), ("name", "Ada"), ("term", "60")]


@pytest.mark.parametrize(
    ("press", "written", "message"),
    [(("action", "maybe"), {}, "no button action=maybe"), (None, {"term": "7"}, "term cannot be '7'")],
)
def test_what_the_form_does_not_offer_is_a_mistake(press, written, message):
    walker, _ = browser({"/": Reply.text(FORM)})
    with pytest.raises(BrowserError, match=message):
        walker.open("https://site.example").forms[0].filled(press, written=written)


def test_a_get_form_goes_into_the_query():
    walker, calls = browser({"/": Reply.text(FORM), "/search": Reply.text("found")})
    form = walker.open("https://site.example").forms[1]
    assert walker.submit(form, form.filled()).text == "found"
    assert calls[-1].query == "q=1"


def test_cookies_are_kept_per_site_and_sent_back():
    walker, calls = browser({"/": moved("/b", "a=1; Path=/", "b=2"), "/b": moved("/c", "a=3"), "/c": Reply.text("")})
    walker.open("https://site.example/")
    assert [call.headers.get("cookie") for call in calls] == ["", "a=1; b=2", "a=3; b=2"]


@pytest.mark.parametrize(
    "target", ["http://localhost:9/cb?code=4%2F0", "http://127.0.0.1:9/", "https://elsewhere.example/"]
)
def test_it_stops_where_an_app_takes_over(target):
    walker, calls = browser({"/": moved(target)})
    page = walker.open("https://site.example/")
    assert (page.left, page.url, len(calls)) == (True, target, 1)


def test_on_the_loopback_base_url_other_ports_are_apps():
    calls = []

    def respond(call):
        calls.append(call.path)
        return moved("/b") if call.path == "/a" else moved("http://127.0.0.1:9/")

    page = Browser(respond, lambda host: host == "127.0.0.1").open("http://127.0.0.1:4010/a")
    assert (page.left, page.url, calls) == (True, "http://127.0.0.1:9/", ["/a", "/b"])


def test_query_and_fragment_are_the_answer():
    walker, _ = browser({"/": moved("http://localhost:9/cb?code=4%2F0&state=#access_token=t")})
    assert walker.open("https://site.example/").answer == {"code": "4/0", "state": "", "access_token": "t"}


def test_endless_redirects_end():
    walker, calls = browser({"/": moved("/")})
    with pytest.raises(BrowserError, match="more than 20 redirects"):
        walker.open("https://site.example/")
    assert len(calls) == 20


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "nonsense", ""])
def test_other_sites_are_not_walked(url):
    walker, calls = browser({})
    with pytest.raises(BrowserError, match="not emulated"):
        walker.open(url)
    assert calls == []

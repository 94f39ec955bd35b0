"""The device flow: codes for a television, polls, and the person's answer (probe 23)."""

from __future__ import annotations

import json
import re

import pytest

from emulator.kernel.http import Call, Headers
from emulator.kernel.live import UnknownName

YOUTUBE = "https://www.googleapis.com/auth/youtube.readonly"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SEED = """
projects:
  - {id: shop, number: 300000000003, publishing_status: production}
  - {id: inner, number: 300000000001, user_type: internal, organization: corp.example}
  - {id: trial, number: 300000000002, test_users: [u@example.com]}
clients:
  - {name: TV, project: shop, type: tv}
  - {name: TV-inner, project: inner, type: tv}
  - {name: TV-trial, project: trial, type: tv}
"""


@pytest.fixture(autouse=True)
def _televisions(house):
    house.plant(SEED)


def body(reply):
    return json.loads(reply.body)


def start(house, scope=f"openid {YOUTUBE}", client="TV"):
    reply = house.post("/device/code", {"client_id": house.google.client(client).client_id, "scope": scope})
    assert reply.status == 200, reply.body
    return body(reply)


def poll(house, device, client="TV", **changes):
    chosen = house.google.client(client)
    form = {
        "grant_type": GRANT,
        "device_code": device["device_code"],
        "client_id": chosen.client_id,
        "client_secret": chosen.secret,
    }
    return house.post("/token", {name: value for name, value in (form | changes).items() if value is not None})


def refused(reply):
    return reply.status, *[body(reply).get(name) for name in ("error", "error_description")]


def test_a_television_is_given_two_codes(house):
    device = start(house)
    assert list(device) == ["device_code", "user_code", "expires_in", "interval", "verification_url"]
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", device["user_code"])
    assert (device["expires_in"], device["interval"]) == (1800, 5)
    assert device["verification_url"] == "https://www.google.com/device"


def test_polls_wait_for_the_person_and_then_bring_tokens_once(house):
    device = start(house)
    assert refused(poll(house, device)) == (428, "authorization_pending", "Precondition Required")
    house.google.approve_device(device["user_code"], "U@example.com")
    house.clock.advance(5)
    answer = body(poll(house, device))
    assert set(answer["scope"].split()) == {"openid", YOUTUBE}
    assert answer["refresh_token"].startswith("1//0")
    assert answer["id_token"]
    assert refused(poll(house, device)) == (400, "invalid_grant", "Bad Request")
    assert house.last.cause == "device_code_used"


def test_polls_too_close_together_are_slowed_down(house):
    device = start(house)
    poll(house, device)
    house.clock.advance(4)
    assert refused(poll(house, device)) == (403, "slow_down", "Forbidden")
    house.clock.advance(5)
    assert refused(poll(house, device))[0] == 428


def test_a_refusal_is_told(house):
    device = start(house)
    house.google.deny_device(device["user_code"].lower().replace("-", " "))
    assert refused(poll(house, device)) == (403, "access_denied", "Forbidden")


def test_codes_live_half_an_hour(house):
    device = start(house)
    house.clock.advance(minutes=30)
    assert refused(poll(house, device)) == (400, "expired_token", "Bad Request")
    with pytest.raises(UnknownName):
        house.google.approve_device(device["user_code"], "u@example.com")


def test_an_internal_project_refuses_a_stranger_at_the_poll(house):
    device = start(house, client="TV-inner")
    house.google.approve_device(device["user_code"], "u@example.com")
    assert refused(poll(house, device, "TV-inner")) == (403, "org_internal", "Forbidden")
    house.google.user("u@example.com").organization = "corp.example"
    assert poll(house, device, "TV-inner").status == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"device_code": None}, (400, "invalid_request", "Missing required parameter: device_code")),
        ({"device_code": "nothing"}, (400, "invalid_grant", "Bad Request")),
        ({"client_secret": "wrong"}, (401, "invalid_client", "Unauthorized")),
    ],
)
def test_each_mistake_of_a_poll_has_its_answer(house, changes, expected):
    assert refused(poll(house, start(house), **changes)) == expected


def test_the_legacy_grant_type_names_the_code_otherwise(house):
    device = start(house)
    house.google.approve_device(device["user_code"], "u@example.com")
    legacy = "http://oauth.net/grant_type/device/1.0"
    assert poll(house, device, grant_type=legacy, device_code=None, code=device["device_code"]).status == 200


@pytest.mark.parametrize(
    ("scope", "error", "description"),
    [
        (
            "https://www.googleapis.com/auth/gmail.readonly",
            "invalid_scope",
            "Invalid device flow scope: https://www.googleapis.com/auth/gmail.readonly",
        ),
        ("https://mail.google.com/", "invalid_scope", "Invalid device flow scope: https://mail.google.com/"),
        ("nonsense", "invalid_scope", "Some requested scopes were invalid. {invalid=[nonsense]}"),
        ("", "invalid_request", "Missing required parameter: scope"),
    ],
)
def test_a_device_may_not_ask_for_everything(house, scope, error, description):
    form = {"client_id": house.google.client("TV").client_id, "scope": scope}
    assert refused(house.post("/device/code", form)) == (400, error, description)


@pytest.mark.parametrize(
    ("client_id", "expected"),
    [
        ("nobody", (401, "invalid_client", "The OAuth client was not found.")),
        ("", (400, "invalid_request", "Could not determine client ID from request.")),
    ],
)
def test_the_client_has_to_exist(house, client_id, expected):
    assert refused(house.post("/device/code", {"client_id": client_id, "scope": "openid"})) == expected


def test_only_television_clients_get_device_codes(house):
    form = {"client_id": house.google.client("N").client_id, "scope": "openid"}
    assert refused(house.post("/device/code", form)) == (401, "invalid_client", "Invalid client type.")


# -- the page ----------------------------------------------------------------------------------------------------


class Visitor:
    """A browser at google.com/device."""

    def __init__(self, house):
        self.house = house
        self.cookie = ""
        self.markup = ""

    def send(self, form=None, **headers):
        lines = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", **headers}
        if form is None:
            reply = self.house.respond(Call("GET", "www.google.com", "/device", headers=Headers(lines)))
        else:
            reply = self.house.post("/device", form, host="www.google.com", headers=lines)
        if cookie := reply.headers.get("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        self.markup = reply.body.decode()
        return reply

    def press(self, action, **fields):
        token = re.search(r'name="form" value="(\w+)"', self.markup)[1]
        return self.send({"form": token, "action": action, **fields})


@pytest.fixture
def visitor(house):
    made = Visitor(house)
    made.send()
    return made


def test_a_person_allows_a_device_on_the_page(house, visitor):
    device = start(house)
    visitor.press("next", user_code=device["user_code"])
    assert device["user_code"] in visitor.markup
    assert "youtube.readonly" in visitor.markup
    visitor.press("allow", user_code=device["user_code"], account="u@example.com")
    assert "Device connected" in visitor.markup
    assert poll(house, device).status == 200


def test_a_person_refuses_a_device_on_the_page(house, visitor):
    device = start(house)
    visitor.press("next", user_code=device["user_code"])
    visitor.press("cancel", user_code=device["user_code"])
    assert refused(poll(house, device))[1] == "access_denied"


def test_a_code_of_no_device_is_asked_for_again(house, visitor):
    visitor.press("next", user_code="AAAA-AAAA")
    assert "That code didn&#39;t work" in visitor.markup


def test_an_unknown_account_is_asked_for_again(house, visitor):
    device = start(house)
    visitor.press("allow", user_code=device["user_code"], account="nobody@example.com")
    assert "Couldn&#39;t find that account." in visitor.markup


def test_a_project_in_testing_admits_only_its_testers(house, visitor):
    device = start(house, client="TV-trial")
    visitor.press("allow", user_code=device["user_code"], account="v@example.com")
    assert "only its listed testers" in visitor.markup
    assert refused(poll(house, device, "TV-trial"))[1] == "authorization_pending"
    visitor.press("allow", user_code=device["user_code"], account="u@example.com")
    house.clock.advance(5)
    assert poll(house, device, "TV-trial").status == 200


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({"form": "forged"}, {}),
        ({}, {}),
        ({"own": "1"}, {"Origin": "https://evil.example"}),
        ({"own": "1"}, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_a_form_from_elsewhere_decides_nothing(house, visitor, form, headers):
    device = start(house)
    if form.pop("own", None):
        form["form"] = re.search(r'name="form" value="(\w+)"', visitor.markup)[1]
    visitor.send({**form, "user_code": device["user_code"], "action": "allow", "account": "u@example.com"}, **headers)
    assert refused(poll(house, device))[1] == "authorization_pending"

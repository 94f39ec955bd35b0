"""An authorization request: its parameters, and everything that can be wrong with them before anybody signs in.

Parameters: "Using OAuth 2.0 for Web Server Applications", "OpenID Connect". What is wrong is shown on a page; the app
hears nothing of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from ....kernel.http import Call
from ....kernel.oauth import is_pkce_string
from .. import scopes as scope_names
from ..project import Client
from .blocked import Blocked
from .redirect_uris import check_redirect_uri

__all__ = ["PARAMETERS", "AuthorizationRequest", "parameters_of", "read_request"]

PARAMETERS = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "access_type", "prompt", "approval_prompt"),
    *("include_granted_scopes", "login_hint", "hd", "code_challenge", "code_challenge_method", "nonce"),
    *("enable_granular_consent", "response_mode", "display", "hl", "flowName", "o2v", "ddm", "service", "as"),
)
"""Every parameter the endpoint knows; others are ignored."""

_RESPONSE_TYPES = frozenset(("code", "token", "id_token", "none"))
_RESPONSE_MODES = ("query", "fragment", "form_post")
_PROMPTS = frozenset(("none", "consent", "select_account"))
_ACCESS_TYPES = ("online", "offline")
_CHALLENGE_METHODS = ("plain", "S256")
_FLAGS = ("true", "false")
# Granted to apps on behalf of themselves or of a whole domain only; the screen cannot show them to anybody.
_UNSHOWABLE = frozenset(scope_names.PREFIX + name for name in ("chat.bot", "keep", "keep.readonly"))
_WEBVIEW = re.compile(r"; wv\)|\bFBA[NV]/|\bInstagram\b|\b(?:iPhone|iPad)\b(?!.*\b(?:Safari|CriOS|FxiOS|EdgiOS)/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request without fault. ``scopes`` are full names; ``short_names`` those of them that were asked for shortly.

    ``consent_forced`` stands for ``prompt=consent`` and its older form. ``state`` and ``nonce`` are empty where not
    sent.
    """

    client_id: str
    redirect_uri: str
    response_types: tuple[str, ...]
    response_mode: str
    scopes: tuple[str, ...]
    short_names: tuple[str, ...]
    state: str
    offline: bool
    silent: bool
    consent_forced: bool
    select_account: bool
    include_granted: bool
    login_hint: str
    hosted_domain: str
    challenge: str
    method: str
    nonce: str

    def to_json(self) -> str:
        """The request as the world keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> AuthorizationRequest:
        """A request the world kept."""
        fields: dict[str, Any] = json.loads(text)
        for name in ("response_types", "scopes", "short_names"):
            fields[name] = tuple(fields[name])
        return cls(**fields)

    def details(self) -> tuple[tuple[str, str], ...]:
        """The request as an error page lists it."""
        given = (
            ("access_type", "offline" if self.offline else ""),
            ("scope", " ".join(self.scopes)),
            ("response_type", " ".join(self.response_types)),
            ("redirect_uri", self.redirect_uri),
            ("state", self.state),
            ("prompt", "consent" if self.consent_forced else "none" if self.silent else ""),
            ("client_id", self.client_id),
        )
        return tuple((name, value) for name, value in given if value)


def parameters_of(call: Call) -> tuple[tuple[str, str], ...]:
    """The known parameters of a request by GET, or by POST with a form (OpenID Connect Core, 3.1.2.1), in order."""
    return tuple((name, value) for name, value in (*call.form_pairs, *call.query_pairs) if name in PARAMETERS)


def read_request(pairs: tuple[tuple[str, str], ...], client: Client, *, user_agent: str = "") -> AuthorizationRequest:
    """The request in ``pairs`` of ``client``. Raises ``Blocked`` for the first thing that is wrong with it."""
    _refuse_repeated(pairs)
    given = dict(pairs)
    if _WEBVIEW.search(user_agent):
        raise Blocked(403, "disallowed_useragent", "The request comes from an embedded web view; use a browser.")
    redirect_uri = _required(given, "redirect_uri")
    check_redirect_uri(redirect_uri, client.type, client.redirect_uris)
    types = _response_types(_required(given, "response_type"), client)
    asked = _scopes(_required(given, "scope"), types)
    prompts = _prompts(given)
    challenge, method = _challenge(given)
    if "id_token" in types:
        _required(given, "nonce")
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        response_types=types,
        response_mode=_response_mode(given, types),
        scopes=tuple(dict.fromkeys(scope_names.canonical(name) for name in asked)),
        short_names=tuple(name for name in asked if name in {"email", "profile"}),
        state=given.get("state", ""),
        offline=_choice(given, "access_type", _ACCESS_TYPES) == "offline",
        silent="none" in prompts,
        consent_forced="consent" in prompts or given.get("approval_prompt") == "force",
        select_account="select_account" in prompts,
        include_granted=_choice(given, "include_granted_scopes", _FLAGS, "false") == "true",
        login_hint=given.get("login_hint", "").strip().lower(),
        hosted_domain=given.get("hd", "").strip().lower(),
        challenge=challenge,
        method=method,
        nonce=given.get("nonce", ""),
    )


def _refuse_repeated(pairs: tuple[tuple[str, str], ...]) -> None:
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if repeated:
        _invalid(f"OAuth 2 parameters can only have a single value: {repeated[0]}")


def _response_types(text: str, client: Client) -> tuple[str, ...]:
    types = tuple(dict.fromkeys(text.split(" ")))
    if not _RESPONSE_TYPES.issuperset(types) or ("none" in types and len(types) > 1):
        raise Blocked(400, "unsupported_response_type", f"Invalid response_type: {text}")
    if client.type == "desktop" and not {"token", "id_token"}.isdisjoint(types):
        raise Blocked(400, "unsupported_response_type", f"Desktop clients cannot use response_type: {text}")
    return types


def _scopes(text: str, types: Collection[str]) -> tuple[str, ...]:
    """The scopes as asked for. Short names are known for identity only, as at Google."""
    asked = scope_names.split(text)
    if not asked:
        _invalid("Missing required parameter: scope")
    wrong = [name for name in asked if not scope_names.is_scope(name)]
    if wrong:
        valid = [name for name in asked if name not in wrong]
        listed = f"{{valid=[{', '.join(valid)}], invalid=[{', '.join(wrong)}]}}"
        raise Blocked(400, "invalid_scope", f"Some requested scopes were invalid. {listed}", cause="scope_unknown")
    if hidden := [name for name in asked if name in _UNSHOWABLE]:
        message = f"Some requested scopes cannot be shown: [{', '.join(hidden)}]"
        raise Blocked(400, "invalid_scope", message, cause="scope_cannot_be_shown")
    if "id_token" in types and "openid" not in asked:
        _invalid("The id_token response type needs the openid scope.")
    return asked


def _prompts(given: Mapping[str, str]) -> frozenset[str]:
    if given.get("prompt") and given.get("approval_prompt"):
        _invalid("Conflict params: approval_prompt and prompt")
    _choice(given, "approval_prompt", ("auto", "force"))
    prompts = frozenset(given.get("prompt", "").split())
    if unknown := sorted(prompts - _PROMPTS):
        _invalid(f"Invalid parameter value for prompt: Invalid prompt: {unknown[0]}")
    if "none" in prompts and len(prompts) > 1:
        _invalid("Invalid parameter value for prompt: none cannot be combined with other values")
    return prompts


def _challenge(given: Mapping[str, str]) -> tuple[str, str]:
    """Challenge and method; "plain" where no method is named (RFC 7636, 4.3)."""
    challenge = given.get("code_challenge", "")
    method = _choice(given, "code_challenge_method", _CHALLENGE_METHODS)
    if challenge and not is_pkce_string(challenge):
        _invalid("Invalid parameter value for code_challenge: 43 to 128 unreserved characters are needed")
    if given.get("code_challenge_method") and not challenge:
        _invalid("Missing required parameter: code_challenge")
    return challenge, method


def _response_mode(given: Mapping[str, str], types: Collection[str]) -> str:
    """Codes alone return in the query, anything with a token in the fragment, which no server ever sees."""
    implicit = not {"token", "id_token"}.isdisjoint(types)
    mode = _choice(given, "response_mode", _RESPONSE_MODES, "fragment" if implicit else "query")
    if implicit and mode == "query":
        _invalid("Invalid parameter value for response_mode: query cannot carry tokens")
    return mode


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...], default: str = "") -> str:
    """The value of ``name``, the first choice (or ``default``) where it is absent or empty."""
    value = given.get(name, "")
    if value and value not in choices:
        _invalid(f"Invalid parameter value for {name}: Invalid {name}: {value}")
    return value or default or choices[0]


def _required(given: Mapping[str, str], name: str) -> str:
    if not (value := given.get(name, "")):
        _invalid(f"Missing required parameter: {name}")
    return value


def _invalid(message: str) -> NoReturn:
    raise Blocked(400, "invalid_request", message)

"""Whether an account may use an app at all, what it is asked for, and what follows when it agrees.

Sources: "Manage App Audience" (user type, testers, the cap of an unverified app), "Unverified apps", "Granular
permissions", "Using OAuth 2.0 for Web Server Applications" (incremental authorization, time-based access).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ....kernel.world import Row, World
from .. import scopes as scope_names
from ..organization import policy_violation
from ..tokens import Tokens
from .authorization import AuthorizationRequest
from .blocked import Blocked
from .codes import CodeRequest, Codes
from .scope_texts import is_administrative, needs_verification

__all__ = ["Allowed", "Consents", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a request comes down to for one account.

    ``identity`` scopes come with signing in, ``held`` ones the project has already, ``asked`` ones have to be
    allowed; with ``granular`` each of them by its own box. ``extra`` are scopes of earlier consents that the answer
    will cover besides. Without ``shown`` nobody has to be asked.
    """

    identity: tuple[str, ...]
    held: tuple[str, ...]
    asked: tuple[str, ...]
    extra: tuple[str, ...]
    shown: bool
    warning: bool

    @property
    def granular(self) -> bool:
        """Whether the screen offers a box for each scope asked for: with a single one Allow says it all."""
        return len(self.asked) > 1


@dataclass(frozen=True, slots=True)
class Allowed:
    """An authorization that was given: the scopes it covers, and the code where one was asked for."""

    scopes: tuple[str, ...]
    code: str


class Consents:
    """Decides about authorization requests over the world's projects, organizations, accounts and grants."""

    def __init__(self, world: World, tokens: Tokens, codes: Codes) -> None:
        self._world = world
        self._tokens = tokens
        self._codes = codes

    # -- who may ask and who may answer ------------------------------------------------------------------------

    def project_of(self, client_id: str) -> Row:
        """The project a client belongs to."""
        row = self._world.one(
            "SELECT p.* FROM google_project p JOIN google_client c ON c.project = p.id WHERE c.client_id = ?",
            (client_id,),
        )
        if row is None:
            raise Blocked(401, "invalid_client", "The OAuth client was not found.", cause="client_unknown")
        return row

    def admits(self, project: str, email: str) -> bool:
        """Whether the project's audience includes an account: its organization, or its testers while in Testing."""
        sql = "SELECT 1 FROM google_admitted WHERE project = ? AND account = ?"
        return self._world.one(sql, (project, email)) is not None

    def check(self, request: AuthorizationRequest, email: str) -> None:
        """Raises ``Blocked`` where audience, administrators or Advanced Protection keep an account from an app."""
        project = self.project_of(request.client_id)
        account = self._world.one("SELECT * FROM google_account WHERE email = ?", (email,))
        if account is None or account["deleted"] or account["disabled"]:
            raise Blocked(403, "access_denied", "This account cannot be used any more.", cause="account_unusable")
        self._check_audience(project, email)
        self._check_policies(request, account)
        self._check_cap(project, request, email)

    def _check_audience(self, project: Row, email: str) -> None:
        if self.admits(project["id"], email):
            return
        internal = project["user_type"] == "internal"
        code = project["denied_as"] or ("org_internal" if internal else "access_denied")
        raise Blocked(403, code, cause="outside_the_organization" if internal else "not_a_test_user")

    def _check_policies(self, request: AuthorizationRequest, account: Row) -> None:
        violation = policy_violation(self._world, account["organization"], request.client_id, request.scopes)
        if violation is not None:
            raise Blocked(400, "admin_policy_enforced", cause=violation)
        if account["advanced_protection"] and not scope_names.IDENTITY.issuperset(request.scopes):
            raise Blocked(400, "policy_enforced", cause="advanced_protection")
        administrative = [scope for scope in request.scopes if is_administrative(scope)]
        if administrative and not account["organization"]:
            message = f"Some requested scopes cannot be shown: [{', '.join(administrative)}]"
            raise Blocked(400, "invalid_scope", message, cause="scope_for_administrators")

    def _check_cap(self, project: Row, request: AuthorizationRequest, email: str) -> None:
        """An unverified app in production has a fixed number of places for users over its whole life."""
        if not _is_capped(project, request.scopes) or project["publishing_status"] != "production":
            return
        counted = self._counted(project["id"])
        if len(counted) >= project["user_cap"] and email not in counted:
            raise Blocked(403, "restricted_client", cause="user_cap_reached")

    def _counted(self, project: str) -> frozenset[str]:
        """Accounts that hold a place: who consented at these pages, and whose grant came with the world."""
        counted = self._world.all("SELECT account FROM google_counted_user WHERE project = ?", (project,))
        granted = self._world.all("SELECT account, scopes FROM google_grant WHERE project = ?", (project,))
        holders = [row["account"] for row in granted if any(map(needs_verification, scope_names.split(row["scopes"])))]
        return frozenset([row["account"] for row in counted] + holders)

    # -- what is asked -----------------------------------------------------------------------------------------

    def question(self, request: AuthorizationRequest, email: str) -> Question:
        """What ``email`` is asked for by ``request``."""
        project = self.project_of(request.client_id)
        granted = frozenset(self._tokens.granted(email, project["id"]))
        wanted = [scope for scope in request.scopes if scope not in scope_names.IDENTITY]
        ask_all = request.consent_forced or not self._has_consented(email, request.client_id)
        asked = tuple(wanted) if ask_all else tuple(scope for scope in wanted if scope not in granted)
        unverified = project["user_type"] == "external" and not project["verified"]
        return Question(
            identity=_identity(request.scopes),
            held=tuple(scope for scope in wanted if scope not in asked),
            asked=asked,
            extra=tuple(sorted(granted - set(request.scopes))) if request.include_granted else (),
            shown=ask_all or not granted.issuperset(request.scopes),
            warning=unverified and any(needs_verification(scope) for scope in asked),
        )

    def _has_consented(self, email: str, client_id: str) -> bool:
        sql = "SELECT 1 FROM google_client_consent WHERE account = ? AND client_id = ?"
        return self._world.one(sql, (email, client_id)) is not None

    # -- what follows ------------------------------------------------------------------------------------------

    def allow(
        self,
        request: AuthorizationRequest,
        email: str,
        question: Question,
        ticked: Collection[str],
        lifetime: int | None,
    ) -> Allowed | None:
        """Grant what was ticked of a granular question, or all of a plain one. ``None`` where nothing is left."""
        chosen = tuple(scope for scope in question.asked if not question.granular or scope in ticked)
        scopes = (*question.identity, *question.held, *chosen, *question.extra)
        if not scopes:
            return None
        project = self.project_of(request.client_id)
        held_before = self._tokens.granted(email, project["id"])
        self._tokens.grant(email, project["id"], scopes)
        self._world.execute("INSERT OR IGNORE INTO google_client_consent VALUES (?, ?)", (email, request.client_id))
        if _is_capped(project, scopes):
            self._world.execute("INSERT OR IGNORE INTO google_counted_user VALUES (?, ?)", (project["id"], email))
        if "code" not in request.response_types:
            return Allowed(scopes, "")
        code = CodeRequest(
            client_id=request.client_id,
            account=email,
            redirect_uri=request.redirect_uri,
            scopes=scopes,
            challenge=request.challenge,
            method=request.method,
            nonce=request.nonce,
            offline=request.offline,
            consent_shown=question.shown,
            new_scopes=not set(held_before).issuperset(scopes),
            include_granted=request.include_granted,
            lifetime=lifetime,
        )
        return Allowed(scopes, self._codes.issue(code))


def _identity(scopes: Collection[str]) -> tuple[str, ...]:
    return tuple(scope for scope in _with_openid(scopes) if scope in scope_names.IDENTITY)


def _with_openid(scopes: Collection[str]) -> tuple[str, ...]:
    """Address or profile imply ``openid``: the token answer lists it whether it was asked for or not."""
    implied = not {scope_names.EMAIL, scope_names.PROFILE}.isdisjoint(scopes)
    return tuple(dict.fromkeys((*scopes, *((scope_names.OPENID,) if implied else ()))))


def _is_capped(project: Row, scopes: Collection[str]) -> bool:
    external = project["user_type"] == "external" and not project["verified"]
    return external and any(needs_verification(scope) for scope in scopes)

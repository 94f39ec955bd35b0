"""What every Google JSON API does before and after its own part of a call.

``GoogleApi`` is a service room driven by a surface. A call passes, in the front end's order: standard parameters ->
credential (401) -> API enabled (403) -> scope (403) -> parameters and body (400) -> quota -> the API itself. The API
gives ``request``, which makes of an admitted call what its handlers take, and the handlers by operation id.

Order and wording: sheets "How API calls fail" and "Scope behaviour"; the 401 before binding was recorded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from ...kernel.bindings import Bindings
from ...kernel.http import Call, Reply
from ...kernel.journal import Entry
from ...kernel.operations import Match, Operation, WrongVerb
from ...kernel.service import Exchange, Kernel, Routed
from ...kernel.world import Row
from .batch import Batch
from .conditions import condition
from .discovery import Surface, rpc_method
from .errors import ApiError, failure, presented
from .parameters import Arguments, bind, check_standard_parameters, honour_method_override
from .refusals import (
    ApiDisabled,
    ApiKeyRefused,
    InsufficientScope,
    InvalidCredentials,
    MissingCredentials,
    UnroutedPath,
)
from .service_account import SERVICE_ACCOUNT_DOMAIN
from .tokens import AccessToken, Tokens
from .uploads import Media, Session, Uploads, is_upload, received

__all__ = ["Admitted", "Caller", "GoogleApi", "NotImplementedHere"]

_Request = TypeVar("_Request")


class NotImplementedHere(ApiError):
    """501: Google has the operation, this emulator has not. Loud on purpose; it also fails the test it happens in."""

    status = 501
    reason = "notImplemented"
    domain = "emulator"
    status_name = "UNIMPLEMENTED"
    cause = "operation_unbound"

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"The emulator does not implement {operation}. `actor-emulator coverage` lists what it does implement."
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a call is made: an account through a project, with what its token allows.

    ``is_service_account`` tells that ``account`` is the address of a service account acting for itself,
    ``is_delegated`` that a service account acts for it by domain-wide delegation.
    """

    account: str
    project: str
    project_number: int
    scopes: frozenset[str]
    is_service_account: bool = False
    is_delegated: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """A call the front end let pass. ``call`` has its method override applied; ``media`` is what it uploaded."""

    call: Call
    operation: Operation
    caller: Caller
    arguments: Arguments
    exchange: Exchange
    media: Media | None = None


class GoogleApi(ABC, Generic[_Request]):
    """A room of the kernel's ``Service`` protocol. Subclasses name ``hosts`` and give ``schema`` and ``request``.

    ``ceilings`` are integer parameters the API lowers to a limit instead of refusing them. ``brief_refusals`` shortens
    the ``details`` of the refusal of a disabled API.
    """

    prefix: ClassVar[str] = ""
    hosts: ClassVar[tuple[str, ...]]
    ceilings: ClassVar[Mapping[str, int]] = {}
    brief_refusals: ClassVar[bool] = False

    def __init__(self, kernel: Kernel, surface: Surface, handlers: Bindings[Callable[[_Request], Any]]) -> None:
        self.kernel = kernel
        self.surface = surface
        self._handlers = handlers
        self._tokens = Tokens(kernel.world, kernel.clock, kernel.ids)
        self._batch = Batch(surface)
        self._uploads = Uploads(kernel, surface)

    # -- what a room decides -------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def schema(self) -> str:
        """SQL script that creates the room's tables."""

    @abstractmethod
    def request(self, admitted: Admitted) -> _Request:
        """What the handlers take. Checks that come after quota (whose mailbox, whose channel) belong here."""

    def anonymous(self, call: Call, operation: Operation) -> Caller:
        """The caller of a call without a token. Raises the 401 of APIs that always act for a user."""
        service, method = self.surface.service, rpc_method(operation.id)
        if any(name == "key" and value for name, value in call.query_pairs):
            raise ApiKeyRefused(service, method)
        raise MissingCredentials(service, method)

    def charge(self, admitted: Admitted) -> bool:
        """Spend the quota a call costs, in the front end's place for it; answers whether anything is counted.

        What is counted stays spent though the call fails.
        """
        return False

    def settle(self, admitted: Admitted, reply: Reply) -> None:
        """Count what only the reply tells, for a call that ``charge`` counts."""

    # -- the service protocol ------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The API's short name."""
        return self.surface.name

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of the surface."""
        return self.surface.operations

    def unbound(self) -> tuple[str, ...]:
        """Operations without a handler."""
        return self._handlers.unbound()

    def route(self, call: Call) -> Routed | None:
        """The operation a call asks for, method override honoured; the batch endpoint and upload sessions included."""
        if (beside := self._batch.routed(call) or self._uploads.routed(call)) is not None:
            return beside
        found = self.surface.router.match(honour_method_override(call).verb, call.path)
        return Routed(found.operation, found.path_parameters) if isinstance(found, Match) else None

    def admit(self, exchange: Exchange) -> None:
        """Everything Google's front end checks. Leaves in ``exchange.state`` the ``Admitted`` call or its session.

        A batch is admitted part by part, an upload session when it is opened.
        """
        call = honour_method_override(exchange.call)
        if exchange.operation is self._batch.operation:
            return
        if (session := self._uploads.session(call)) is not None:
            exchange.state["session"] = session
            exchange.entry.principal = session.caller["account"]
            return
        with presented(call):
            exchange.state["admitted"] = self._admitted(call, exchange)

    def perform(self, exchange: Exchange) -> Reply:
        """Run the handler; what it returns is trimmed to ``fields`` and written as the caller wants it."""
        if exchange.operation is self._batch.operation:
            return self._batch.answer(exchange)
        session: Session | None = exchange.state.get("session")
        if session is not None:
            return self._proceed(session, exchange)
        admitted: Admitted = exchange.state["admitted"]
        if is_upload(admitted.call) and admitted.media is None:
            routed = Routed(exchange.operation, exchange.path_parameters)
            caller = asdict(admitted.caller) | {"scopes": sorted(admitted.caller.scopes)}
            with presented(admitted.call):
                self.request(admitted)  # whose mailbox it is can be told before the media comes
            return self._uploads.begin(admitted.call, routed, caller)
        return self._run(admitted)

    def unrouted(self, call: Call) -> Reply:
        """The front end's HTML page."""
        found = self.surface.router.match(call.verb, call.path)
        return UnroutedPath(call.path, wrong_verb=isinstance(found, WrongVerb)).reply()

    def failure(self, status: int, message: str = "") -> Reply:
        """The envelope a status without a cause usually comes in."""
        return failure(status, message).reply()

    def condition(self, name: str) -> Reply | None:
        """The words of a named failure that has some of its own."""
        return condition(name, self.kernel.clock.now())

    def _proceed(self, session: Session, exchange: Exchange) -> Reply:
        """The next step of an upload; the last one is the call itself, as it was begun."""
        step = self._uploads.proceed(session, exchange.call, exchange.operation)
        if isinstance(step, Reply):
            return step
        admitted = self._bound(session.start, self._began(session), exchange, session.metadata)
        reply = self._run(replace(admitted, media=step))
        return self._uploads.finish(session, reply) if reply.status < 400 else reply

    def _began(self, session: Session) -> Caller:
        return Caller(**{**session.caller, "scopes": frozenset(session.caller["scopes"])})

    def _run(self, admitted: Admitted) -> Reply:
        handler = self._handlers.handler(admitted.operation.id)
        with presented(admitted.call):
            if handler is None:
                admitted.exchange.entry.unrouted = True
                raise NotImplementedHere(admitted.operation.id)
            if not self.charge(admitted):
                return self._answer(admitted, handler)
            return self._answer_counted(admitted, handler)

    def _answer(self, admitted: Admitted, handler: Callable[[_Request], Any]) -> Reply:
        value = handler(self.request(admitted))
        return value if isinstance(value, Reply) else admitted.arguments.reply(value)

    def _answer_counted(self, admitted: Admitted, handler: Callable[[_Request], Any]) -> Reply:
        """The answer of a call whose price stays spent: a refusal undoes what the handler did, and only that."""
        try:
            with presented(admitted.call), self.kernel.world.transaction():
                reply = self._answer(admitted, handler)
        except ApiError as error:
            admitted.exchange.entry.cause = error.cause
            reply = error.reply()
        self.settle(admitted, reply)
        return reply

    # -- the front end's checks ----------------------------------------------------------------------------------

    def _admitted(self, call: Call, exchange: Exchange) -> Admitted:
        operation, entry = exchange.operation, exchange.entry
        check_standard_parameters(call)
        caller = self._caller(call, operation, entry)
        self._check_enabled(caller)
        self._check_scopes(caller, operation)
        if not is_upload(call):
            return self._bound(call, caller, exchange)
        metadata, media = received(call, operation)
        return replace(self._bound(call, caller, exchange, metadata), media=media)

    def _bound(self, call: Call, caller: Caller, exchange: Exchange, body: bytes | None = None) -> Admitted:
        parameters = exchange.path_parameters
        arguments = bind(self.surface, exchange.operation, call, parameters, ceilings=self.ceilings, body=body)
        exchange.entry.parameters = arguments.parameters
        return Admitted(call, exchange.operation, caller, arguments, exchange)

    def _caller(self, call: Call, operation: Operation, entry: Entry) -> Caller:
        if not (value := _token_of(call)):
            return self.anonymous(call, operation)
        token = self._tokens.access_token(value)
        if token is not None:
            entry.principal, entry.scopes = token.account, token.scopes
        if token is None or (cause := self._why_refused(token)):
            cause = "token_unknown" if token is None else cause
            raise InvalidCredentials(self.surface.service, rpc_method(operation.id), cause)
        number = self.kernel.world.value("SELECT number FROM google_project WHERE id = ?", (token.project,))
        is_service = self._service_account(token.account) is not None
        delegated = not is_service and self._is_service_client(token.client_id)
        return Caller(token.account, token.project, int(number), frozenset(token.scopes), is_service, delegated)

    def _is_service_client(self, client_id: str) -> bool:
        found = self.kernel.world.value("SELECT type FROM google_client WHERE client_id = ?", (client_id,))
        return bool(found == "service")

    def _service_account(self, email: str) -> Row | None:
        if not email.endswith(SERVICE_ACCOUNT_DOMAIN):
            return None
        return self.kernel.world.one("SELECT disabled FROM google_service_account WHERE email = ?", (email,))

    def _why_refused(self, token: AccessToken) -> str:
        """Why a token Google once issued no longer counts, "" while it does."""
        if token.dead_reason is not None:
            return "token_revoked"
        if not self._tokens.access_is_live(token):
            return "token_expired"
        if (service_account := self._service_account(token.account)) is not None:
            return "account_disabled" if service_account["disabled"] else ""
        account = self.kernel.world.one(
            "SELECT disabled, deleted FROM google_account WHERE email = ?", (token.account,)
        )
        if account is None or account["deleted"]:
            return "account_deleted"
        return "account_disabled" if account["disabled"] else ""

    def _check_enabled(self, caller: Caller) -> None:
        enabled = "SELECT 1 FROM google_enabled_api WHERE project = ? AND api = ?"
        if self.kernel.world.one(enabled, (caller.project, self.surface.service)) is None:
            title, service = self.surface.title, self.surface.service
            raise ApiDisabled(title, service, caller.project_number, brief=self.brief_refusals)

    def _check_scopes(self, caller: Caller, operation: Operation) -> None:
        if operation.scopes and caller.scopes.isdisjoint(operation.scopes):
            raise InsufficientScope(self.surface.service, rpc_method(operation.id), operation.scopes)


def _token_of(call: Call) -> str:
    """The access token of a call, "" without one: the header before the query parameters."""
    if token := call.bearer_token():
        return token
    names = {"access_token", "oauth_token"}
    return next((value for name, value in call.query_pairs if name in names and value), "")

"""The arguments of a call: query, path and body bound to what the operation declares.

``bind`` checks in the platform's order: standard parameters, names and types of the query, the body, required
parameters and bounds, ``fields``. Names are accepted in camelCase and in the snake_case of the fields behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from ...kernel.http import Call, Reply
from ...kernel.operations import Operation, Parameter
from .discovery import Surface, snake_case
from .envelope import PLAIN, Presentation, api_reply, is_callback_name
from .errors import BadRequest
from .fields import Selection, parse_selection
from .refusals import OutOfRange, RequiredParameter, TranscodingError, Violation
from .scalars import NotThatKind, Scalar, read_scalar
from .transcoding import MessageReader, parse_json

__all__ = ["Arguments", "bind", "check_standard_parameters", "honour_method_override"]

_Kind = TypeVar("_Kind")

_Value = Scalar | tuple[Scalar, ...]

_STANDARD = frozenset(
    [
        "$.xgafv",
        "access_token",
        "alt",
        "callback",
        "fields",
        "key",
        "oauth_token",
        "prettyPrint",
        "pretty_print",
        "quotaUser",
        "quota_user",
        "uploadType",
        "upload_protocol",
        "upload_id",
        "userIp",
    ]
)
"""Parameters of every method: those of discovery, their proto spellings, and two the front end itself adds."""


@dataclass(frozen=True, slots=True)
class Arguments(Mapping[str, _Value]):
    """What a call asks, typed. A mapping of path and query parameters by camelCase name, defaults filled in.

    ``body`` is the bound JSON body (``byte`` fields as ``bytes``, integers as ``int``), empty where the operation has
    none. ``given`` are the names the caller wrote.
    """

    parameters: Mapping[str, _Value]
    given: frozenset[str] = frozenset()
    body: Mapping[str, Any] = field(default_factory=dict)
    selection: Selection | None = None
    presentation: Presentation = PLAIN

    def __getitem__(self, name: str) -> _Value:
        return self.parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def text(self, name: str, default: str = "") -> str:
        """A string parameter. Raises ``TypeError`` where it is declared as something else."""
        return _as(str, self.parameters.get(name, default), name)

    def integer(self, name: str, default: int = 0) -> int:
        """An integer parameter, 64-bit ones included."""
        return _as(int, self.parameters.get(name, default), name)

    def flag(self, name: str) -> bool:
        """A boolean parameter; ``False`` where it is absent and has no default."""
        return _as(bool, self.parameters.get(name, False), name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a repeated string parameter, in order."""
        values = self.parameters.get(name, ())
        return tuple(_as(str, value, name) for value in _as(tuple, values, name))

    def moment(self, name: str) -> datetime | None:
        """A timestamp parameter, aware of its zone; ``None`` where it is absent."""
        return _as(datetime, self.parameters[name], name) if name in self.parameters else None

    def reply(self, value: Any | None, status: int = 200) -> Reply:
        """A success with ``value``, trimmed to the ``fields`` asked for and written as the caller wants it."""
        if value is not None and self.selection is not None:
            value = self.selection.apply(value)
        return api_reply(value, status, presentation=self.presentation)


def bind(
    surface: Surface,
    operation: Operation,
    call: Call,
    path_parameters: Mapping[str, str],
    *,
    ceilings: Mapping[str, int] | None = None,
    body: bytes | None = None,
) -> Arguments:
    """The arguments of ``call`` to ``operation``. Raises ``ApiError`` and nothing else.

    ``ceilings`` lowers integers beyond a limit instead of refusing them (Gmail: ``{"maxResults": 500}``). ``body``
    replaces the call's own, for the JSON part of an upload; ``b""`` where there is none.
    """
    check_standard_parameters(call)
    if not operation.download and ("alt", "media") in call.query_pairs:
        raise BadRequest('Unsupported alt type "media" for non byte stream request.', cause="invalid_system_parameter")
    query = _Query(operation, ceilings or {})
    values = query.read(call)
    message = _body(surface, operation, _json_part(call) if body is None else body)
    query.check(values)
    for name, text in path_parameters.items():
        values[name] = text
    return Arguments(
        parameters={**query.defaults(), **values},
        given=frozenset(values),
        body=message,
        selection=_selection(surface, operation, call),
        presentation=Presentation.of(call),
    )


def check_standard_parameters(call: Call) -> None:
    """Refuse what no Google API accepts of ``$.xgafv``, ``callback`` and ``alt``; real servers do so before anything
    else, the credential included.

    Raises ``BadRequest``. ``alt=proto`` is refused too, as the emulator has no protobuf form.
    """
    for name, value in call.query_pairs:
        if name == "$.xgafv" and value not in {"1", "2"}:
            message = f"Invalid query parameters. Invalid value '{value}' for system query parameter : $.xgafv"
            raise BadRequest(message, cause="invalid_system_parameter")
        if name == "callback" and value and not is_callback_name(value):
            allowed = "only alphabet, number, '_', '$', '.', '[' and ']' are allowed."
            message = f"Invalid JSONP callback name: '{value}'; {allowed}"
            raise BadRequest(message, cause="invalid_system_parameter")
        if name == "alt" and value.casefold() not in {"", "json", "media"}:
            message = f"Invalid value \"{value}\" for query parameter 'alt'"
            raise BadRequest(message, cause="invalid_system_parameter")


def honour_method_override(call: Call) -> Call:
    """``call`` with the verb of ``X-HTTP-Method-Override``; a form body then becomes the query.

    Google's Python client sends a GET whose address exceeds 2,048 characters as such a POST.
    """
    verb = call.headers.get("x-http-method-override").strip().upper()
    if call.verb != "POST" or not verb:
        return call
    if call.content_type != "application/x-www-form-urlencoded":
        return call.replacing(verb=verb)
    form = call.body.decode("utf-8", "replace")
    query = f"{call.query}&{form}" if call.query and form else call.query or form
    return call.replacing(verb=verb, query=query, body=b"")


class _Query:
    """The query parameters of one operation, as values and as complaints."""

    def __init__(self, operation: Operation, ceilings: Mapping[str, int]) -> None:
        self._operation = operation
        self._ceilings = ceilings
        self._declared = {each.name: each for each in operation.parameters if each.location == "query"}

    def read(self, call: Call) -> dict[str, _Value]:
        """What the query says, typed. Of a single parameter the last value counts."""
        values: dict[str, _Value] = {}
        violations: list[Violation] = []
        for key, text in (*call.query_pairs, *call.form_pairs):
            parameter = self._find(key)
            if parameter is None:
                if not self._is_known(key):
                    violations.append(Violation.unknown_query(key))
                continue
            try:
                value = read_scalar(_facts(parameter), text, key)
            except NotThatKind as wrong:
                path = snake_case(parameter.name)
                violations.append(Violation.invalid_value(path, wrong.kind, wrong.complaint))
                continue
            _enter(values, parameter, value)
        if violations:
            raise TranscodingError(*violations)
        return values

    def check(self, values: dict[str, _Value]) -> None:
        """Required parameters and bounds; ceilings are applied in place."""
        for name, parameter in self._declared.items():
            if parameter.required and values.get(name) in (None, "", (), ("",)):
                raise RequiredParameter(name)
            value = values.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                values[name] = min(value, self._ceilings.get(name, value))
                _check_bounds(parameter, value)

    def defaults(self) -> dict[str, _Value]:
        """The declared defaults, typed."""
        return {
            name: read_scalar(_facts(parameter), parameter.default, name)
            for name, parameter in self._declared.items()
            if parameter.default is not None and not parameter.repeated
        }

    def _find(self, key: str) -> Parameter | None:
        exact = self._declared.get(key)
        return exact or next((each for name, each in self._declared.items() if snake_case(name) == key), None)

    def _is_known(self, key: str) -> bool:
        return key in _STANDARD or any(key in {name, snake_case(name)} for name in self._operation.parameter)


def _enter(values: dict[str, _Value], parameter: Parameter, value: Scalar) -> None:
    earlier = values.get(parameter.name, ())
    values[parameter.name] = (*earlier, value) if parameter.repeated and isinstance(earlier, tuple) else value


def _check_bounds(parameter: Parameter, value: int) -> None:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and not low <= value <= high:
        raise OutOfRange(parameter.name, value, low, high)


def _facts(parameter: Parameter) -> Mapping[str, Any]:
    return {"type": parameter.type, "format": parameter.format or "", "enum": parameter.enum}


def _body(surface: Surface, operation: Operation, body: bytes) -> dict[str, Any]:
    if operation.request is None:
        return {}
    return MessageReader(surface).read(parse_json(body), operation.request)


def _json_part(call: Call) -> bytes:
    """The body, unless it calls itself a form: its pairs then count as query parameters."""
    return b"" if call.content_type == "application/x-www-form-urlencoded" else call.body


def _selection(surface: Surface, operation: Operation, call: Call) -> Selection | None:
    text = next((value for name, value in call.query_pairs if name == "fields"), "")
    if not text or operation.response is None:
        return None
    selection = parse_selection(text)
    selection.check(surface, operation.response)
    return selection


def _as(kind: type[_Kind], value: object, name: str) -> _Kind:
    if isinstance(value, kind):
        return value
    message = f"{name} is {type(value).__name__}, not {kind.__name__}"
    raise TypeError(message)

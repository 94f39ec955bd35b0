"""Two ways to say the same thing: a message or a refusal as a gRPC reply, and as a reply of the REST gateway.

Source: the trailers and the JSON both SDKs read; ``scalekit.v1.errdetails.ErrorInfo``.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol

from ...kernel.http import Headers, Reply
from .descriptors import message
from .errors import Code, Refusal
from .framing import frame, percent_encoded

__all__ = ["Rendering", "error_info", "grpc_failure", "rendering_of"]

INFO = "scalekit.v1.errdetails.ErrorInfo"
TYPE_URL = f"type.googleapis.com/{INFO}"
_GRPC = Headers([("content-type", "application/grpc+proto")])


class Rendering(Protocol):
    """How a method's outcome is written."""

    def answer(self, response: Any, status: int = 200) -> Reply:
        """A response message; ``status`` counts where the protocol has one of its own."""

    def refusal(self, refusal: Refusal) -> Reply:
        """A refusal."""


class GrpcRendering:
    """Trailers and frames. What is refused has no message at all."""

    def answer(self, response: Any, status: int = 200) -> Reply:
        """One frame and ``grpc-status: 0``."""
        trailers = Headers([("grpc-status", "0"), ("grpc-message", "")])
        return Reply(200, _GRPC, frame(response.SerializeToString()), trailers=trailers)

    def refusal(self, refusal: Refusal) -> Reply:
        """``grpc-status-details-bin`` repeats code and message, or the Python SDK would drop the details."""
        info = error_info(refusal)
        details = message("google.rpc.Status", code=int(refusal.code), message=refusal.message)
        details.details.add(type_url=TYPE_URL, value=info.SerializeToString())
        return grpc_failure(refusal.code, refusal.message, details.SerializeToString())


class RestRendering:
    """JSON with the names of the protocol files; enums by name; absent fields left out."""

    def answer(self, response: Any, status: int = 200) -> Reply:
        """The message as JSON."""
        return Reply.json(_plain(response), status)

    def refusal(self, refusal: Refusal) -> Reply:
        """``{code, message, details}``."""
        details = [{"@type": TYPE_URL, **_plain(error_info(refusal))}]
        body = {"code": int(refusal.code), "message": refusal.message, "details": details}
        return Reply.json(body, refusal.code.http_status)


def rendering_of(*, grpc: bool) -> Rendering:
    """The rendering of a call."""
    return GrpcRendering() if grpc else RestRendering()


def error_info(refusal: Refusal) -> Any:
    """The vendor's ``ErrorInfo`` for a refusal."""
    info = message(INFO, error_code=refusal.error_code)
    for each in refusal.violations:
        info.validation_error_info.field_violations.add(
            field=each.field, description=each.description, constraint=each.constraint
        )
    if (tool := refusal.tool) is not None:
        info.tool_error_info.execution_id = tool.execution_id
        info.tool_error_info.tool_error_message = tool.message
        info.tool_error_info.tool_error_code = tool.code
    return info


def grpc_failure(code: Code, text: str, details: bytes = b"") -> Reply:
    """A call that ends without a message."""
    lines = [("grpc-status", str(int(code))), ("grpc-message", percent_encoded(text))]
    if details:
        lines.append(("grpc-status-details-bin", base64.b64encode(details).rstrip(b"=").decode()))
    return Reply(200, _GRPC, trailers=Headers(lines))


def _plain(value: Any) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415 - with the first REST call

    plain: dict[str, Any] = json.loads(MessageToJson(value, preserving_proto_field_name=True))
    return plain

"""The vendor's messages, from the descriptors its Python SDK ships, in a pool of our own.

The SDK registers the same files in the process-wide pool when it is imported; a private pool keeps the two apart, so
SDK and emulator live in one process. The SDK itself is never imported: the serialized descriptor is read out of each
generated module's source.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.descriptor_pool import DescriptorPool

__all__ = [
    "SdkMissing",
    "field_rules",
    "message",
    "message_class",
    "message_rules",
    "method_bindings",
    "method_messages",
]

FILES = (
    "google/rpc/status.proto",
    "scalekit/v1/connected_accounts/connected_accounts.proto",
    "scalekit/v1/connections/connections.proto",
    "scalekit/v1/errdetails/errdetails.proto",
    "scalekit/v1/tools/tools.proto",
)
_SERIALIZED = re.compile(r"AddSerializedFile\(\s*((?:b['\"].*['\"]\s*)+),?\s*\)")


class SdkMissing(ImportError):
    """The extra ``scalekit`` is not installed; the message says how to install it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not installed; emulating Scalekit needs: pip install 'actor-emulator[scalekit]'")


def message_class(name: str) -> type[Any]:
    """The class of a message by full name. Raises ``KeyError`` for an unknown name, ``SdkMissing`` without the SDK."""
    return _classes(name)


def message(name: str, **fields: Any) -> Any:
    """A message by full name."""
    return _classes(name)(**fields)


@cache
def field_rules(field: FieldDescriptor) -> Any | None:
    """The ``buf.validate`` rules of a field, ``None`` where it has none."""
    return _option(field.GetOptions(), "google.protobuf.FieldOptions", "buf.validate.field")


@cache
def message_rules(descriptor: Descriptor) -> tuple[Any, ...]:
    """The ``buf.validate`` expressions over a whole message."""
    rules = _option(descriptor.GetOptions(), "google.protobuf.MessageOptions", "buf.validate.message")
    return tuple(rules.cel) if rules is not None else ()


def method_bindings(path: str) -> frozenset[tuple[str, str]]:
    """Every REST verb and path that the protocol files give the method of a gRPC path."""
    rule = _option(_method(path).GetOptions(), "google.protobuf.MethodOptions", "google.api.http")
    rules = [rule, *rule.additional_bindings] if rule is not None else []
    return frozenset((each.WhichOneof("pattern").upper(), getattr(each, each.WhichOneof("pattern"))) for each in rules)


def method_messages(path: str) -> tuple[str, str]:
    """The full names of request and response of the method of a gRPC path."""
    method = _method(path)
    return method.input_type.full_name, method.output_type.full_name


def _method(path: str) -> Any:
    service, _, name = path.removeprefix("/").rpartition("/")
    return _pool().FindServiceByName(service).methods_by_name[name]


def _option(options: Any, kind: str, extension: str) -> Any | None:
    # Options arrive in the process-wide pool's classes, which need not know the extension; ours do.
    found = _classes(kind).FromString(options.SerializeToString())
    key = _pool().FindExtensionByName(extension)
    return found.Extensions[key] if found.HasExtension(key) else None


@cache
def _classes(name: str) -> type[Any]:
    from google.protobuf.message_factory import GetMessageClass  # noqa: PLC0415

    found: type[Any] = GetMessageClass(_pool().FindMessageTypeByName(name))
    return found


@cache
def _pool() -> DescriptorPool:
    try:
        from google.protobuf.descriptor_pb2 import FileDescriptorProto  # noqa: PLC0415 - with the first Scalekit call
        from google.protobuf.descriptor_pool import DescriptorPool as Pool  # noqa: PLC0415
    except ImportError:
        raise SdkMissing("protobuf") from None
    pool = Pool()
    added: set[str] = set()

    def add(name: str) -> None:
        if name in added:
            return
        added.add(name)
        serialized = _serialized(name)
        for needed in FileDescriptorProto.FromString(serialized).dependency:
            add(needed)
        pool.AddSerializedFile(serialized)

    for name in FILES:
        add(name)
    return pool


def _serialized(name: str) -> bytes:
    """The descriptor inside the generated module of a .proto file."""
    module = name.removesuffix(".proto").replace("-", "_") + "_pb2.py"
    top, _, rest = module.partition("/")
    spec = find_spec(top)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        if (path := Path(folder) / rest).is_file():
            return _literal(path.read_text(encoding="utf-8"), name)
    raise SdkMissing("scalekit-sdk-python")


def _literal(source: str, name: str) -> bytes:
    # One line of the module; parsing the whole of it would cost a hundred times as much.
    found = _SERIALIZED.search(source)
    if found is None:
        raise SdkMissing(f"a readable descriptor of {name}")
    value = ast.literal_eval(found[1])
    assert isinstance(value, bytes)
    return value

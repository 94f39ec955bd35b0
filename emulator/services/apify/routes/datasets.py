"""``/datasets``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ....kernel.http import Headers, Reply
from ....kernel.service import Exchange
from .. import wire
from ..bodies import json_body, json_object
from ..errors import ApifyError, InvalidRequest, InvalidSignature
from ..itemview import ItemView
from ..platform import Platform
from ..query import Query
from ..signatures import verifies_storage
from ..storages import Kind, Storage
from .binding import bindings, caller_of, path_storage, public_base

__all__ = ["create", "delete", "get", "get_statistics", "list_datasets", "list_items", "push_items", "update"]

if TYPE_CHECKING:
    from ..formats import FormatOptions

KIND: Kind = "dataset"
NO_LIMIT = 999_999_999_999
"""What clients send, and the header shows, where no limit is meant."""


class NoSuchView(ApifyError):
    """The dataset's schema has no view of that name. Wording by pattern."""

    type, text = "requested-dataset-view-does-not-exist", "Requested dataset view does not exist"


@bindings.bind("apify.datasets.list")
def list_datasets(platform: Platform, exchange: Exchange) -> Reply:
    """The caller's datasets, named ones only unless ``unnamed``."""
    query = Query(exchange.call)
    page = query.page()
    total, found = platform.storages.listed(KIND, caller_of(exchange), page, unnamed=query.flag("unnamed"))
    return wire.collection(total, page, (wire.dataset(platform, each) for each in found))


@bindings.bind("apify.datasets.create")
def create(platform: Platform, exchange: Exchange) -> Reply:
    """The dataset of a name, or a new one; a new one may bring a schema."""
    name = Query(exchange.call).text("name") or None
    schema = json_object(exchange.call).get("schema")
    found, new = platform.storages.open_or_create(KIND, caller_of(exchange), name)
    if new and isinstance(schema, dict):
        platform.storages.set_schema(found.id, schema.get("fields"), schema.get("views"))
        found = platform.storages.get(found.id)
    return wire.data(wire.dataset(platform, found, base=public_base(exchange)), 201 if new else 200)


@bindings.bind("apify.datasets.get")
def get(platform: Platform, exchange: Exchange) -> Reply:
    """One dataset."""
    found = path_storage(platform, exchange, KIND)
    return wire.data(wire.dataset(platform, found, base=public_base(exchange)))


@bindings.bind("apify.datasets.update")
def update(platform: Platform, exchange: Exchange) -> Reply:
    """Rename, retitle or open a dataset."""
    found = platform.storages.update(path_storage(platform, exchange, KIND, write=True), json_object(exchange.call))
    return wire.data(wire.dataset(platform, found, base=public_base(exchange)))


@bindings.bind("apify.datasets.delete")
def delete(platform: Platform, exchange: Exchange) -> Reply:
    """Remove a dataset and its items."""
    platform.storages.delete(path_storage(platform, exchange, KIND, write=True))
    return Reply(204)


@bindings.bind("apify.datasets.statistics.get")
def get_statistics(platform: Platform, exchange: Exchange) -> Reply:
    """Least and greatest number, nulls and empties of each field, over all items."""
    found = path_storage(platform, exchange, KIND)
    fields: dict[str, dict[str, Any]] = {}
    for item in platform.items.all(found.id):
        for name, value in item.items():
            _measure(fields.setdefault(name, {"nullCount": 0, "emptyCount": 0}), value)
    return wire.data({"fieldStatistics": fields or None})


@bindings.bind("apify.datasets.items.push")
def push_items(platform: Platform, exchange: Exchange) -> Reply:
    """Append one object or a list of them, all or none."""
    found = path_storage(platform, exchange, KIND, write=True)
    value = json_body(exchange.call)
    if value is None:
        raise InvalidRequest("POST data must be a JSON object", cause="body_missing")
    pushed = platform.items.push(found, value)
    platform.life.count_items(found.id, pushed)
    return Reply.json({}, 201)


@bindings.bind("apify.datasets.items.list")
def list_items(platform: Platform, exchange: Exchange) -> Reply:
    """Items in the format and shape asked for; how many there are is in the headers."""
    query, found = Query(exchange.call), _readable(platform, exchange)
    offset = query.number("offset", 0)
    limit = query.number("limit", NO_LIMIT) or NO_LIMIT
    desc = query.flag("desc")
    texts = platform.items.texts(found, offset=offset, limit=limit, desc=desc)
    view, format_name = _view(query, found), query.text("format", "json")
    if view.is_plain and format_name == "json":
        body, content_type = f"[{','.join(texts)}]".encode(), "application/json; charset=utf-8"
        extension = "json"
    else:
        from ..formats import rendered  # noqa: PLC0415 - zip, csv and html, which most emulators never need

        rows = view.apply(json.loads(text) for text in texts)
        file = rendered(format_name, rows, _format_options(query))
        body, content_type, extension = file.body, file.content_type, file.extension
    headers = Headers(
        [
            ("Content-Type", content_type),
            ("X-Apify-Pagination-Offset", str(offset)),
            ("X-Apify-Pagination-Limit", str(limit)),
            ("X-Apify-Pagination-Count", str(len(texts))),  # rows read, however many come out of them
            ("X-Apify-Pagination-Total", str(found.items)),
            ("X-Apify-Pagination-Desc", str(desc).lower()),
        ]
    )
    if query.flag("attachment"):
        headers = headers.adding([("Content-Disposition", f'attachment; filename="dataset_{found.id}.{extension}"')])
    return Reply(200, headers, body)


def _view(query: Query, dataset: Storage) -> ItemView:
    """The shape of the answer; the fields of a named view count where the query names none."""
    fields, flatten, unwind = query.names("fields"), query.names("flatten"), query.names("unwind")
    if query.given("view"):
        views = json.loads(dataset.views or "{}")
        if query.text("view") not in views:
            raise NoSuchView
        shape = views[query.text("view")].get("transformation", {})
        fields = fields or tuple(shape.get("fields", ()))
        flatten = flatten or tuple(shape.get("flatten", ()))
        unwind = unwind or tuple(shape.get("unwind", ()))
    clean = query.flag("clean")
    return ItemView(
        fields=fields,
        output_fields=query.names("outputFields"),
        omit=query.names("omit"),
        unwind=unwind,
        flatten=flatten,
        skip_hidden=clean or query.flag("skipHidden"),
        skip_empty=clean or query.flag("skipEmpty"),
        simplified=query.flag("simplified"),
        skip_failed_pages=query.flag("skipFailedPages"),
    )


def _format_options(query: Query) -> FormatOptions:
    from ..formats import FormatOptions  # noqa: PLC0415 - see above

    return FormatOptions(
        delimiter=query.text("delimiter", ","),
        bom=query.flag("bom") if query.given("bom") else None,
        xml_root=query.text("xmlRoot", "items"),
        xml_row=query.text("xmlRow", "item"),
        skip_header_row=query.flag("skipHeaderRow"),
        feed_title=query.text("feedTitle"),
        feed_description=query.text("feedDescription"),
    )


def _measure(field: dict[str, Any], value: Any) -> None:
    if value is None:
        field["nullCount"] += 1
    elif value in ("", [], {}):
        field["emptyCount"] += 1
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        field["min"] = min(field.get("min", value), value)
        field["max"] = max(field.get("max", value), value)


def _readable(platform: Platform, exchange: Exchange) -> Storage:
    """The dataset of the path, for a caller with access or with a signature."""
    signature = Query(exchange.call).text("signature")
    if not signature or "storageId" not in exchange.path_parameters:
        return path_storage(platform, exchange, KIND)
    found = platform.storages.lookup(KIND, exchange.path_parameters["storageId"], exchange.state.get("caller"))
    if not verifies_storage(found.signing_key, found.id, signature, platform.kernel.clock.milliseconds()):
        raise InvalidSignature
    return found

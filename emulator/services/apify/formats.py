"""Datasets as files: json, jsonl, csv, xlsx, xml, html and rss.

Tables have one column for each field of any row, in the order first seen; nested values become columns named
``parent/child``. CSV begins with a byte order mark unless ``bom=0``. Members of XML and HTML after the vendor's
documentation of "Get dataset items".
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from .errors import InvalidValue

__all__ = ["FORMATS", "FormatOptions", "Rendered", "rendered"]

Item = dict[str, Any]
_NOT_XML_NAME = re.compile(r"[^\w.-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatOptions:
    """What a request may say about a format; ``bom`` ``None`` is the format's own habit."""

    delimiter: str = ","
    bom: bool | None = None
    xml_root: str = "items"
    xml_row: str = "item"
    skip_header_row: bool = False
    feed_title: str = ""
    feed_description: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file: its content type, its bytes and what a saved file's name ends in."""

    content_type: str
    body: bytes
    extension: str


def rendered(name: str, rows: Sequence[Item], options: FormatOptions) -> Rendered:
    """``rows`` in the format ``name``. Raises ``InvalidValue`` for a format there is none of."""
    if name not in FORMATS:
        raise InvalidValue(f"format must be one of {', '.join(FORMATS)}")
    content_type, render, habit = FORMATS[name]
    body = render(rows, options)
    if habit if options.bom is None else options.bom:
        body = b"\xef\xbb\xbf" + body
    return Rendered(content_type, body, name)


def _json(rows: Sequence[Item], _: FormatOptions) -> bytes:
    return b"[" + b",\n".join(_compact(row) for row in rows) + b"]"


def _jsonl(rows: Sequence[Item], _: FormatOptions) -> bytes:
    return b"".join(_compact(row) + b"\n" for row in rows)


def _csv(rows: Sequence[Item], options: FormatOptions) -> bytes:
    flat = [_columns(row) for row in rows]
    names = _header(flat)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=options.delimiter[:1] or ",", lineterminator="\n")
    if not options.skip_header_row and names:
        writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in flat)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _xml(rows: Sequence[Item], options: FormatOptions) -> bytes:
    root, row_name = _xml_name(options.xml_root), _xml_name(options.xml_row)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root}>"]
    for row in rows:
        lines.append(f"  <{row_name}>")
        for name, value in row.items():
            lines += _elements(name, value, "    ")
        lines.append(f"  </{row_name}>")
    return "\n".join([*lines, f"</{root}>"]).encode()


def _html(rows: Sequence[Item], options: FormatOptions) -> bytes:
    flat = [_columns(row) for row in rows]
    names = _header(flat)
    lines = ["<!DOCTYPE html>", '<html><head><meta charset="UTF-8"></head><body>', "<table>"]
    if not options.skip_header_row:
        lines.append("<tr>" + "".join(f"<th>{_text(name)}</th>" for name in names) + "</tr>")
    lines += ["<tr>" + "".join(f"<td>{_text(_cell(row.get(name)))}</td>" for name in names) + "</tr>" for row in flat]
    return "\n".join([*lines, "</table>", "</body></html>"]).encode()


def _rss(rows: Sequence[Item], options: FormatOptions) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0"><channel>',
        f"<title>{_text(options.feed_title or 'Dataset')}</title>",
        f"<description>{_text(options.feed_description)}</description>",
    ]
    for row in rows:
        lines.append("<item>")
        for name, value in row.items():
            lines += _elements(name, value, "  ")
        lines.append("</item>")
    return "\n".join([*lines, "</channel></rss>"]).encode()


def _xlsx(rows: Sequence[Item], options: FormatOptions) -> bytes:
    """A workbook of one sheet, written as the parts Office Open XML (ECMA-376) requires."""
    flat = [_columns(row) for row in rows]
    names = _header(flat)
    table: list[list[Any]] = [] if options.skip_header_row else [list(names)]
    table += [[row.get(name) for name in names] for row in flat]
    lines = [
        f'<row r="{number}">'
        + "".join(_xlsx_cell(number, column, value) for column, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(table, 1)
    ]
    sheet = f'{_XML_HEAD}<worksheet xmlns="{_SHEET_SPACE}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in (*_WORKBOOK.items(), ("xl/worksheets/sheet1.xml", sheet)):
            # A fixed date keeps equal datasets equal to the byte.
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return packed.getvalue()


def _xlsx_cell(number: int, column: int, value: Any) -> str:
    place = f"{_column_name(column)}{number}"
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    if value is None:
        return ""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{_text(_cell(value))}</t></is></c>'


def _column_name(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _elements(name: str, value: Any, indent: str) -> list[str]:
    """A field as XML elements: lists repeat the element, objects nest."""
    tag = _xml_name(name)
    if isinstance(value, list):
        return [line for element in value for line in _elements(name, element, indent)]
    if isinstance(value, dict):
        inner = [line for key, each in value.items() for line in _elements(key, each, indent + "  ")]
        return [f"{indent}<{tag}>", *inner, f"{indent}</{tag}>"]
    return [f"{indent}<{tag}>{_text(_cell(value))}</{tag}>"]


def _columns(row: Item, prefix: str = "") -> Item:
    """A row with nested values spread over columns ``parent/child``; empty ones stay as they are."""
    flat: Item = {}
    for name, value in row.items():
        inner = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(inner, dict) and inner:
            flat |= _columns({str(key): each for key, each in inner.items()}, f"{prefix}{name}/")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _header(rows: Iterable[Item]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _compact(row: Item) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _text(value: str) -> str:
    return escape(_CONTROL.sub("", value))


def _xml_name(name: str) -> str:
    """``name`` as an element name; what XML forbids there becomes an underscore."""
    cleaned = _NOT_XML_NAME.sub("_", name) or "_"
    return cleaned if cleaned[0].isalpha() or cleaned[0] == "_" else f"_{cleaned}"


_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEET_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = {
    "[Content_Types].xml": (
        f'{_XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_PARTS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PARTS}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML_HEAD}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML_HEAD}<workbook xmlns="{_SHEET_SPACE}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Result" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML_HEAD}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}

FORMATS: dict[str, tuple[str, Callable[[Sequence[Item], FormatOptions], bytes], bool]] = {
    "json": ("application/json; charset=utf-8", _json, False),
    "jsonl": ("application/x-ndjson; charset=utf-8", _jsonl, False),
    "csv": ("text/csv; charset=utf-8", _csv, True),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx, False),
    "xml": ("application/xml; charset=utf-8", _xml, False),
    "html": ("text/html; charset=utf-8", _html, False),
    "rss": ("application/rss+xml; charset=utf-8", _rss, False),
}
"""Each format's content type, what writes it, and whether it begins with a byte order mark by itself."""

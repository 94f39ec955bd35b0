"""Attachment bytes made from a description: a real one-page PDF, or so many bytes with a file type's signature."""

from __future__ import annotations

import hashlib

__all__ = ["content_type_of", "filler", "pdf"]

_TYPES = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "html": "text/html",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "mp4": "video/mp4",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "pkpass": "application/vnd.apple.pkpass",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
_SIGNATURES = {
    "application/pdf": b"%PDF-1.4\n",
    "image/gif": b"GIF89a",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/zip": b"PK\x03\x04",
}


def content_type_of(filename: str) -> str:
    """The media type usual for a file name; ``application/octet-stream`` for an unknown ending.

    A table of our own: the standard library's reads the machine's, and a seed must mean the same everywhere.
    """
    return _TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")


def filler(size: int, content_type: str, key: str) -> bytes:
    """``size`` bytes that look like noise, follow from ``key`` and begin with the signature of ``content_type``."""
    office = content_type.startswith("application/vnd.openxmlformats")
    signature = _SIGNATURES.get("application/zip" if office else content_type, b"")
    return (signature + hashlib.shake_128(key.encode()).digest(max(size - len(signature), 0)))[:size]


def pdf(text: str) -> bytes:
    """A valid one-page PDF that shows ``text`` line by line in Helvetica; characters outside Latin-1 become ``?``."""
    shown = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in text.splitlines()]
    drawing = "BT /F1 11 Tf 14 TL 56 786 Td\n" + "".join(f"({line}) Tj T*\n" for line in shown) + "ET"
    stream = drawing.encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    document = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n" % (count, table, count)
    document += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(document)

"""Items of datasets: pushing, reading, shaping, exporting."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import openpyxl
import pytest

ITEMS = [
    {"name": "Ada", "tags": ["x", "y"], "at": {"city": "London", "zip": 1}, "#hidden": True},
    {},
    {"name": 'Grace, "Amazing"', "tags": [], "n": 1.5, "ok": False, "none": None},
]


@pytest.fixture
def dataset(api):
    made = api.data("POST", "/datasets?name=d")
    assert api("POST", f"/datasets/{made['id']}/items", ITEMS).status == 201
    return made["id"]


def read(api, dataset, query=""):
    reply = api("GET", f"/datasets/{dataset}/items?{query}")
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def test_items_come_back_as_they_were_pushed(api, dataset):
    assert read(api, dataset) == ITEMS
    assert api.data("GET", f"/datasets/{dataset}")["itemCount"] == 3


def test_one_object_is_one_item(api, dataset):
    api("POST", f"/datasets/{dataset}/items", {"lone": "ä\ud83d"})
    assert read(api, dataset, "offset=3") == [{"lone": "ä\ufffd"}]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"1", b'"x"', b'[{"a":1},2]', b"[[]]", b'{"a":NaN}', b'{"a":1e999}', b"\xff"]
)
def test_what_is_no_item_is_refused_and_nothing_of_it_stored(api, dataset, body):
    assert api.error("POST", f"/datasets/{dataset}/items", body)[:2] == (400, "invalid-request")
    assert read(api, dataset) == ITEMS


def test_a_push_beyond_nine_megabytes_is_refused(api, dataset):
    body = json.dumps({"a": "x" * 9_437_184}).encode()
    assert api.error("POST", f"/datasets/{dataset}/items", body)[:2] == (413, "request-too-large")


def test_a_body_that_swells_past_the_limit_is_refused(api, dataset):
    import gzip

    bomb = gzip.compress(b" " * 50_000_000)
    assert api.error("POST", f"/datasets/{dataset}/items", bomb, Content_Encoding="gzip")[:2] == (
        413,
        "request-too-large",
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("offset=1&limit=1", [{}]),
        ("desc=1&limit=1", [ITEMS[2]]),
        ("clean=1", [{k: v for k, v in ITEMS[0].items() if k != "#hidden"}, ITEMS[2]]),
        ("skipHidden=true&limit=1", [{k: v for k, v in ITEMS[0].items() if k != "#hidden"}]),
        ("skipEmpty=1&limit=2", [ITEMS[0]]),
        ("fields=n,name", [{"name": "Ada"}, {}, {"n": 1.5, "name": ITEMS[2]["name"]}]),
        ("fields=name&outputFields=who&skipEmpty=1", [{"who": "Ada"}, {"who": ITEMS[2]["name"]}]),
        ("omit=tags,at,%23hidden&limit=1", [{"name": "Ada"}]),
        ("unwind=tags&fields=name,tags&limit=1", [{"name": "Ada", "tags": "x"}, {"name": "Ada", "tags": "y"}]),
        ("unwind=at&fields=name,city,zip&limit=1", [{"name": "Ada", "city": "London", "zip": 1}]),
        ("flatten=at&fields=at.city&limit=1", [{"at.city": "London"}]),
        ("limit=0&offset=1", ITEMS[1:]),
    ],
)
def test_the_shape_is_the_one_asked_for(api, dataset, query, expected):
    assert read(api, dataset, query) == expected


def test_unwound_objects_merge_with_their_parent_in_the_order_of_the_list(api):
    made = api.data("POST", "/datasets")["id"]
    api("POST", f"/datasets/{made}/items", {"a": 1, "list": [{"b": 1}, {"a": 2}, 7]})
    assert read(api, made, "unwind=list") == [{"a": 1, "b": 1}, {"a": 2}, {"a": 1, "list": 7}]


def test_fields_come_in_the_order_asked_for(api, dataset):
    assert list(read(api, dataset, "fields=at,name&limit=1")[0]) == ["at", "name"]


def test_pagination_is_in_the_headers(api, dataset):
    headers = api("GET", f"/datasets/{dataset}/items?offset=1&limit=5&desc=0").headers
    names = ("Offset", "Limit", "Count", "Total", "Desc")
    assert [headers.get(f"X-Apify-Pagination-{name}") for name in names] == ["1", "5", "2", "3", "false"]


@pytest.mark.parametrize("query", ["offset=-1", "limit=x", "format=yaml", "fields=a,b&outputFields=c"])
def test_a_wrong_parameter_is_named(api, dataset, query):
    assert api.error("GET", f"/datasets/{dataset}/items?{query}")[:2] == (400, "invalid-value")


def test_csv_has_a_column_for_every_field_and_a_mark_unless_refused(api, dataset):
    body = api("GET", f"/datasets/{dataset}/items?format=csv").body
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0]["at/city"] == "London"
    assert rows[2]["name"] == 'Grace, "Amazing"'
    assert (rows[2]["ok"], rows[2]["none"], rows[1]["name"]) == ("false", "", "")
    bare = api("GET", f"/datasets/{dataset}/items?format=csv&bom=0&delimiter=%3B&fields=name,n&skipHeaderRow=1").body
    assert bare.decode().splitlines()[0] == "Ada;"


def test_jsonl_is_one_item_a_line(api, dataset):
    reply = api("GET", f"/datasets/{dataset}/items?format=jsonl")
    assert [json.loads(line) for line in reply.body.splitlines()] == ITEMS
    assert reply.headers.get("content-type").startswith("application/x-ndjson")


def test_a_workbook_opens_and_keeps_numbers_numbers(api, dataset):
    body = api("GET", f"/datasets/{dataset}/items?format=xlsx&fields=name,n,ok").body
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [["name", "n", "ok"], ["Ada", None, None], [None, None, None], [ITEMS[2]["name"], 1.5, False]]


def test_xml_and_rss_can_be_parsed_and_names_are_chosen(api, dataset):
    body = api("GET", f"/datasets/{dataset}/items?format=xml&xmlRoot=people&xmlRow=person").body
    root = ET.fromstring(body)
    assert (root.tag, [child.tag for child in root]) == ("people", ["person"] * 3)
    assert [tag.text for tag in root[0].findall("tags")] == ["x", "y"]
    feed = ET.fromstring(api("GET", f"/datasets/{dataset}/items?format=rss&feedTitle=T%26T").body)
    assert feed.find("channel/title").text == "T&T"


def test_html_escapes_what_it_shows(api):
    made = api.data("POST", "/datasets")["id"]
    api("POST", f"/datasets/{made}/items", {"<b>": "<script>&"})
    body = api("GET", f"/datasets/{made}/items?format=html").body.decode()
    assert "<th>&lt;b&gt;</th>" in body
    assert "<td>&lt;script&gt;&amp;</td>" in body


def test_items_that_do_not_fit_the_schema_are_named_and_none_is_stored(api):
    schema = {"fields": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}
    made = api.data("POST", "/datasets?name=typed", {"schema": schema})["id"]
    reply = api("POST", f"/datasets/{made}/items", [{"n": 1}, {"n": "two"}, {}])
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["type"]) == (400, "schema-validation-error")
    assert [each["itemPosition"] for each in error["data"]["invalidItems"]] == [1, 2]
    assert read(api, made) == []


def test_the_client_reads_every_format_and_iterates(client, api, dataset):
    found = client.dataset(dataset)
    assert list(found.iterate_items(clean=True)) == [{k: v for k, v in ITEMS[0].items() if k[0] != "#"}, ITEMS[2]]
    assert found.list_items(limit=2).total == 3
    assert found.get_items_as_bytes(item_format="csv")[:3] == b"\xef\xbb\xbf"
    assert found.get_statistics().field_statistics["n"] == {"nullCount": 0, "emptyCount": 0, "min": 1.5, "max": 1.5}

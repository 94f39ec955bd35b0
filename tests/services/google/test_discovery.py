"""The committed surface against the installed client, and what is read from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import httplib2
import pytest
from googleapiclient.discovery import build

from emulator.kernel.operations import Match
from emulator.services.google.discovery import Surface, load, rpc_method, snake_case

SCRIPT = Path(__file__).parents[3] / "scripts" / "cut_surface.py"


@pytest.fixture(scope="module")
def cut_surface() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cut_surface", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["gmail", "youtube", "pubsub"])
def surface(request: pytest.FixtureRequest) -> Surface:
    return load(request.param)


@pytest.mark.parametrize("api", ["gmail", "youtube", "pubsub"])
def test_committed_surface_equals_the_installed_document(cut_surface: ModuleType, api: str) -> None:
    document = cut_surface.installed_document(api)
    ours = (cut_surface.SURFACE / f"{api}.json").read_text("utf-8")
    if document["revision"] != load(api).revision:
        mine, theirs = load(api).operation.keys(), {method["id"] for method in cut_surface.cut(document)["methods"]}
        pytest.skip(
            f"{api}: surface is revision {load(api).revision}, the installed client ships {document['revision']}; "
            f"methods only here {sorted(mine - theirs)}, only there {sorted(theirs - mine)}. "
            "Run scripts/cut_surface.py and read the diff."
        )
    assert cut_surface.render(cut_surface.cut(document)) == ours


def test_check_reports_a_difference(
    cut_surface: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cut_surface, "SURFACE", tmp_path)
    assert cut_surface.main(["--check"]) == 1
    assert cut_surface.main([]) == 0
    assert cut_surface.main(["--check"]) == 0
    gmail = tmp_path / "gmail.json"
    gmail.write_text(gmail.read_text("utf-8").replace("uint32", "int32"), "utf-8")
    capsys.readouterr()
    assert cut_surface.main(["--check"]) == 1
    assert "uint32" in capsys.readouterr().err


def test_surface_holds_facts_and_no_prose(cut_surface: ModuleType) -> None:
    for path in cut_surface.SURFACE.glob("*.json"):
        assert '"description":' not in path.read_text("utf-8").replace('"description": {"type": "string"', "")


def test_surface_is_read_once(surface: Surface) -> None:
    assert load(surface.name) is surface


def test_every_schema_that_is_named_exists(surface: Surface) -> None:
    for operation in surface.operations:
        for name in (operation.request, operation.response):
            assert name is None or name in surface.schemas, operation.id


def test_every_operation_is_routed_to_itself(surface: Surface) -> None:
    for operation in surface.operations:
        for path in operation.paths:
            example = path.replace("{", "a-").replace("}", "")
            match = surface.router.match(operation.verb, example)
            assert isinstance(match, Match)
            assert match.operation is operation


def test_gmail_facts_that_programs_depend_on() -> None:
    gmail = load("gmail")
    assert (len(gmail.operations), gmail.service, gmail.title) == (79, "gmail.googleapis.com", "Gmail API")
    assert gmail.batch_path == "batch"
    assert gmail.operation["gmail.users.messages.delete"].scopes == ("https://mail.google.com/",)
    history = gmail.operation["gmail.users.history.list"].parameter
    assert (history["startHistoryId"].format, history["historyTypes"].repeated) == ("uint64", True)
    send = gmail.operation["gmail.users.messages.send"]
    assert send.upload is not None
    assert (send.upload.max_size, send.upload.accept) == (36_700_160, ("message/*",))
    assert send.upload.paths[0] == "/upload/gmail/v1/users/{userId}/messages/send"


def test_youtube_bounds_and_downloads() -> None:
    youtube = load("youtube")
    most = youtube.operation["youtube.search.list"].parameter["maxResults"]
    assert (most.minimum, most.maximum, most.default) == (0, 50, "5")
    assert [operation.id for operation in youtube.operations if operation.download] == ["youtube.captions.download"]


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        ("gmail.users.getProfile", "caribou.api.proto.MailboxService.GetProfile"),
        ("gmail.users.history.list", "caribou.api.proto.MailboxService.ListHistory"),
        ("gmail.users.drafts.create", "caribou.api.proto.MailboxService.CreateDraft"),
        ("gmail.users.messages.list", "caribou.api.proto.MailboxService.ListMessages"),
        ("gmail.users.labels.list", "caribou.api.proto.MailboxService.ListLabels"),
        ("gmail.users.settings.sendAs.get", "caribou.api.proto.MailboxService.GetSendAs"),
        ("gmail.users.messages.batchModify", "caribou.api.proto.MailboxService.BatchModifyMessages"),
        ("youtube.search.list", "youtube.api.v3.V3DataSearchService.List"),
        ("youtube.playlists.insert", "youtube.api.v3.V3DataPlaylistService.Insert"),
        ("youtube.captions.list", "youtube.api.v3.V3DataCaptionService.List"),
    ],
)
def test_names_the_rpc_as_recorded_errors_do(operation: str, method: str) -> None:
    assert rpc_method(operation) == method


@pytest.mark.parametrize(
    ("camel", "snake"), [("maxResults", "max_results"), ("q", "q"), ("startHistoryId", "start_history_id")]
)
def test_spells_the_proto_field(camel: str, snake: str) -> None:
    assert snake_case(camel) == snake


def test_addresses_of_the_python_client_are_routed_and_decoded() -> None:
    messages = build("gmail", "v1", http=httplib2.Http(), static_discovery=True).users().messages()
    request = messages.attachments().get(userId="ada+x@example.com", messageId="18f", id="AN/gj:d J")
    match = load("gmail").router.match(request.method, urlsplit(request.uri).path)
    assert isinstance(match, Match)
    assert match.operation.id == request.methodId
    assert match.path_parameters == {"userId": "ada+x@example.com", "messageId": "18f", "id": "AN/gj:d J"}

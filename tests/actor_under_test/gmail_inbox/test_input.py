"""The input is checked where nobody else does: without an INPUT file, and for what depends on `dry_run`."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CREDENTIALS = {
    "client_id": "1234567890-abc.apps.googleusercontent.com",
    "client_secret": "GOCSPX-secretOfTheClient",
    "refresh_token": "1//0gRefreshTokenOfTheUser",
}


def rejection(inputs: ModuleType, raw: object) -> str:
    with pytest.raises(inputs.RunError) as caught:
        inputs.ActorInput.parse(raw)
    return str(caught.value)


@pytest.mark.parametrize("raw", [None, {}, dict.fromkeys(CREDENTIALS, "  "), dict.fromkeys(CREDENTIALS)])
def test_an_empty_input_asks_for_all_three_credentials_and_offers_the_dry_run(
    inputs: ModuleType, raw: dict[str, Any] | None
) -> None:
    message = rejection(inputs, raw)
    assert message.startswith("The input lacks client_id, client_secret, refresh_token.")
    assert "dry_run" in message


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_missing_credential_is_named(inputs: ModuleType, name: str) -> None:
    raw = {key: value for key, value in CREDENTIALS.items() if key != name}
    assert rejection(inputs, raw).startswith(f"The input lacks {name}.")


def test_a_dry_run_needs_no_credentials(inputs: ModuleType) -> None:
    assert inputs.ActorInput.parse({"dry_run": True}).dry_run


def test_credentials_lose_the_blanks_pasted_around_them(inputs: ModuleType) -> None:
    parsed = inputs.ActorInput.parse({name: f" {value}\n" for name, value in CREDENTIALS.items()})
    assert {name: getattr(parsed, name) for name in CREDENTIALS} == CREDENTIALS


def test_the_repr_shows_no_secret(inputs: ModuleType) -> None:
    text = repr(inputs.ActorInput.parse(CREDENTIALS))
    assert CREDENTIALS["client_secret"] not in text
    assert CREDENTIALS["refresh_token"] not in text


@pytest.mark.parametrize("value", [0, 1001, -1, "25", 2.5, True, [25]])
def test_max_results_must_be_a_whole_number_in_range(inputs: ModuleType, value: object) -> None:
    assert "max_results must be a whole number from 1 to 1000" in rejection(
        inputs, CREDENTIALS | {"max_results": value}
    )


@pytest.mark.parametrize("value", [1, 1000])
def test_max_results_may_be_either_bound(inputs: ModuleType, value: int) -> None:
    assert inputs.ActorInput.parse(CREDENTIALS | {"max_results": value}).max_results == value


def test_all_problems_are_told_at_once_and_no_value_is_repeated(inputs: ModuleType) -> None:
    raw = {"client_secret": ["GOCSPX-x"], "refresh_token": 1, "query": 7, "dry_run": "yes", "max_results": 0}
    message = rejection(inputs, raw)
    assert message == (
        "The input is not valid: client_secret must be text; refresh_token must be text; query must be text; "
        "max_results must be a whole number from 1 to 1000; dry_run must be true or false."
    )


@pytest.mark.parametrize("raw", [[], "text", 1])
def test_an_input_that_is_no_object_is_rejected(inputs: ModuleType, raw: object) -> None:
    assert rejection(inputs, raw) == "The input is not valid: it must be a JSON object."


def test_the_schema_and_the_code_agree(inputs: ModuleType, actor_folder: Path) -> None:
    schema = json.loads((actor_folder / ".actor" / "input_schema.json").read_text("utf-8"))
    fields = schema["properties"]
    parsed = inputs.ActorInput.parse(CREDENTIALS)
    declared = {name: field["default"] for name, field in fields.items() if "default" in field}
    assert {name: getattr(parsed, name) for name in declared} == declared
    assert set(fields) == set(inputs.ActorInput.__dataclass_fields__)
    assert (fields["max_results"]["minimum"], fields["max_results"]["maximum"]) == (1, 1000)
    assert [name for name, field in fields.items() if field.get("isSecret")] == ["client_secret", "refresh_token"]

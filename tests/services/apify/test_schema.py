"""The input schema validator: the platform's sentence for each mistake, and the real validator beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from emulator.services.apify.schema import SchemaProblem, check_input_schema, check_path

ROOT = Path(__file__).parents[3]
NODE = ROOT / "tests" / "node" / "node_modules"
NOT_VALID = "Input schema is not valid ({})"
TEXT_EDITORS = '"javascript", "python", "textfield", "textarea", "select", "fileupload", "hidden"'


def schema(field: dict | None = None, **top) -> dict:
    given = {"title": "A", "type": "string", "description": "d", "editor": "textfield"}
    return {"title": "t", "type": "object", "schemaVersion": 1, "properties": {"a": {**given, **(field or {})}}} | top


def without(name: str) -> dict:
    changed = schema()
    del changed["properties"]["a"][name]
    return changed


def lacking(name: str) -> dict:
    return {key: value for key, value in schema().items() if key != name}


MISTAKES = {
    "placeholder": (schema({"placeholder": "x"}), "Property schema.properties.a.placeholder is not allowed."),
    "format": (schema({"format": "x"}), "Property schema.properties.a.format is not allowed."),
    "no schemaVersion": (lacking("schemaVersion"), "Field schema.schemaVersion is required"),
    "no title": (lacking("title"), "Field schema.title is required"),
    "no editor": (without("editor"), "Field schema.properties.a.editor is required"),
    "no description": (without("description"), "Field schema.properties.a.description is required"),
    "wrong editor": (
        schema({"editor": "x"}),
        f"Field schema.properties.a.editor must be equal to one of the allowed values: {TEXT_EDITORS}",
    ),
    "integer with a text editor": (
        schema({"type": "integer"}),
        'Field schema.properties.a.editor must be equal to one of the allowed values: "number", "hidden"',
    ),
    "unknown type": (
        schema({"type": "text"}),
        (
            "Field schema.properties.a is not matching any input schema type definition. "
            "Please make sure that it's type is valid."
        ),
    ),
    "default of another type": (schema({"default": 3}), "Field schema.properties.a.default must be string"),
    "secret with default": (
        schema({"isSecret": True, "default": "x"}),
        "Property schema.properties.a.default is not allowed.",
    ),
    "secret with pattern": (
        schema({"isSecret": True, "pattern": "x"}),
        "Property schema.properties.a.pattern is not allowed.",
    ),
    "secret array as list": (
        schema({"isSecret": True, "type": "array", "editor": "stringList"}),
        'Field schema.properties.a.editor must be equal to one of the allowed values: "json", "hidden"',
    ),
    "select without choices": (
        schema({"editor": "select"}),
        "Field schema.properties.a.enumSuggestedValues is required",
    ),
    "object without editor": (
        {**schema(), "properties": {"a": {"title": "A", "type": "object", "description": "d"}}},
        "Field schema.properties.a. must match exactly one schema in oneOf",
    ),
    "unknown at the top": (schema(foo=1), "Property schema.foo is not allowed."),
    "another version": (schema(schemaVersion=2), "Field schema.schemaVersion must be <= 1"),
    "broken pattern": (
        schema({"pattern": "("}),
        'The regular expression "(" in field schema.properties.a.pattern must be valid.',
    ),
    "nested field": (
        schema({"type": "object", "editor": "schemaBased", "properties": {"b": {"type": "string"}}}),
        "Field schema.properties.a.b.title is required",
    ),
}
ACCEPTED = {
    "no fields": schema(properties={}),
    "nothing required": schema(required=[]),
    "more allowed": schema(additionalProperties=True),
    "a required default": schema({"default": "x"}, required=["a"]),
    "names with blanks": schema(properties={"a b": schema()["properties"]["a"]}),
    "a secret with prefill": schema({"isSecret": True, "prefill": "x"}),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_has_the_platforms_sentence(name):
    mistaken, text = MISTAKES[name]
    with pytest.raises(SchemaProblem) as found:
        check_input_schema(mistaken)
    assert str(found.value) == NOT_VALID.format(text)


def test_a_required_field_must_be_there():
    with pytest.raises(SchemaProblem) as found:
        check_input_schema(schema(required=["b"]))
    assert str(found.value) == (
        "Field schema.properties.b does not exist, but it is specified in schema.required. "
        "Either define the field or remove it from schema.required."
    )


def test_choices_where_the_type_has_none_are_refused_as_the_original_does():
    with pytest.raises(SchemaProblem) as found:
        check_input_schema(schema({"type": "array", "editor": "json", "enum": ["x"], "resourceType": "dataset"}))
    assert str(found.value) == 'Input schema validation failed to find "enum property" definition'


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_the_platform_accepts_is_accepted(name):
    check_input_schema(ACCEPTED[name])


def test_the_folders_of_the_repository_are_valid():
    findings = check_path(ROOT / "actor_under_test" / "gmail_inbox")
    assert [finding.line for finding in findings] == [
        "Success: Input schema is valid.",
        "Success: Dataset schema is valid.",
        "Success: Output schema is valid.",
    ]


def test_a_folder_without_schemas_says_so(tmp_path):
    with pytest.raises(SchemaProblem, match=r"No schemas found\."):
        check_path(tmp_path)


def test_the_command_prints_what_is_wrong_and_leaves_with_the_clis_code(tmp_path):
    from emulator.cli import main

    file = tmp_path / "INPUT_SCHEMA.json"
    file.write_text(json.dumps(MISTAKES["placeholder"][0]))
    done = CliRunner().invoke(main, ["validate", str(file)])
    text = NOT_VALID.format("Property schema.properties.a.placeholder is not allowed.")
    assert (done.exit_code, done.output) == (1, f"Error: {text}\n")
    assert CliRunner().invoke(main, ["validate", str(tmp_path)]).exit_code == 5
    file.write_text(json.dumps(schema()))
    done = CliRunner().invoke(main, ["validate", str(file)])
    assert (done.exit_code, done.output) == (0, "Success: Input schema is valid.\n")


@pytest.mark.node
def test_the_real_command_says_the_same_letter_for_letter(tmp_path):
    command = NODE / ".bin" / "apify"
    node = shutil.which("node")
    assert command.exists(), "npm install in tests/node first"
    for name in ("placeholder", "wrong editor", "object without editor", "unknown type", "nested field"):
        mistaken, _ = MISTAKES[name]
        file = tmp_path / "INPUT_SCHEMA.json"
        file.write_text(json.dumps(mistaken))
        real = subprocess.run(
            [node, str(command), "validate-schema", str(file)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": str(Path(node).parent), "HOME": str(tmp_path), "APIFY_CLI_DISABLE_TELEMETRY": "1"},
        )
        assert check_path(file)[0].line in real.stdout + real.stderr
        assert real.returncode == 1


@pytest.mark.node
@pytest.mark.parametrize("name", ["input", "dataset", "output", "actor", "key_value_store"])
def test_the_documents_are_those_of_the_package(name):
    export = {"key_value_store": "keyValueStore"}.get(name, name) + "Schema"
    # The copy of the validator itself: the command brings an older one beside it.
    place = "require.resolve('@apify/json_schemas', { paths: [require.resolve('@apify/input_schema')] })"
    program = f"console.log(JSON.stringify(require({place}).{export}))"
    done = subprocess.run(
        ["node", "-e", program], cwd=NODE.parent, capture_output=True, text=True, timeout=60, check=True
    )
    ours = ROOT / "emulator" / "services" / "apify" / "schema" / "documents" / f"{name}.json"
    assert json.loads(done.stdout) == json.loads(ours.read_text("utf-8"))

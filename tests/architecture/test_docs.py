"""Every option, command and route is explained."""

from __future__ import annotations

import re

import click
import pytest

from emulator.cli import main


@pytest.fixture(scope="module")
def command_line(root):
    return (root / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def control_api(root):
    return (root / "docs" / "control-api.md").read_text(encoding="utf-8")


def test_every_command_has_a_heading(command_line):
    headings = set(re.findall(r"^## (\S+)$", command_line, re.MULTILINE))
    assert not set(main.commands) - headings


def test_every_option_is_in_a_table(command_line):
    explained = set(re.findall(r"^\| `(--[a-z-]+)", command_line, re.MULTILINE))
    missing = {
        f"{name} {option}"
        for name, command in main.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option not in explained
    }
    assert not missing


def test_no_option_is_explained_that_is_not_there(command_line):
    known = {option for command in main.commands.values() for each in command.params for option in each.opts}
    assert not set(re.findall(r"^\| `(--[a-z-]+)", command_line, re.MULTILINE)) - known


def test_the_control_routes_and_their_table_are_equal(control_api):
    from emulator.control.routes import ROUTES

    explained = set(re.findall(r"^\| `([A-Z]+) ([\w/]+)`", control_api, re.MULTILINE))
    assert explained == set(ROUTES)


def test_every_field_of_a_control_body_is_named(control_api):
    import dataclasses

    from emulator.control import requests

    fields = {field.name for name in requests.__all__ for field in dataclasses.fields(getattr(requests, name))}
    assert not {name for name in fields if f"`{name}`" not in control_api}

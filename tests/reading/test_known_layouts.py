"""The known layouts, and the recognition of one."""

import re
from pathlib import Path

import pytest

import passage_kit as pk
from passage_kit.columns.column_names import PEOPLE
from passage_kit.columns.secrets import is_secret_name
from passage_kit.errors import OptionError
from passage_kit.reading import layouts as declarations
from passage_kit.reading.known_layouts import known_layouts, layout_named, recognise, recognise_headerless


def test_every_file_of_the_folder_is_a_layout():
    files = [path.stem for path in Path(declarations.__file__).parent.glob("*.py") if path.stem != "__init__"]
    assert [layout.name for layout in known_layouts()] == sorted(files)


@pytest.mark.parametrize("layout", known_layouts(), ids=lambda layout: layout.name)
def test_a_layout_is_well_formed(layout):
    assert layout.link.startswith("https://")
    assert layout.email + layout.phone or layout.mark
    assert layout.signs or layout.mark or layout.headerless
    assert set(layout.fields) <= set(PEOPLE)
    assert all(note.endswith(".") for note in layout.notes)
    assert not [name for signs in layout.signs for name in signs if layout.holds_secrets(name) or is_secret_name(name)]
    assert all(recognise(signs) is not None for signs in layout.signs)


@pytest.mark.parametrize("layout", [it for it in known_layouts() if it.headerless], ids=lambda layout: layout.name)
def test_a_shape_without_header_fits_its_columns(layout):
    shape = layout.headerless
    assert max(shape.shapes) < shape.least <= len(shape.header)
    assert recognise(shape.header) is layout
    assert all(re.compile(pattern) for pattern in shape.shapes.values())


def test_columns_of_no_system_have_no_layout():
    assert recognise(["email", "phone", "name", "created_at"]) is None
    assert recognise([]) is None
    assert recognise_headerless([["ann@example.org", "Ann"]]) is None
    assert recognise_headerless([]) is None


def test_a_name_gives_its_layout():
    assert layout_named("auth0").title == "Auth0"
    assert layout_named("none") is None
    with pytest.raises(OptionError, match=r"no layout 'auth'. Did you mean 'auth0'\?"):
        layout_named("auth")


def test_a_source_says_its_layout(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("user_id,email,email_verified,identities,multifactor\nauth0|1,ann@example.org,true,,guardian\n")
    source = pk.read_source(path)
    assert source.layout == "auth0"
    assert "multifactor" not in source.users
    path.write_text("user_id,email,multifactor\nauth0|1,ann@example.org,guardian\n")
    assert pk.read_source(path).layout is None
    assert "multifactor" in pk.read_users(path)


def test_a_mark_counts_if_no_columns_do():
    beginning = '[{"type": "header", "comment": "Export to JSON plugin for phpMyAdmin"}'
    assert recognise(["id", "email"], beginning).name == "phpmyadmin"
    assert recognise(["user_login", "user_email", "user_registered"], beginning).name == "wordpress"
    assert recognise(["id", "email"], "") is None

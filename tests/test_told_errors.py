"""What a newcomer most likely does wrong is said in the language of the panels; programs read it in English."""

import json
import pickle
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import openpyxl
import pytest

import passage_kit as pk
from passage_kit.api.exchange import _meaning
from passage_kit.database.connections import connect
from passage_kit.database.urls import database_url, open_engine
from passage_kit.errors import NoAnswerError, PassageKitError, PlanError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.translations import languages, speaking, told, worded
from passage_kit.widgets import ChoosePath
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace

FOREIGN = languages()[1:]


def no_email(folder):
    pk.apply_mapping(pk.read_users(folder / "good.csv"), FieldMapping({"name": "Name"}))


def unreachable(_folder):
    with connect(open_engine(database_url("postgresql://ann:tulip@127.0.0.1:9/shop"))):
        pass


def without_key(folder):
    pk.write_passage_ids(pk.Workspace(folder / "w"), table="plain", workspace=folder / "w", db=shop(folder))


def without_table(folder):
    (folder / "ids.csv").write_text("id,email\n9DeEXvYBStnzwQcHFd6f558L,ann@example.org\n")
    pk.write_passage_ids(folder / "ids.csv", table="nowhere", workspace=folder / "w", db=shop(folder))


def shop(folder) -> str:
    with closing(sqlite3.connect(folder / "shop.db")) as app, app:
        app.execute("CREATE TABLE IF NOT EXISTS plain (email TEXT)")
    return f"sqlite:///{folder}/shop.db"


def busy(folder):
    def prepare() -> None:
        with locked(folder / "w", "prepare", make=True):
            pass

    with locked(folder / "w", "push", make=True), ThreadPoolExecutor(1) as another:
        another.submit(prepare).result()


def no_answer(_folder):
    with pk.PassageClient(app_id="app1", api_key="key1", base_url="http://127.0.0.1:9/v1") as client:
        client.get_app()


def refused_by(status):
    def refused(_folder):
        kind, sentence = _meaning(status, f"{status} unauthorized", "another address")
        raise kind(sentence)

    return refused


WRONG = {
    "image": lambda folder: pk.read_source(folder / "photo.jpg"),
    "empty": lambda folder: pk.read_source(folder / "empty.csv"),
    "empty workbook": lambda folder: pk.read_source(folder / "empty.xlsx"),
    "no workbook": lambda folder: pk.read_source(folder / "photo.xlsx"),
    "header alone": lambda folder: pk.read_source(folder / "header.csv"),
    "no header": lambda folder: pk.read_source(folder / "headerless.csv"),
    "several lists": lambda folder: pk.read_source(folder / "lists.json"),
    "no file": lambda folder: pk.read_source(folder / "nowhere.csv"),
    "a folder": lambda folder: pk.read_template(folder),
    "no email": no_email,
    "no plan": lambda folder: Workspace(folder / "none").load_plan(),
    "no database": lambda folder: database_url(f"sqlite:///{folder}/nowhere.db"),
    "no address of a database": lambda _folder: database_url("shop"),
    "unreachable database": unreachable,
    "no ids": without_key,
    "no table": without_table,
    "wrong name of a field": lambda _folder: pk.MetadataField("e mail"),
    "two fields of a name": lambda _folder: pk.MetadataSchema([pk.MetadataField("city"), pk.MetadataField("city")]),
    "wrong address": lambda _folder: pk.PassageClient(app_id="app1", api_key="key1", base_url="passage"),
    "plain address": lambda _folder: pk.PassageClient(app_id="a1", api_key="k1", base_url="http://example.org/v1"),
    "wrong key": lambda _folder: pk.PassageClient(app_id="a1", api_key="schlüssel", base_url="https://example.org"),
    "no answer": no_answer,
    "refused key": refused_by(401),
    "unknown app": refused_by(404),
    "service that failed": refused_by(503),
    "busy": busy,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(300))
    (folder / "empty.csv").write_text("")
    (folder / "photo.xlsx").write_bytes(b"PK\x03\x04" + bytes(300))
    openpyxl.Workbook().save(folder / "empty.xlsx")
    (folder / "header.csv").write_text("email,name\n")
    (folder / "headerless.csv").write_text("ann@example.org,Ann\nbo@example.org,Bo\n")
    (folder / "good.csv").write_text("Name\nAnn\n")
    person = {"email": "ann@example.org", "name": "Ann"}
    (folder / "lists.json").write_text(json.dumps({"users": [person], "members": [person]}))
    return folder


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_most_likely_wrong_is_said_in_each_language(folder, wrong):
    with pytest.raises(PassageKitError) as raised:
        WRONG[wrong](folder)
    error = raised.value
    english = str(error)
    in_panel = told(error)
    assert not re.search("PASSAGE_|`--|in Python", in_panel)  # a panel has fields and buttons
    for spoken in FOREIGN:
        with speaking(spoken):
            assert str(error) == english
            said = told(error)
        assert said not in (english, in_panel)
        assert english not in said  # which it would be in the frame of what has no translation
        assert "tulip" not in said


def test_what_has_no_translation_is_said_in_english_within_words_that_say_so():
    error = PlanError("The plan has a flaw.")
    assert told(error) == "The plan has a flaw."
    for spoken in FOREIGN:
        with speaking(spoken):
            assert told(error).endswith(" The plan has a flaw.")
    assert told(KeyboardInterrupt()) == ""


def test_a_worded_text_is_the_english_text_and_can_go_to_another_process():
    text = worded("{name} is {kind}. {advice}", name="photo.jpg", kind=worded("an image"), advice="{b}")
    assert text == "photo.jpg is an image. {b}"
    again = pickle.loads(pickle.dumps(NoAnswerError(text, status=500)))  # noqa: S301 - our own
    with speaking("de"):
        assert told(again) == "photo.jpg ist ein Bild. {b}"


def test_a_panel_says_it_in_the_language_of_the_reader(folder, tmp_path):
    with speaking("de"):
        panel = ChoosePath(Workspace(tmp_path / "migration"))
        panel.source.value = str(folder / "photo.jpg")
        assert panel.messages == [
            "photo.jpg ist ein Bild. Exportieren Sie die Benutzer als CSV, Excel, JSON oder Parquet."
        ]
        panel.source.value = "nowhere.csv"
        assert panel.messages[0].startswith("Es gibt keine Datei 'nowhere.csv'.")

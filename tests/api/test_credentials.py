import getpass
import os
import sys

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from notebook_runs import execute, kernel

from passage_kit.api.credentials import PASSAGE, Credentials, find_credentials, known_settings
from passage_kit.errors import CredentialsError

KEY = "s3cret-key-of-nobody"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_they_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PASSAGE_APP_ID", "app")
    monkeypatch.setenv("PASSAGE_API_KEY", KEY)
    monkeypatch.setenv("PASSAGE_BASE_URL", PASSAGE)
    found = find_credentials()
    assert (found.app_id, found.api_key, found.base_url) == ("app", KEY, PASSAGE)
    assert found.key_from == "the environment (PASSAGE_API_KEY)"


def test_they_come_from_a_file_which_leaves_the_environment_alone(tmp_path, monkeypatch):
    text = f"PASSAGE_APP_ID=app\nexport PASSAGE_API_KEY='{KEY}'\nPASSAGE_BASE_URL=http://127.0.0.1:9/v1/\n"
    (tmp_path / ".env").write_text(text)
    found = find_credentials()
    assert (found.app_id, found.api_key, found.base_url) == ("app", KEY, "http://127.0.0.1:9/v1")
    assert found.key_from == ".env (PASSAGE_API_KEY)"
    assert "PASSAGE_API_KEY" not in os.environ
    monkeypatch.setenv("PASSAGE_APP_ID", "other")
    assert known_settings()["PASSAGE_APP_ID"] == "other"


def test_they_are_asked_for_where_somebody_is(monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: asked.append(prompt) or KEY)
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or " app ")
    found = find_credentials(base_url=PASSAGE)
    assert (found.app_id, found.api_key, found.key_from) == ("app", KEY, "the prompt")
    assert asked == ["PASSAGE_APP_ID: ", "PASSAGE_API_KEY: "]


@pytest.mark.notebook
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq|jupyter_client|tornado|nbclient")
def test_a_kernel_whose_page_does_not_ask_says_what_to_do(tmp_path):
    cells = [
        "from passage_kit.progress import in_notebook\nprint(in_notebook())",
        "from passage_kit import PassageClient\nPassageClient()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    with kernel() as used, pytest.raises(CellExecutionError, match=r"PASSAGE_APP_ID is not set.*\.env.*sandbox"):
        execute(used, notebook, tmp_path, timeout=120)
    assert notebook.cells[0].outputs[0].text == "True\n"


def test_without_anybody_the_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CredentialsError, match=r"PASSAGE_APP_ID is not set.*\.env.*sandbox"):
        find_credentials()


def test_passages_own_address_gets_no_key_unasked(monkeypatch, capsys):
    with pytest.raises(CredentialsError, match=r"Nobody can be asked .*Set PASSAGE_BASE_URL"):
        find_credentials(app_id="app", api_key=KEY)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answers = ["", "no", "YES"]
    monkeypatch.setattr("builtins.input", lambda: answers.pop(0))
    for _ in range(2):
        with pytest.raises(CredentialsError, match=r"nobody agreed to api\.passage\.id"):
            find_credentials(app_id="app", api_key=KEY)
    assert find_credentials(app_id="app", api_key=KEY).base_url == PASSAGE
    printed = capsys.readouterr()
    assert printed.err.count("Send the API key of the app app to api.passage.id? [y/N]") == 3
    assert KEY not in printed.err + printed.out


@pytest.mark.parametrize(
    "url",
    [
        "http://api.passage.id/v1",
        "http://127.0.0.1.example.org/v1",
        "http://localhost.example.org",
        "http://10.0.0.1/v1",
        "ftp://127.0.0.1/v1",
        "https://user:word@api.passage.id/v1",
        "https://api.passage.id/v1?x=1",
        "api.passage.id",
        "https://",
        "https://[::1",
        "http://2130706433/v1",
        "https://api.p\u0430ssage.id/v1",
        "https://api.passage.id\\.example.org/v1",
        "https://api.passage.id/v1\x1b[2J",
        "https://api.passa\nge.id/v1",
        "https://api.passage.id/v1#",
        "https://api.passage.id,example.org/v1",
    ],
)
def test_a_key_is_not_sent_there(url):
    with pytest.raises(CredentialsError) as caught:
        find_credentials(app_id="app", api_key=KEY, base_url=url)
    assert KEY not in str(caught.value)
    assert "word" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize("url", [PASSAGE, "http://localhost:1/v1", "http://127.8.8.8/v1", "http://[::1]:80/v1"])
def test_a_key_may_be_sent_there(url):
    assert find_credentials(app_id="app", api_key=KEY, base_url=url).base_url == url


@pytest.mark.parametrize(
    ("app", "key", "problem"),
    [
        ("", KEY, "PASSAGE_APP_ID is blank"),
        ("app", "", "PASSAGE_API_KEY is blank"),
        ("a b", KEY, "PASSAGE_APP_ID has a character"),
        ("app", f"{KEY}\nx: y", "PASSAGE_API_KEY has a character"),
        ("a/../b", KEY, "PASSAGE_APP_ID has a slash"),
        ("app", f"{KEY}é", "PASSAGE_API_KEY has a character"),
    ],
)
def test_what_cannot_be_an_id_or_a_key_is_said_without_it(app, key, problem):
    with pytest.raises(CredentialsError, match=problem) as caught:
        Credentials(app, key, PASSAGE, "the call")
    assert KEY not in str(caught.value)


def test_a_file_that_is_not_text_is_said_without_what_it_holds(tmp_path):
    (tmp_path / ".env").write_bytes(f"PASSAGE_API_KEY={KEY}\xff\n".encode("latin-1"))
    with pytest.raises(CredentialsError, match=r"\.env cannot be read: it is not UTF-8") as caught:
        find_credentials()
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "local"), [(PASSAGE, False), ("http://127.0.0.1:9/v1", True), ("https://localhost/v1", True)]
)
def test_an_address_on_this_machine_is_known(url, local):
    assert Credentials("app", KEY, url, "the call").local == local


def test_the_key_is_in_no_repr():
    found = Credentials("app", KEY, PASSAGE, "the call")
    assert KEY not in repr(found)
    assert found.host == "api.passage.id"
    assert not found.local

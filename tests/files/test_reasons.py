"""Why a file cannot be used: as the system says it in a terminal, and in the reader's language in a panel."""

import errno
import json
import os
import tomllib

import pytest

from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import speaking, told


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "die Datei gibt es nicht"),
        (errno.EACCES, "Ihnen fehlt das Recht dazu"),
        (errno.EISDIR, "es ist ein Ordner"),
        (errno.ENOSPC, "der Datenträger ist voll"),
        (errno.EROFS, "der Datenträger lässt sich nur lesen"),
        (errno.ENAMETOOLONG, "der Name ist zu lang"),
    ],
)
def test_what_the_system_says_is_said_in_the_readers_language(number, said):
    reason = reason_of(OSError(number, os.strerror(number), "users.csv"))
    assert reason == os.strerror(number)
    with speaking("de"):
        assert told(ValueError(reason)) == said


def test_what_is_not_known_stays_as_the_system_says_it():
    assert type(reason_of(OSError(errno.EIO, "Input/output error"))) is str


def test_what_the_kit_says_itself_is_kept(tmp_path):
    with pytest.raises(IsADirectoryError) as error:
        read_regular(tmp_path)
    with speaking("fr"):
        assert told(ValueError(reason_of(error.value))) == "c'est un dossier\u202f; un fichier est attendu"


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        (tomllib.loads, "a = 1\nb = ]", "Zeile 2 stimmt nicht"),
        (tomllib.loads, "a = [", "sie ist beschädigt"),
        (json.loads, '{"a":\n x}', "Zeile 2 stimmt nicht"),
        (lambda text: text.encode("cp1252").decode("utf-8"), "Zoë, Änne", "kein UTF-8"),
    ],
)
def test_what_a_parser_says_names_the_line(parse, text, said):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - each parser has an error of its own
        parse(text)
    reason = reason_of(error.value)
    assert str(reason) == str(error.value)
    with speaking("de"):
        assert told(ValueError(reason)) == said

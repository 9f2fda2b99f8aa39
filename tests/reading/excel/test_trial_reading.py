"""A damaged workbook ends in the kit's own sentence: what its reader prints as it panics reaches nobody."""

import io
import os
import signal
import struct
import subprocess
import sys
import zipfile

import pytest
import python_calamine

from passage_kit.reading.excel import trial_reading
from passage_kit.reading.excel.trial_reading import ends_in_a_panic
from tests.old_workbooks import words, workbook
from tests.other_workbooks import binary_workbook

TEXTS = ["email", "name", "ann@example.org", "Ann"]
CELLS = words(0, 0, 0) + words(0, 1, 1) + words(1, 0, 2) + words(1, 1, 3)
GOOD = workbook(("Users", 0, CELLS), texts=TEXTS)
AT = GOOD.index(struct.pack("<HH", 0x0809, 16))  # where the workbook begins


def damaged(at: int, value: int) -> bytes:
    return GOOD[: AT + at] + bytes([value]) + GOOD[AT + at + 1 :]


PANICS = {
    "a folder cut short": GOOD[: GOOD.index("Workbook".encode("utf-16-le")) + 112],
    "a first record that is too short": damaged(2, 0),
    "a sheet that begins beyond the end": damaged(56, 127),
    "texts that are cut short": damaged(114, 127),
}


BINARY = binary_workbook([["email", "name"], ["ann@example.org", "Ann"]])  # .xlsb


def damaged_part(name: str, at: int, value: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BINARY)) as whole, zipfile.ZipFile(packed, "w") as changed:
        for part in whole.namelist():
            body = whole.read(part)
            changed.writestr(part, body[:at] + bytes([value]) + body[at + 1 :] if part == name else body)
    return packed.getvalue()


# Some end the process that reads them, so nothing here reads them but the trial.
CRASHES = {
    "a sheet whose name is too long": damaged_part("xl/workbook.bin", 27, 127),
    "a sheet whose record is too short": damaged_part("xl/workbook.bin", 21, 0),
    "a text that is cut short": damaged_part("xl/worksheets/sheet1.bin", 59, 127),
    "a text as long as memory": damaged_part("xl/worksheets/sheet1.bin", 83, 255),
}


@pytest.mark.parametrize("data", PANICS.values(), ids=PANICS)
def test_these_workbooks_make_their_reader_panic(data, capfd):
    """Without this, the other tests of this file would try nothing."""
    with pytest.raises(BaseException, match=r"range|slice|index"):
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert "panicked" in capfd.readouterr().err


@pytest.mark.parametrize("data", [*PANICS.values(), *CRASHES.values()], ids=[*PANICS, *CRASHES])
def test_a_panic_is_found_out_in_silence(data, capfd):
    assert ends_in_a_panic(data)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("data", [*PANICS.values(), next(iter(CRASHES.values()))], ids=[*PANICS, next(iter(CRASHES))])
def test_a_command_says_its_own_sentence_and_nothing_else(data, tmp_path):
    file = tmp_path / "users.xls"
    file.write_bytes(data)
    command = [sys.executable, "-m", "passage_kit", "prepare", str(file), "--out", str(tmp_path / "m")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 2
    assert ended.stdout == ""
    [said] = ended.stderr.strip().splitlines()
    assert "users.xls cannot be read as a workbook: it is damaged. Open it in Excel" in said


@pytest.mark.parametrize(
    "data", [GOOD, GOOD[:600], BINARY, b"PK\3\4", b""], ids=["good", "cut", "binary", "zip", "empty"]
)
def test_what_does_not_panic(data):
    assert not ends_in_a_panic(data)


def test_a_process_that_cannot_be_started_finds_nothing_out(monkeypatch):
    monkeypatch.setattr(sys, "executable", os.path.join(os.sep, "nowhere", "python"))
    assert not ends_in_a_panic(next(iter(PANICS.values())))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes of this system end in another way")
@pytest.mark.parametrize(("number", "found"), [("SIGSEGV", True), ("SIGABRT", True), ("SIGKILL", False)])
def test_a_crash_is_damage_and_a_kill_is_not(monkeypatch, number, found):
    program = f"import os, signal; os.kill(os.getpid(), signal.{number})"
    monkeypatch.setattr(trial_reading, "_PROGRAM", program)
    assert ends_in_a_panic(GOOD) is found

"""The command ``passage-kit changes``: the history as a list without addresses, undo and redo."""

import json

import passage_kit as pk


def test_it_lists_undoes_and_makes_again(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PASSAGE_KIT_LANGUAGE", "de")  # of panels and report, not of the terminal
    workspace = pk.Workspace(tmp_path / "m")
    assert "Nothing was changed yet." in run("changes", workspace.folder)[2]
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    code, printed, said = run("changes", workspace.folder)
    assert (code, printed) == (0, "")
    assert "done     Corrected email of row 2: blank became b***@e***.org." in said
    assert "Undone: Corrected email of row 2" in run("changes", workspace.folder, "--undo")[2]
    assert workspace.load_corrections().empty
    [change] = json.loads(run("changes", workspace.folder, "--json")[1])["changes"]
    assert (change["state"], change["what"]) == ("undone", "corrections")
    assert "Made again: " in run("changes", workspace.folder, "--redo")[2]
    code, _, said = run("changes", workspace.folder, "--redo")
    assert (code, "nothing to make again" in said) == (2, True)

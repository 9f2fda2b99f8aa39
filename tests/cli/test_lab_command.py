import subprocess

import pytest

from passage_kit.cli import main, notebook_server
from passage_kit.cli.notebook_server import FIRST


@pytest.mark.parametrize(("flag", "module"), [((), "jupyterlab"), (("--app",), "voila")])
def test_running_it_again_goes_on_in_the_same_workspace(tmp_path, monkeypatch, flag, module):
    ran = []
    monkeypatch.setattr(
        notebook_server.subprocess,
        "run",
        lambda command, check: ran.append(command) or subprocess.CompletedProcess(command, 0),
    )
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            main(["lab", str(tmp_path / "mine"), *flag, "--no-browser"])
        assert ended.value.code == 0
        (tmp_path / "mine" / "migration").mkdir(exist_ok=True)
        (tmp_path / "mine" / FIRST).write_text("as I left it")
    assert ran[0] == ran[1]
    assert ran[0][2] == module
    assert (tmp_path / "mine" / FIRST).read_text() == "as I left it"
    assert (tmp_path / "mine" / "migration").exists()

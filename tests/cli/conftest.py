"""The command line as a fixture: what a command prints, and how it ends."""

import pytest

from passage_kit.cli import main


@pytest.fixture
def run(capsys):
    """Run the command line: exit code, stdout, stderr."""

    def passage_kit(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return passage_kit

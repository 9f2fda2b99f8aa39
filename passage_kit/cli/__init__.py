"""The command line: the notebooks' verbs without a browser."""

from passage_kit._former import moved
from passage_kit.cli.commands import commands as command_line
from passage_kit.cli.commands import main

__all__ = ["command_line", "main", "startup"]

__getattr__, __dir__ = moved(
    __name__, "passage_kit.cli.commands", "passage_kit.cli.shared_options", "passage_kit.progress"
)

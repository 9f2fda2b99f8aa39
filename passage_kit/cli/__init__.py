"""The command line: the notebooks' verbs without a browser."""

from passage_kit.cli.commands import main

__all__ = ["main", "startup"]

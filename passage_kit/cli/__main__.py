"""``python -m passage_kit.cli``: the same as ``python -m passage_kit``."""

from passage_kit.cli.startup import run

if __name__ == "__main__":
    run()

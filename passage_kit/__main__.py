"""``python -m passage_kit``: the command line where its script is not on the path."""

from passage_kit.cli.startup import run

if __name__ == "__main__":
    run()

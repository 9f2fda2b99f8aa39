"""An engine that notes its calls, for scripts that a test kills, too."""

from pathlib import Path

from messy_lists import MAPPING, SCHEMA

from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.resuming import recorded

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US", "rows": 40}


class Notes(InThisProcess):
    """Notes each call in a file once it has written what it writes, before it is recorded."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.touch()

    def begin(self, name, known):
        pass

    def made(self, at, calls):
        pass

    def run(self, name, call, items):
        self.begin(name, {line.split("\t")[0] for line in self.path.read_text().splitlines()})
        items = list(items)
        return [self.call(name, at, len(items), call, item) for at, item in enumerate(items)]

    def call(self, name, at, calls, call, item):
        storage, record, inner, *given = item
        assert call is recorded

        def noted(*given):
            result = inner(*given)
            with self.path.open("a") as file:
                file.write(f"{name}\t{record}\n")
            self.made(at, calls)
            return result

        return recorded(storage, record, noted, *given)

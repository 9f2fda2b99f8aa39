"""Whether the long runs are asked for: some tests try far more with ``PASSAGE_KIT_LONG=1`` than in CI."""

import os

LONG = bool(os.environ.get("PASSAGE_KIT_LONG"))
SEEDS = range(1, 7) if LONG else [1]  # of inputs by the hundred thousand

"""Whether the long runs are asked for: some tests try far more with ``PASSAGE_KIT_LONG=1`` than in CI."""

import os

from hypothesis import settings

LONG = bool(os.environ.get("PASSAGE_KIT_LONG"))
HEAVY = settings().max_examples // (1 if LONG else 2)  # for a promise of which an example costs a tenth of a second
SEEDS = range(1, 7) if LONG else [1]  # of inputs by the hundred thousand

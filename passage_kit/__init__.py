"""Prepare an application's users for Passage: read, map, normalise, de-duplicate, validate, export.

The public names are listed in ``__init__.pyi``; each is imported at its first use, so ``import passage_kit`` is
quick.
"""

from pathlib import Path

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

# Modules are found by their former names for one more release.
__path__ = [*__path__, str(Path(__file__).with_name("_former"))]

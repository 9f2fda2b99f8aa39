"""Exports as odd systems write them: each is read whole with the right addresses, or refused with a sentence.

``data/hostile_exports.json`` has them, each with what is right: the rows that are read, the emails and phones that are
exported, or the beginning of the refusal.
"""

import base64
import json
from pathlib import Path

import pytest

import passage_kit as pk

EXPORTS = json.loads((Path(__file__).parent / "data" / "hostile_exports.json").read_text(encoding="utf-8"))
SCHEMA = pk.MetadataSchema(pk.MetadataField(name) for name in ("first_name", "last_name", "name", "city", "notes"))


@pytest.mark.few(42)
@pytest.mark.parametrize("export", EXPORTS, ids=[export["name"] for export in EXPORTS])
def test_nobody_vanishes_and_no_wrong_address_is_chosen(export, tmp_path):
    path = tmp_path / export["name"]
    path.write_bytes(export["text"].encode() if "text" in export else base64.b64decode(export["base64"]))
    options = export.get("options", {})
    if "refused" in export:
        with pytest.raises(pk.PassageKitError) as refusal:
            pk.prepare(path, schema=SCHEMA, **options)
        assert " ".join(str(refusal.value).replace(path.name, "").split()).startswith(export["refused"])
        return
    prepared = pk.prepare(path, schema=SCHEMA, **options)
    assert prepared.funnel.adds_up
    assert len(prepared.ledger) == export["read"]
    for name in ("email", "phone"):
        found = prepared.users[name].dropna().tolist() if name in prepared.users else []
        assert found == export[f"{name}s"]

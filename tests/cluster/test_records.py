"""What calls return comes back from the storage as it was, and bytes of anybody else call nothing."""

import hashlib
import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.cluster.people_steps import Meeting
from passage_kit.cluster.records import dump, load
from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import make_findings
from passage_kit.workspace.manifest import Entry


def test_values_of_every_kind_come_back_with_their_types():
    plain = [None, 3, "x", {"a": {"b"}}, ("c", 2.5), Meeting(1, [2]), Entry(3, "ab")]
    assert load(dump(plain)) == plain
    numbers, texts = np.array([3, 1]), pa.array(["a", None])
    assert load(dump(numbers)).dtype == numbers.dtype
    assert load(dump(numbers)).tolist() == [3, 1]
    assert load(dump(np.zeros(0, dtype=np.int64))).dtype == np.int64
    assert load(dump(texts)).equals(texts)
    assert load(dump(pa.chunked_array([texts, texts]))).equals(pa.chunked_array([texts, texts]))
    assert load(dump(pa.table({"a": texts}))).equals(pa.table({"a": texts}))


@pytest.mark.parametrize(
    "frame",
    [
        users_frame({"email": ["ann@example.org", None], "born": [None, None]}),
        users_frame({"email": ["ann@example.org"]}).iloc[:0],
        make_findings([3, None], field=["email", "phone"], code=["email_invalid", "phone_plus_added"], argument="x"),
    ],
)
def test_frames_come_back_equal(frame):
    pd.testing.assert_frame_equal(load(dump(frame)), frame)


def test_damage_is_seen():
    record = dump({"ann@example.org": 2})
    for damaged in (record[:-1], record[:20] + b"\x00" + record[21:], b""):
        with pytest.raises(ValueError, match="is damaged"):
            load(damaged)


class Hostile:
    """Bytes that call a function when pickle reads them."""

    def __reduce__(self):
        return (print, ("called",))


@pytest.mark.parametrize(("value", "named"), [(Hostile(), "builtins.print"), (Counter("ab"), "collections.Counter")])
def test_records_hold_no_code(value, named, capsys):
    with pytest.raises(ValueError, match=f"holds a {named}, and may not"):
        load(signed(pickle.dumps(value)))
    assert capsys.readouterr().out == ""


def test_functions_of_the_kit_are_no_values():
    with pytest.raises(ValueError, match=r"holds a passage_kit\.cluster\.records\.load"):
        load(signed(pickle.dumps(load)))


def signed(data):
    """Give bytes the digest of a record, as somebody who writes into the storage can."""
    return hashlib.sha256(data).digest() + data

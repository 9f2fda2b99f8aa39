import pyarrow as pa
import pytest

from passage_kit.metadata.moments import are_moments, epoch_of, lacks_year, moments_of, one_epoch


@pytest.mark.parametrize(
    ("values", "meaning"),
    [
        (["1704067200000", "1704326400123"], "epoch_ms"), (["1704067200", "1704326400.5"], "epoch_s"),
        (["1704067200123456"], "epoch_us"), (["133512345678901234", "0", "9223372036854775807"], "filetime"),
        (["1704067200", "0"], "epoch_s"), (["0"], None), (["133512345678901234", "1704067200"], None),
        (["1704067200", "1704067200000"], None), (["1704067200", "soon"], None), (["12345"], None), (["", ""], None),
    ],
)  # fmt: skip
def test_epochs_are_known_by_the_whole_column(values, meaning):
    assert epoch_of([pa.array(values)]) == meaning


@pytest.mark.parametrize(
    ("values", "moments"),
    [
        (["2024-01-05 10:00:00", ""], True), (["2024-01-05T10:00:00.123456+00:00"], True), (["1704067200000"], True),
        (["05/01/2024 10:00"], True), (["2024-01-05", "no"], False), (["1", "0"], False), (["20240105"], False),
        ([""], False),
    ],
)  # fmt: skip
def test_moments(values, moments):
    assert are_moments([pa.array(values)]) == moments


def test_the_parts_of_a_column_agree_or_not():
    seconds, days = pa.array(["1704067200"]), pa.array(["2024-01-05"])
    assert moments_of([seconds, days]) == {None, "epoch_s"}
    assert not are_moments([seconds, days])
    assert one_epoch(frozenset({"epoch_s"})) == "epoch_s"
    assert one_epoch(frozenset({None, "epoch_s"})) is None


def test_a_day_without_a_year():
    assert lacks_year(pa.array(["--03-15", "15.3.", "15.3.2024"])).to_pylist() == [True, True, False]

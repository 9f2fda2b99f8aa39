from passage_kit.cluster.added_evidence import add_whole, cut, filled_by_part, say_states
from passage_kit.cluster.judging_steps import MappedPart
from passage_kit.cluster.reading_steps import FileRead, wanted_of
from passage_kit.findings.findings import make_findings, no_findings
from passage_kit.identifiers.phones.lost_plus import NO_PLUS_EVIDENCE
from passage_kit.mapping.column_counts import ColumnCounts
from passage_kit.metadata.dates import OrderEvidence


def read(number, rows, filled):
    return FileRead(number, None, rows, no_findings(), {}, filled)


def test_partitions_do_not_cross_files_and_number_all_rows():
    files = [read(0, 5, {"email": [2, 1, 0]}), read(1, 2, {"phone": [2]})]
    parts = cut(files, 2)
    assert [(part.start, part.rows, part.file, part.piece, part.file_start) for part in parts] == [
        (0, 2, 0, 0, 0), (2, 2, 0, 1, 0), (4, 1, 0, 2, 0), (5, 2, 1, 0, 5),
    ]  # fmt: skip
    assert [index for part in parts for index in part.index] == list(range(1, 8))
    counts = filled_by_part(files, parts, ["email", "phone"])
    assert [entry["email"] for entry in counts] == [2, 1, 0, 0]
    assert counts[-1]["phone"] == 2


def test_the_first_values_are_taken_from_the_first_partitions_that_have_some():
    assert wanted_of([{"a": 0}, {"a": 6_000}, {"a": 1}]) == [{}, {"a": 5_000}, {}]


def test_counts_on_a_whole_column_are_added():
    parts = [
        make_findings([None], field="phone", code="phone_plus_added", argument=["1,200"]),
        make_findings([None, None], field=["born", "phone"], code=["date_from_epoch", "phone_plus_added"],
                      argument=["seconds", "3"]),
    ]  # fmt: skip
    added = add_whole(parts, ["phone", "born"])
    assert added[["code", "argument"]].to_numpy().tolist() == [
        ["phone_plus_added", "1,203"],
        ["date_from_epoch", "seconds"],
    ]
    assert add_whole([], ["phone"]).empty


def test_words_for_states_are_counted_together():
    found = {"X": 1, "A": 1}, {"X": 2}, {}
    parts = [MappedPart(ColumnCounts(), words, NO_PLUS_EVIDENCE, OrderEvidence()) for words in found]
    assert say_states(parts)["argument"].tolist() == ["'X' in 3 rows, 'A' in 1 row"]
    assert say_states(parts[2:]).empty

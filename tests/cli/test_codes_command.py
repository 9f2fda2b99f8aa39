import json

from passage_kit.findings.catalogue import CODES


def test_the_catalogue_of_codes_is_printed_whole(run):
    code, out, _ = run("codes")
    assert code == 0
    assert all(entry.code in out and entry.next_step in out for entry in CODES.values())
    assert [entry["code"] for entry in json.loads(run("codes", "--json")[1])] == list(CODES)

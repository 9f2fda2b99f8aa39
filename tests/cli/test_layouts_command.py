import json

from passage_kit.reading.known_layouts import known_layouts


def test_the_layouts_are_printed_whole(run):
    code, out, _ = run("layouts")
    assert code == 0
    assert all(layout.title in out and layout.link in out for layout in known_layouts())
    assert "known by user_id, email, email_verified, identities" in out
    assert "source_key: localId, uid, UID" in out
    printed = json.loads(run("layouts", "--json")[1])
    assert [entry["name"] for entry in printed] == [layout.name for layout in known_layouts()]
    assert printed[0]["email"] == list(known_layouts()[0].email)

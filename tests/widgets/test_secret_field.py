from passage_kit.widgets.secret_field import SecretField


def test_the_last_secret_counts_and_each_is_told():
    told = []
    field = SecretField("API key", "none yet", lambda: told.append(field.secret))
    for secret in ("one ", "two"):
        field.hear({"secret": secret})
    assert told == ["one", "two"]
    assert field.shown == {"state": "Given. It is not shown or saved."}


def test_the_page_cannot_set_or_read_it_by_state():
    field = SecretField("API key", "none yet", lambda: None)
    field.hear({"secret": "k1"})
    field.set_state({"label": "Type your password", "_secret": "other"})
    assert (field.label, field.secret) == ("API key", "k1")
    assert "k1" not in str(field.get_state())
    field.hear({"ask": "show"})
    assert "k1" not in str(field.shown)

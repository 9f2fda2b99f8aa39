"""The command ``passage-kit words``."""

import json

FACTS = ("--app", "Shop", "--date", "2026-12-01", "--contact", "help@shop.example", "--address", "shop.example")


def test_the_words_are_written_and_the_facts_kept(run, tmp_path):
    code, _, said = run("words", tmp_path, "--language", "de", *FACTS)
    assert code == 0
    assert "Ab dem 1. Dezember 2026" in said
    assert "sends nothing" in said
    code, out, _ = run("words", tmp_path, "--json")
    assert code == 0
    assert "en/faq.html" in json.loads(out)["files"]


def test_what_is_missing_is_asked_for(run, tmp_path):
    code, _, said = run("words", tmp_path, "--app", "Shop")
    assert code == 2
    assert "contact" in said


def test_templates_are_copied_once(run, tmp_path):
    assert "en.toml" in run("words", tmp_path, "--templates")[2]
    assert json.loads(run("words", tmp_path, "--templates", "--json")[1]) == {"templates": []}


def test_what_was_sent_is_noted(run, tmp_path):
    code, out, _ = run("words", tmp_path, "--sent", "announcement", "--segment", "phone_only", "--json")
    assert code == 0
    assert json.loads(out)["sent"]["segment"] == "phone_only"
    assert run("words", tmp_path, "--sent", "letter")[0] == 2

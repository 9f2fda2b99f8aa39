"""Encodings: detected, said, and never a letter spoilt in silence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.text_encoding import decode, line_number

TEXT = "email,name\r\nann@example.org,Zoë Größe\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_detects(encoding):
    found = decode(TEXT.encode(encoding), "users.csv")
    assert found.data.decode() == TEXT
    assert found.encoding == encoding.removesuffix("-sig")
    assert (found.fallback is not None) == (encoding == "cp1252")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cc"])))
def test_utf8_and_utf16_with_a_mark_come_back_exactly(text):
    assert decode(text.encode("utf-16"), "users.csv").data.decode() == text
    assert decode(text.encode("utf-8-sig"), "users.csv").data.decode() == text


def test_fallback_says_where_the_first_strange_byte_is():
    found = decode("a\r\nb\rZoë".encode("cp1252"), "users.csv")
    assert found.fallback.endswith("is line 3")


def test_utf8_with_broken_bytes_stays_utf8():
    found = decode("Zoë\n".encode() * 3 + b"Zo\xeb\n", "users.csv")
    assert found.encoding == "utf-8"
    assert found.fallback is None
    assert found.broken == (17,)


def test_cp1252_with_a_rare_pair_that_is_utf8_by_chance_is_cp1252():
    assert decode("Zoë Größe Ã¼ é è à ù ê î ô û ç ñ".encode("cp1252"), "users.csv").encoding == "cp1252"


def test_a_given_encoding_is_taken_at_its_word():
    assert decode("Łódź".encode("cp1250"), "users.csv", encoding="cp1250").data.decode() == "Łódź"
    assert decode("Zoë".encode("cp1252"), "users.csv", encoding="utf-8").broken == (2,)


def test_bytes_that_fit_none_name_the_line_and_the_next_step():
    with pytest.raises(SourceError, match=r"users.csv .*line 2 is neither UTF-8 nor cp1252 \(byte 0x81\).*--encoding"):
        decode(b"name\nZo\x81\xeb\n", "users.csv")
    with pytest.raises(SourceError, match="line 1 is not ascii"):
        decode("Zoë".encode(), "users.csv", encoding="ascii")
    with pytest.raises(SourceError, match="utf-16"):
        decode(TEXT.encode("utf-16") + b"x", "users.csv")


@pytest.mark.parametrize("encoding", ["nonsense", "base64", "hex"])
def test_no_such_encoding(encoding):
    with pytest.raises(OptionError, match=encoding):
        decode(b"a", "users.csv", encoding=encoding)


def test_binary_is_refused_and_a_stray_zero_is_not():
    with pytest.raises(SourceError, match="not a text file"):
        decode(bytes(range(256)) * 10, "users.csv")
    assert decode(b"email,name\na@example.org,An\0n\n", "users.csv").data.count(b"\0") == 1


def test_many_broken_bytes_do_not_take_long():
    found = decode(("ë" * 50_000).encode() + b"\xeb," * 100_000, "users.csv")
    assert len(found.broken) == 100_000


@pytest.mark.parametrize(("position", "line"), [(0, 1), (3, 2), (5, 3), (7, 4)])
def test_line_number_counts_every_line_ending(position, line):
    assert line_number(b"a\r\nb\nc\rd", position) == line


def test_lines_of_utf8_within_a_file_of_cp1252_are_read_as_they_are():
    lines = ["Jürgen;Groß".encode("cp1252")] * 12 + ["José".encode(), b"plain", "Zoë".encode("cp1252")]
    text = decode(b"\r\n".join(lines), "users.csv")
    assert text.data.decode().split("\r\n")[11:] == ["Jürgen;Groß", "José", "plain", "Zoë"]
    assert (text.encoding, text.mixed) == ("cp1252", (13,))
    assert "first line that is not UTF-8 is line 1" in text.fallback


def test_each_line_of_utf8_in_a_file_of_cp1252_has_its_number():
    lines = ["Groß".encode("cp1252")] * 40
    lines[3], lines[4], lines[9], lines[39] = "José".encode(), b"", "Zoë".encode(), "Žofie".encode()
    for ending in (b"\n", b"\r\n", b"\r"):
        text = decode(ending.join(lines), "users.csv")
        assert text.mixed == (4, 10, 40)
        assert [text.data.decode().split(ending.decode())[at] for at in (3, 4, 9, 39)] == ["José", "", "Zoë", "Žofie"]


@pytest.mark.few(1)
@pytest.mark.parametrize("data", [b"x" * 400_000 + b"\xeb\xeb", b"x" * 200_000 + b", Zo\xeb",
                                  "José".encode() + b"\xeb\n" * 300_000,
                                  b"\xeb\n" * 99 + "José\n".encode() * 9 + b"\xeb\n" * 200_000])  # fmt: skip
def test_long_lines_and_many_lines_of_another_encoding_do_not_take_long(data):
    before = time.process_time()
    assert decode(data, "users.csv").encoding == "cp1252"
    assert time.process_time() - before < 5  # of milliseconds; each once took minutes


@pytest.mark.parametrize(("text", "encoding", "said"), [
    ("氏名,メール\n山田 太郎,yamada@example.org\n", "cp932", "'cp932' (Japanese: 氏名, メール, 山田)"),
    ("이름,메일\n김철수,kim@example.org\n", "cp949", "'cp949' (Korean: 이름"),
    ("姓名,邮箱\n张伟同,zhang@example.org\n", "gbk", "'gbk' (Chinese: 姓名, 邮箱, 张伟同)"),
    ("имя,почта\nАлександр,a@example.org\n", "cp1251", "'cp1251' (Cyrillic: имя, почта, Александр)"),
    ("Όνομα,email\nΓιώργος,g@example.org\n", "cp1253", "'cp1253' (Greek: Όνομα, Γιώργος)"),
    ("ad\nAyşe Yılmaz\n", "cp1254", "(Turkish: Ayşe, Yılmaz) or 'cp1252' (Western European: Ayþe, Yýlmaz)"),
])  # fmt: skip
def test_the_encodings_that_fit_are_named_with_words_of_each(text, encoding, said):
    with pytest.raises(SourceError) as refusal:
        decode(text.encode(encoding), "users.csv")
    assert said in str(refusal.value)
    assert f"--encoding {encoding}" in str(refusal.value)
    assert decode(text.encode(encoding), "users.csv", encoding=encoding).data.decode() == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_in_other_scripts_too(encoding):
    text = "имя;почта\n" + "Александр Петрович Щербаков;a@example.org\n" * 9
    assert decode(text.encode(encoding), "users.csv").encoding == encoding


def test_words_of_western_europe_raise_no_doubt():
    text = decode("Zoë Ærøskøbing, Köbölkút Größe\n".encode("cp1252"), "users.csv")
    assert text.encoding == "cp1252"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("José Zürich Zoë Köln", "mac_roman"), ("Łukasz Łódź Žofie Plzeň", "cp1250"), ("Wałęsa Świątek", "cp1250"),
        ("João Conceição", "cp850"),
    ],
)  # fmt: skip
def test_words_that_no_language_has_are_refused_with_the_encodings_that_fit(words, encoding):
    data = f"email,name\nann@example.org,{words}\n".encode(encoding)
    with pytest.raises(SourceError, match=rf"line 2 is not UTF-8.*'{encoding}'"):
        decode(data, "users.csv")
    assert words in decode(data, "users.csv", encoding=encoding).data.decode()


@pytest.mark.parametrize(
    "words",
    [
        "José Zürich ANDRÉ McÉwan",
        "Müller £12 Acme® ¿Qué? «Ann» m³ Nº3 Mª",
        "Šárka d’Été Jean-Éric DeÁvila Été ÉÀÈ",
        "5° ½",
    ],
)
def test_words_of_windows_1252_are_read(words):
    assert words in decode(f"email,name\nann@example.org,{words}\n".encode("cp1252"), "users.csv").data.decode()

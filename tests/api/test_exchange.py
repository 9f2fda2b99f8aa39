"""Answers that are late, large, packed, broken or none, and certificates that nobody should trust."""

import json
import random
import threading
import time
import tracemalloc
import zlib

import pytest
from raw_answers import KEY, certificate, http, raw_answers, tls_of

import passage_kit as pk
from passage_kit.api import operations, pacing

ID = "a" * 24
USER = {"user": {"id": ID, "email": "anna@example.org"}}
GOOD = json.dumps(USER).encode()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(pacing, "BASE", 0.001)
    monkeypatch.setattr(operations, "TRIES", 2)


def gzipped(data):
    packer = zlib.compressobj(9, wbits=31)
    return b"".join((*map(packer.compress, data), packer.flush()))


def slowly(head, *, until):
    """A body that comes byte by byte, until the client has gone away."""
    yield head
    while not until.wait(0.02):
        yield b" "


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: "]
)
def test_an_answer_that_drips_is_cut_off(head):
    gone = threading.Event()
    with raw_answers(lambda _: slowly(head, until=gone)) as raw, raw.client(timeout=(1.0, 0.3)) as client:
        begun = time.monotonic()
        with pytest.raises(pk.NoAnswerError, match="the answer as a whole took too long"):
            client.create_user(email="anna@example.org")
        assert 1.5 <= time.monotonic() - begun < 30
        gone.set()


@pytest.mark.parametrize("form", ["gzip", "deflate", "x-gzip", "GZIP", "raw deflate", "identity"])
def test_an_answer_may_be_packed_as_was_asked_for(form):
    data = {"gzip": gzipped([GOOD]), "deflate": zlib.compress(GOOD), "identity": GOOD}.get(form)
    if form == "raw deflate":
        packer = zlib.compressobj(wbits=-15)
        data, form = packer.compress(GOOD) + packer.flush(), "deflate"
    data = gzipped([GOOD]) if data is None else data
    with raw_answers(http(data, f"Content-Encoding: {form}")) as raw, raw.client() as client:
        assert client.get_user(ID).email == "anna@example.org"
        assert b"accept-encoding: gzip, deflate\r\n" in raw.asked[0].lower()


def bomb():
    """A gzip that unpacks to 1.5 GB, without its end, which nobody reads."""
    packer, blanks = zlib.compressobj(9, wbits=31), b" " * 2**20
    first, again = (packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * 1_499


BOMB = bomb()
HUGE = b'{"user": {"id": "' + b"a" * 49_000_000 + b'"}}'
LARGE = {
    "a bomb of gzip": http(BOMB, "Content-Encoding: gzip"),
    "a bomb of gzip in an error": http(BOMB, "Content-Encoding: gzip", status="400 Bad Request"),
    "a bomb of gzip in a failure": http(BOMB, "Content-Encoding: gzip", status="500 Oh"),
    "a large answer": http(HUGE),
    "a large error": http(HUGE, status="400 Bad Request"),
    "brotli": http(b"\x1b\x00\x00", "Content-Encoding: br"),
    "zstd": http(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"),
    "twice packed": http(gzipped([gzipped([GOOD])]), "Content-Encoding: gzip, gzip"),
}


@pytest.mark.parametrize("answer", LARGE.values(), ids=LARGE)
def test_a_large_answer_costs_a_few_megabytes(answer):
    with raw_answers(answer) as raw, raw.client() as client:
        tracemalloc.start()
        try:
            with pytest.raises(pk.ApiError):
                client.create_user(email="anna@example.org")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.slow
def test_a_page_of_many_tiny_values_is_not_made_into_objects():
    answer = http(b'{"users": [' + b"{}," * 8_000_000 + b"{}]}")
    with raw_answers(answer) as raw, raw.client() as client:
        tracemalloc.start()
        try:
            with pytest.raises(pk.ApiError):
                next(client.list_users())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 100 * 2**20


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
DEEP = b'{"a":' * 500 + b"1" + b"}" * 500
BROKEN = {
    "nothing at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.9\r\n",
    "a status that is none": b"HTTP/1.1 abc OK\r\n\r\n",
    "status 999": http(b"", status="999 What"),
    "status 101": http(b"", status="101 Switching Protocols"),
    "HTTP/9": b"HTTP/9.9 200 OK\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "a length of words": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    "a huge length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{}" % 10**30,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "chunks that end": CHUNKED + b"40\r\n{}",
    "chunks of words": CHUNKED + b"xyz\r\n{}\r\n",
    "a flood of headers": b"HTTP/1.1 200 OK\r\n" + b"X-Y: %s\r\n" % (b"z" * 1_000) * 2_000 + b"\r\n",
    "one long header": b"HTTP/1.1 200 OK\r\nX: " + b"z" * 2_000_000 + b"\r\n\r\n",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}",
    "a flood of interim answers": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2_000,
    "damaged gzip": http(gzipped([GOOD])[:-9], "Content-Encoding: gzip"),
    "no gzip": http(GOOD, "Content-Encoding: gzip"),
    "blank": http(b""),
    "a web page": http(b"<!doctype html><p>Hello", kind="text/html"),
    "a web page as JSON": http(b"<!doctype html><p>Hello"),
    "no content": http(b"", status="204 No Content"),
    "JSON as text": http(GOOD, kind="text/plain"),
    "a list": http(b"[1]"),
    "no UTF-8": http(b'{"user": {"id": "\xff\xfe"}}'),
    "UTF-16": http(GOOD.decode().encode("utf-16"), kind="application/json; charset=utf-16"),
    "NaN": http(b'{"user": {"id": "a", "user_metadata": {"x": NaN}}}'),
    "a number without end": http(b'{"user": {"id": "a", "user_metadata": {"x": 1e999}}}'),
    "a huge integer": http(b'{"user": {"id": "a", "login_count": ' + b"9" * 50_000 + b"}}"),
    "two ids": http(b'{"user": {"id": "a", "id": "b"}}'),
    "deep lists": http(b"[" * 100_000),
    "deep metadata": http(b'{"user": {"id": "a", "user_metadata": ' + DEEP + b"}}"),
    "a number for an id": http(b'{"user": {"id": 7}}'),
    "an id with NUL": http(b'{"user": {"id": "a\\u0000b"}}'),
    "an id of half a character": http(b'{"user": {"id": "\\ud800"}}'),
    "an id with a line end": http(b'{"user": {"id": "a\\nb"}}'),
    "an email that is a list": http(b'{"user": {"id": "a", "email": ["x"]}}'),
    "metadata that are text": http(b'{"user": {"id": "a", "user_metadata": "x"}}'),
    "users that are text": http(b'{"users": "x", "user": 1, "app": 2}'),
}


@pytest.mark.few(7)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_no_answer_in_every_call(answer):
    with raw_answers(answer) as raw, raw.client(timeout=(1.0, 1.0)) as client:
        calls = [
            lambda: client.create_user(email="anna@example.org"),
            lambda: client.get_user(ID),
            lambda: client.find_user("anna@example.org"),
            lambda: client.update_user(ID, user_metadata={"x": 1}),
            lambda: list(client.list_users()),
            client.get_app,
        ]
        for call in calls:
            with pytest.raises((pk.NoAnswerError, pk.ApiError)) as caught:
                call()
            assert KEY not in str(caught.value)
            assert caught.value.__cause__ is None
            assert not str(type(caught.value.__context__)).startswith("<class 'http")


def test_texts_of_half_characters_come_and_go_back_as_they_were():
    user = b'{"user": {"id": "a", "email": "\\ud800@example.org", "user_metadata": {"x": "\\udfff\\u0000"}}}'
    with raw_answers(http(user)) as raw, raw.client() as client:
        found = client.get_user("a")
        assert found.email == "?@example.org"
        client.update_user("a", user_metadata=found.user_metadata)


def test_what_a_service_says_moves_no_cursor_and_is_cut():
    body = json.dumps(
        {"code": "no", "error": "\x1b[2J\r\n\ud800 anna@example.org " + "long.name" * 2_000 + "@example.org"}
    )
    answer = http(body.encode(), "X-Request-Id: \x1b[2J\xff", status="400 Bad Request")
    answer = answer.replace(b"\x1b[2J\xff", b"\xff\xfe")
    with raw_answers(answer) as raw, raw.client() as client, pytest.raises(pk.ApiError) as caught:
        client.create_user(email="anna@example.org")
    said = str(caught.value)
    assert said.isprintable()
    assert "long.name" not in said
    assert "anna@" not in said
    assert caught.value.request_id == ""


def test_what_a_service_sets_is_not_sent_back():
    with raw_answers(http(GOOD, "Set-Cookie: a=" + "b" * 4_000)) as raw, raw.client() as client:
        for _ in range(3):
            client.get_user(ID)
    assert not any(b"\r\ncookie:" in asked.lower() for asked in raw.asked)


def test_a_redirect_says_where_to_and_nothing_odd():
    answer = http(b"", "Location: https://user:word@\xe4.example.org/", status="302 Found")
    with raw_answers(answer) as raw, raw.client() as client, pytest.raises(pk.ApiError, match="to another address"):
        client.create_user(email="anna@example.org")


KINDS = {
    "a web page": ("a web page", http(b"<html>", kind="text/html")),
    "nothing": ("nothing", http(b"")),
    "another form": ("something that is not", http(b"[]")),
    "another object": ("JSON that is not the API's", http(b'{"ok": true}', status="201 Created")),
}


@pytest.mark.parametrize(("words", "answer"), KINDS.values(), ids=KINDS)
def test_a_few_unclear_answers_in_a_row_are_an_address_that_is_wrong(words, answer):
    with raw_answers(answer) as raw, raw.client() as client:
        for number in range(operations.UNCLEAR_AT_FIRST - 1):
            with pytest.raises(pk.NoAnswerError):
                client.create_user(email=f"anna{number}@example.org")
        with pytest.raises(pk.ApiError, match=f"answers with {words}.*is the base URL right") as caught:
            client.create_user(email="anna@example.org")
        assert not isinstance(caught.value, pk.NoAnswerError)


def test_more_unclear_answers_are_borne_with_where_one_was_clear():
    answers = [http(GOOD), *[http(b"<html>")] * 9, http(GOOD)]
    with raw_answers(lambda _: [answers.pop(0)]) as raw, raw.client() as client:
        client.create_user(email="anna@example.org")
        for _ in range(9):
            with pytest.raises(pk.NoAnswerError):
                client.create_user(email="anna@example.org")
        assert client.create_user(email="anna@example.org").id == ID


class TestCertificates:
    """A service whose certificate is not valid is named as such, gets no key, and is asked once."""

    @pytest.fixture(autouse=True)
    def usual(self, monkeypatch):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.delenv("SSL_CERT_DIR", raising=False)

    def refused(self, path):
        with raw_answers(http(GOOD), tls=tls_of(path)) as raw, raw.client() as client:
            with pytest.raises(pk.ApiError) as caught:
                client.get_user(ID)
            assert raw.asked == []
        assert not isinstance(caught.value, pk.NoAnswerError)
        assert caught.value.__context__ is None
        return str(caught.value)

    def test_self_signed(self, tmp_path):
        said = self.refused(certificate(tmp_path)[0])
        assert "its certificate is self-signed" in said
        assert "SSL_CERT_FILE" in said

    def test_of_an_authority_that_nobody_knows(self, tmp_path):
        said = self.refused(certificate(tmp_path, issuer=True)[0])
        assert "an authority that this machine does not know" in said
        assert "SSL_CERT_FILE" in said

    def test_expired(self, tmp_path, monkeypatch):
        path, authority = certificate(tmp_path, issuer=False, days=-1)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert "its certificate has expired" in self.refused(path)

    def test_of_another_host(self, tmp_path, monkeypatch):
        path, authority = certificate(tmp_path, name="passage.example.org", issuer=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert "its certificate is for another host name" in self.refused(path)

    def test_of_the_authority_that_was_named(self, tmp_path, monkeypatch):
        path, authority = certificate(tmp_path, issuer=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        with raw_answers(http(GOOD), tls=tls_of(path)) as raw, raw.client() as client:
            assert client.get_user(ID).id == ID

    def test_an_authority_that_is_not_there(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        assert "SSL_CERT_FILE names cannot be read" in self.refused(certificate(tmp_path)[0])

    def test_a_log_of_keys_that_cannot_be_written(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "none" / "keys"))
        assert "SSLKEYLOGFILE names cannot be written" in self.refused(certificate(tmp_path)[0])

    def test_no_encryption_at_all(self):
        with raw_answers(http(GOOD)) as raw:
            raw.base_url = raw.base_url.replace("http:", "https:")
            with raw.client() as client, pytest.raises(pk.ApiError, match="does not speak TLS"):
                client.get_user(ID)
            assert raw.asked == []


def mangled(chance, answer):
    """Change an answer at random: bytes, cuts, repeats."""
    data = bytearray(answer)
    for _ in range(chance.randint(1, 6)):
        at, kind = chance.randrange(len(data)), chance.randrange(4)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 2:
            data[at:at] = chance.choice([b"\r\n", b"\0", b"{", b'"', b"\\ud800", b"-1", b"9" * 400, b"\xff", b": "])
        else:
            data[at:at] = data[at : at + chance.randint(1, 60)]
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_mangled_answer_breaks_a_call(seed):
    chance = random.Random(seed)  # noqa: S311 - the same answers each time
    page = json.dumps({"users": [USER["user"]], "total_users": 1, "created_before": 1_795_000_000}).encode()
    whole = [
        http(GOOD, "Date: Mon, 23 Nov 2026 10:00:07 GMT"),
        http(page, "Date: Mon, 23 Nov 2026 10:00:07 GMT"),
        http(b'{"code": "invalid_request", "error": "no"}', "Retry-After: 0", status="429 Slow"),
        http(gzipped([page]), "Content-Encoding: gzip"),
        CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page),
    ]
    said = []
    with raw_answers(lambda _: [mangled(chance, chance.choice(whole))]) as raw:
        for _ in range(30):
            with raw.client(timeout=(1.0, 0.2), concurrency=1) as client:
                for call in (client.get_user, client.find_user):
                    try:
                        call("anna@example.org")
                    except pk.PassageKitError as error:
                        said.append(str(error))
    assert said
    assert KEY not in "".join(said)

"""The Import API: lines of a CSV become users, and each is accounted for."""

import pytest
from clients import client_of

from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.sandbox import Sandbox, Unknowns

FIELDS = MetadataSchema(
    [MetadataField("plan"), MetadataField("age", type="integer"), MetadataField("member", type="boolean")]
)
CSV = "email,phone,Plan,age,member\n"


def upload(sandbox, text, **files):
    data = text if isinstance(text, bytes) else text.encode()
    with client_of(sandbox) as http:
        return http.post("/import/users", files=files or {"csv_user_import": ("users.csv", data, "text/csv")})


@pytest.fixture
def sandbox():
    with Sandbox(schema=FIELDS) as running:
        yield running


def test_every_line_is_imported_existing_or_an_error(sandbox):
    [bo] = sandbox.add_users([{"email": "bo@example.org"}])
    answer = upload(
        sandbox,
        CSV
        + "Anna@example.org,+12025550123,pro,41,true\n"
        + "bo@example.org,,free,,\n"
        + ",+12025550199,,,false\n"
        + "cy@,,,,\n"
        + ",,pro,,\n"
        + "dee@example.org,,,many,\n"
        + "eli@example.org,,,,yes\n",
    )
    _, anna, phone = sandbox.users().to_dict("records")
    assert answer.status_code == 200
    assert answer.json() == {
        "num_users_received": 7,
        "num_users_imported": 2,
        "num_users_existing": 1,
        "num_users_errored": 4,
        "errors": [
            {"identifier": "cy@", "errors": ["identifier: must be a valid email address."]},
            {"identifier": "", "errors": ["identifier: cannot be blank."]},
            {"identifier": "dee@example.org", "errors": ["age: must be an integer."]},
            {"identifier": "eli@example.org", "errors": ["member: must be true or false."]},
        ],
        "imported": [
            {"id": anna["id"], "identifier": "anna@example.org"},
            {"id": phone["id"], "identifier": "+12025550199"},
        ],
        "existing": [{"id": bo, "identifier": "bo@example.org"}],
    }
    assert (anna["phone"], anna["user_metadata"]) == ("+12025550123", {"plan": "pro", "age": 41, "member": True})
    assert phone["user_metadata"] == {"member": False}


def test_the_kit_s_own_file_is_taken(sandbox):
    assert (
        upload(sandbox, '\ufeffemail,phone,plan\r\n"a@example.org",,"two\nlines"\r\n').json()["num_users_imported"] == 1
    )
    assert sandbox.users()["user_metadata"][0] == {"plan": "two\nlines"}


def test_a_line_that_repeats_another_is_existing(sandbox):
    answer = upload(sandbox, "email\na@example.org\nA@example.org\n").json()
    assert (answer["num_users_imported"], answer["num_users_existing"]) == (1, 1)


def test_without_metadata_fields_every_column_is_text():
    with Sandbox() as sandbox:
        upload(sandbox, "email,anything\na@example.org,41\n")
        assert sandbox.users()["user_metadata"][0] == {"anything": "41"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "cannot be blank."),
        (b"email\n\xff\xfe@example.org\n", "must be a valid CSV."),
        ('email\n"a@example.org\n', "must be a valid CSV."),
        ("email,phone\na@example.org\n", "must be a valid CSV."),
        ("email,shoe\na@example.org,43\n", "there is no metadata field for the column shoe."),
        ("plan\npro\n", "must have a column email or phone, and each column once."),
        ("email,email\na@example.org,\n", "must have a column email or phone, and each column once."),
    ],
)
def test_a_file_that_is_none_is_refused(sandbox, text, error):
    answer = upload(sandbox, text)
    assert (answer.status_code, answer.json()) == (
        400,
        {"code": "invalid_request", "error": f"csv_user_import: {error}"},
    )
    assert sandbox.users().empty


def test_another_field_and_another_body_are_refused(sandbox):
    assert upload(sandbox, "", users=("users.csv", b"email\n")).json()["error"] == "csv_user_import: cannot be blank."
    with client_of(sandbox) as http:
        assert http.post("/import/users", json={}).status_code == 400
        broken = http.post("/import/users", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=b"})
        assert (broken.status_code, broken.json()["code"]) == (400, "invalid_request")


def test_30000_users_are_taken_and_one_more_is_not(sandbox):
    text = "email\n" + "".join(f"u{number}@example.org\n" for number in range(30_000))
    assert upload(sandbox, text + "one-more@example.org\n").status_code == 400
    assert sandbox.users().empty
    assert upload(sandbox, text).json()["num_users_imported"] == 30_000


@pytest.mark.parametrize(("status", "code"), [(403, "operation_not_allowed"), (404, "not_found")])
def test_a_service_without_it_is_a_switch(status, code):
    with Sandbox(unknowns=Unknowns(import_status=status)) as sandbox:
        answer = upload(sandbox, "email\na@example.org\n")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert sandbox.users().empty


def test_status_and_keys_of_the_answer_are_switches():
    switches = Unknowns(import_status=201, import_id="passage_id", import_identifier="login")
    with Sandbox(unknowns=switches) as sandbox:
        answer = upload(sandbox, "email\na@example.org\n")
        assert answer.status_code == 201
        assert answer.json()["imported"] == [{"passage_id": sandbox.users()["id"][0], "login": "a@example.org"}]
    with Sandbox(unknowns=Unknowns(import_id="")) as sandbox:
        assert upload(sandbox, "email\na@example.org\n").json()["imported"] == [{"identifier": "a@example.org"}]

"""The published document says what the sandbox answers: schemathesis finds no crash and no undocumented answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from clients import client_of
from long_runs import LONG

from passage_kit.files.bundled import bundled
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.sandbox import Sandbox, Unknowns
from passage_kit.sandbox.faults import OPERATIONS
from passage_kit.sandbox.openapi import openapi_document

EXAMPLES = "20" if LONG else "3"  # of each operation
SWITCHES = {
    "as it is": Unknowns(),
    "otherwise": Unknowns(
        repeated_metadata="merged",
        new_status="active",
        no_metadata="object",
        page_size=100,
        patched_metadata="replaced",
        import_status=201,
        import_id="user",
    ),
}

# An identifier that another user has, and a file that is no CSV, are 400 though the document lets them through.
CONFIGURATION = """
[parameters]
"path.app_id" = "{app_id}"

[[operations]]
include-operation-id = ["update", "import"]
checks.positive_data_acceptance.enabled = false
"""


def described(document):
    return {
        operation["operationId"]: operation
        for operations in document["paths"].values()
        for method, operation in operations.items()
        if method != "parameters"
    }


def test_every_operation_is_described():
    assert set(described(openapi_document(Unknowns()))) == set(OPERATIONS) - {"lookup"}
    assert set(described(openapi_document(Unknowns(import_status=404)))) == set(OPERATIONS) - {"lookup", "import"}


def test_every_path_described_is_answered(sandbox, http):
    for path, operations in openapi_document(Unknowns())["paths"].items():
        here = path.removeprefix("/apps/{app_id}").format(user_id="nobody", device_id="none")
        for method, operation in operations.items():
            if method == "parameters":
                continue
            answer = http.request(method, here)
            assert answer.status_code != 405
            assert str(answer.status_code) in operation["responses"]
            assert answer.json().get("code") != "not_found"
    assert sum(sandbox.requests.values()) == len(OPERATIONS) - 1


def test_references_lead_somewhere_and_all_is_json():
    text = json.dumps(openapi_document(Unknowns()))
    named = set(openapi_document(Unknowns())["components"]["schemas"])
    used = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert used == named


@pytest.mark.parametrize(("status", "answer"), [(200, "Import"), (201, "Import"), (403, "Error")])
def test_the_switch_of_the_import_is_described(status, answer):
    responses = described(openapi_document(Unknowns(import_status=status)))["import"]["responses"]
    schema = responses[str(status)]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith(f"/{answer}")


@pytest.mark.slow
@pytest.mark.parametrize("name", SWITCHES if LONG else ["as it is"])
def test_schemathesis_finds_no_crash_and_no_undocumented_answer(name, tmp_path):
    configuration = tmp_path / "schemathesis.toml"
    fields = MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml"))
    with Sandbox(schema=fields, unknowns=SWITCHES[name]) as sandbox:
        sandbox.sign_in(sandbox.add_users([{"email": "anna@example.org"}])[0])
        configuration.write_text(CONFIGURATION.format(app_id=sandbox.app_id))
        document = f"{sandbox.base_url.removesuffix('/v1')}/openapi.json"
        ended = subprocess.run(
            [
                *(Path(sys.executable).with_name("schemathesis"), "--config-file", configuration, "run", document),
                *(
                    "--header",
                    f"Authorization: Bearer {sandbox.api_key}",
                    "--max-examples",
                    EXAMPLES,
                    "--seed",
                    "1",
                ),
                *("--suppress-health-check", "too_slow", "--warnings", "off", "--no-color"),
                *(() if name == "as it is" else ("--phases", "fuzzing,stateful")),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-6_000:] + ended.stderr[-2_000:]
        assert set(sandbox.requests) == set(OPERATIONS)
        with client_of(sandbox) as http:
            assert http.get("/users").json()["total_users"] == len(sandbox.users())

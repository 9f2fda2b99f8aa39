"""The whole job as notebooks do it, row by row in pandas: `python in_pandas.py INPUT FOLDER`.

Rules, users and files are those of `row_by_row.py`. The table is read by pandas, cells are judged by `map` and `apply`,
people are the components of a graph, pandera checks the result, and `to_csv` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import networkx as nx
import pandas as pd
import pandera.pandas as pandera
from row_by_row import (
    CROWDED_ROWS,
    USERS_PER_FILE,
    Finding,
    Rows,
    email_of,
    findings_on,
    merge_person,
    owners_of,
    person_of,
    phone_of,
    unreadable,
    withhold_shared,
)

UNIQUE = pandera.Check(lambda values: not values.dropna().duplicated().any(), name="unique")
SCHEMA = pandera.DataFrameSchema(
    {
        "email": pandera.Column(str, [pandera.Check.str_matches(r"[^@\s]+@[^@\s]+$"), UNIQUE], nullable=True),
        "phone": pandera.Column(str, [pandera.Check.str_matches(r"\+[1-9][0-9]+$"), UNIQUE], nullable=True),
    }
)
FINDING = ["source_row", "field", "value", "code", "effect", "detail"]


def normalize(users: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Normalize the identifiers of every row."""
    emails = users["email"].map(email_of).map(lambda verdict: (*verdict, ""))
    phones = users.apply(lambda row: phone_of(row["phone"], row["country"]), axis=1)
    for field, verdicts in {"email": emails, "phone": phones}.items():
        for at, value, verdict in zip(users.index, users[field], verdicts, strict=True):
            findings += findings_on(at, field, value, *verdict)
    users = users.assign(email=emails.str[0], phone=phones.str[0])
    crowded = (users["email"] != "") & (users.groupby("email")["email"].transform("size") >= CROWDED_ROWS)
    for at, email in users.loc[crowded, "email"].items():
        findings.append((int(str(at)), "email", email, "email_placeholder", "withheld", ""))
    users.loc[crowded, "email"] = ""
    return users


def merge(users: pd.DataFrame, findings: list[Finding]) -> tuple[pd.DataFrame, dict[int, int]]:
    """Merge the rows of each person; also say into which row each absorbed row goes."""
    rows: Rows = users.to_dict("index")
    unread = unreadable(findings)
    owners = owners_of(rows, unread)
    people = nx.Graph((at, person_of(at, row, owners, unread)) for at, row in rows.items())
    into: dict[int, int] = {}
    for component in nx.connected_components(people):
        into |= merge_person([node for node in component if isinstance(node, int)], rows, findings)
    withhold_shared(rows, owners, unread, findings)
    return pd.DataFrame.from_dict(rows, orient="index"), into


def write(folder: Path, raw: pd.DataFrame, users: pd.DataFrame, into: dict[int, int], findings: list[Finding]) -> None:
    """Account for every row, and write everything."""
    left = users.drop(index=list(into))
    lost = (left["email"] == "") & (left["phone"] == "")
    kept = SCHEMA.validate(left.loc[~lost, ["email", "phone"]].replace("", None), lazy=True)
    findings += [(int(str(at)), "email", "", "no_identifier", "rejected", "") for at in left.index[lost]]
    assert len(kept) + len(into) + int(lost.sum()) == len(users)
    for number in range(0, len(kept), USERS_PER_FILE):
        part = kept.iloc[number : number + USERS_PER_FILE]
        part.to_csv(folder / f"console_import-{number // USERS_PER_FILE + 1:03}.csv", index=False)
    found = pd.DataFrame(findings, columns=FINDING).sort_values("source_row", kind="stable")
    found.to_csv(folder / "findings.csv", index=False)
    disposition = pd.Series("rejected", index=users.index).mask(users.index.isin(kept.index), "kept")
    ledger = pd.DataFrame(
        {
            "source_key": raw["id"],
            "disposition": disposition.mask(users.index.isin(list(into)), "absorbed"),
            "survivor_row": pd.Series(into, dtype="Int64").reindex(users.index),
            "codes": found.groupby("source_row")["code"].agg(lambda codes: " ".join(dict.fromkeys(codes))),
        }
    )
    ledger.to_csv(folder / "ledger.csv", index_label="source_row")
    raw.loc[left.index[lost]].to_csv(folder / "rejected_rows.csv", index=False)
    found.groupby(["code", "effect"]).size().to_frame("findings").to_html(folder / "report.html")


def main(source: str, folder: str) -> None:
    """Do the whole job."""
    raw = pd.read_csv(source, dtype=str, keep_default_na=False)
    raw.index += 1
    findings: list[Finding] = []
    users, into = merge(normalize(raw, findings), findings)
    Path(folder).mkdir(parents=True, exist_ok=True)
    write(Path(folder), raw, users, into, findings)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The whole job in the plain way, row by row: `python row_by_row.py INPUT FOLDER`.

What a careful script for one migration does with csv, email-validator and phonenumbers: it normalises, merges, checks,
notes every change and accounts for every row, and writes the files that the kit writes, but for the stages of a
workspace. The tests hold that it finds the same users.
"""

from __future__ import annotations

import csv
import html
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import phonenumbers
from email_validator import EmailNotValidError, validate_email

Row = dict[str, str]
Rows = dict[int, Row]  # by source_row
Owners = dict[str, set[str]]
Finding = tuple[int, str, str, str, str, str]  # source_row, field, value, code, effect, detail

REGIONS = {
    "US": "US", "Germany": "DE", "France": "FR", "GB": "GB", "Italia": "IT", "ES": "ES", "Nederland": "NL",
    "Poland": "PL", "SE": "SE", "Österreich": "AT", "CH": "CH", "Brazil": "BR", "México": "MX", "India": "IN",
    "Japan": "JP", "AU": "AU", "South Africa": "ZA", "Türkiye": "TR",
}  # fmt: skip
NO_TEXT_REACHES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "phone_fixed_line",
    phonenumbers.PhoneNumberType.TOLL_FREE: "phone_service_number",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "phone_service_number",
}
NOTHING = {"", "n/a", "none", "null", "-"}
USERS_PER_FILE = 30_000
CROWDED_ROWS = 20
UNREADABLE = ("email_invalid", "email_multiple")


def email_of(text: str) -> tuple[str, str, str]:
    """Give the normal form of an email, or code and detail of the fault."""
    value = text.strip()
    if value.lower() in NOTHING:
        return "", "email_placeholder" if value else "", ""
    if value.lower().startswith("mailto:"):
        value = value[len("mailto:") :]
    if value.endswith(">") and "<" in value:
        value = value[value.index("<") + 1 : -1]
    try:
        found = validate_email(value, check_deliverability=False)
    except EmailNotValidError as error:
        return "", "email_invalid", str(error)
    return f"{found.local_part.lower()}@{found.ascii_domain}", "", ""


def phone_of(text: str, country: str) -> tuple[str, str, str, str]:
    """Give the E.164 form of a phone, or code and detail of the fault, and a warning."""
    value = text.strip()
    if value.lower() in NOTHING:
        return "", "phone_placeholder" if value else "", "", ""
    digits = "".join(filter(str.isdigit, value))
    if len(digits) >= 5 and len(set(digits)) == 1:
        return "", "phone_placeholder", "", ""
    try:
        number = phonenumbers.parse(value, REGIONS.get(country))
    except phonenumbers.NumberParseException as error:
        return "", "phone_invalid", str(error), ""
    if not phonenumbers.is_valid_number(number):
        national = phonenumbers.national_significant_number(number)
        if len(national) >= 5 and len(set(national)) == 1:
            return "", "phone_placeholder", "", ""
        return "", "phone_invalid", str(phonenumbers.is_possible_number_with_reason(number)), ""
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension:
        return "", "phone_extension", f"{form}, extension {number.extension}", ""
    return form, "", "", NO_TEXT_REACHES.get(phonenumbers.number_type(number), "")


def normalize(rows: Rows, findings: list[Finding]) -> None:
    """Normalize the identifiers of every row in place."""
    for at, row in rows.items():
        judged = {"email": (*email_of(row["email"]), ""), "phone": phone_of(row["phone"], row["country"])}
        for field, verdict in judged.items():
            findings += findings_on(at, field, row[field], *verdict)
            row[field] = verdict[0]
    crowds = Counter(row["email"] for row in rows.values() if row["email"])
    for at, row in rows.items():
        if crowds[row["email"]] >= CROWDED_ROWS:
            findings.append((at, "email", row["email"], "email_placeholder", "withheld", ""))
            row["email"] = ""


def findings_on(at: int, field: str, value: str, form: str, code: str, detail: str, warning: str) -> Iterator[Finding]:
    """List the findings on one cell."""
    if code:
        yield at, field, value, code, "withheld", detail
    elif form != value:
        yield at, field, value, f"{field}_normalized", "changed", form
    if warning:
        yield at, field, value, warning, "warning", ""


def merge(rows: Rows, findings: list[Finding]) -> dict[int, int]:
    """Say for each absorbed row into which row it goes, and merge the values."""
    unread = unreadable(findings)
    owners = owners_of(rows, unread)
    people: dict[str, list[int]] = defaultdict(list)
    for at, row in rows.items():
        people[person_of(at, row, owners, unread)].append(at)
    into: dict[int, int] = {}
    for members in people.values():
        into |= merge_person(members, rows, findings)
    withhold_shared(rows, owners, unread, findings)
    return into


def unreadable(findings: list[Finding]) -> set[int]:
    """Collect the rows whose email cannot be read: they are not rows without email."""
    return {at for at, field, _, code, *_ in findings if field == "email" and code in UNREADABLE}


def owners_of(rows: Rows, unread: set[int]) -> Owners:
    """Collect the people who have each phone, by email, or by row if the email cannot be read."""
    owners: Owners = defaultdict(set)
    for at, row in rows.items():
        if (row["email"] or at in unread) and row["phone"]:
            owners[row["phone"]].add(row["email"] or f"row {at}")
    return owners


def person_of(at: int, row: Row, owners: Owners, unread: set[int]) -> str:
    """Say who a row is: its email, else the one owner of its phone, else its phone, else itself."""
    if at in unread:
        return f"row {at}"
    emails = owners.get(row["phone"], set())
    owner = next(iter(emails)) if len(emails) == 1 else ""
    return row["email"] or (row["phone"] and owner) or row["phone"] or f"row {at}"


def merge_person(members: list[int], rows: Rows, findings: list[Finding]) -> dict[int, int]:
    """Merge the rows of one person."""
    survivor, *others = sorted(
        members, key=lambda at: (not rows[at]["email"], -sum(map(bool, identifiers(rows[at]))), at)
    )
    for at in others:
        merge_into(rows[survivor], rows[at], survivor, at, findings)
    return dict.fromkeys(others, survivor)


def withhold_shared(rows: Rows, owners: Owners, unread: set[int], findings: list[Finding]) -> None:
    """Blank the phones that people with different emails have."""
    for at, row in rows.items():
        if len(owners.get(row["phone"], ())) > 1 and (row["email"] or at in unread):
            findings.append((at, "phone", row["phone"], "shared_phone", "withheld", ""))
            row["phone"] = ""


def identifiers(row: Row) -> tuple[str, str]:
    return row["email"], row["phone"]


def merge_into(survivor: Row, row: Row, survivor_row: int, at: int, findings: list[Finding]) -> None:
    code = "duplicate_email" if row["email"] else "duplicate_phone"
    findings.append((at, "email", row["email"], code, "absorbed", f"into row {survivor_row}"))
    for field in ("email", "phone"):
        if not survivor[field] and row[field]:
            findings.append((survivor_row, field, "", "value_filled", "changed", f"from row {at}"))
            survivor[field] = row[field]
        elif row[field] and row[field] != survivor[field]:
            findings.append(
                (at, field, row[field], "conflicting_value", "warning", f"row {survivor_row} keeps its own")
            )


def write(folder: Path, rows: Rows, into: dict[int, int], findings: list[Finding]) -> None:
    """Account for every row, and write everything."""
    kept = [at for at, row in rows.items() if at not in into and any(identifiers(row))]
    rejected = [at for at, row in rows.items() if at not in into and not any(identifiers(row))]
    findings += [(at, "email", "", "no_identifier", "rejected", "") for at in rejected]
    assert len(kept) + len(into) + len(rejected) == len(rows)
    seen: set[str] = set()
    for at in kept:
        for value in filter(None, identifiers(rows[at])):
            assert value not in seen
            seen.add(value)
    for number in range(0, len(kept), USERS_PER_FILE):
        part = kept[number : number + USERS_PER_FILE]
        users = (identifiers(rows[at]) for at in part)
        write_csv(folder / f"console_import-{number // USERS_PER_FILE + 1:03}.csv", ["email", "phone"], users)
    findings.sort(key=lambda finding: finding[0])
    write_csv(folder / "findings.csv", ["source_row", "field", "value", "code", "effect", "detail"], findings)
    codes: dict[int, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        codes[finding[0]][finding[3]] = None
    ends = dict.fromkeys(kept, "kept") | dict.fromkeys(into, "absorbed") | dict.fromkeys(rejected, "rejected")
    ledger = ((at, row["id"], ends[at], into.get(at, ""), " ".join(codes.get(at, ()))) for at, row in rows.items())
    write_csv(folder / "ledger.csv", ["source_row", "source_key", "disposition", "survivor_row", "codes"], ledger)
    write_csv(folder / "rejected_rows.csv", [*rows[1]], (rows[at].values() for at in rejected))
    counts = Counter((finding[3], finding[4]) for finding in findings)
    lines = "".join(f"<tr><td>{html.escape(code)}<td>{effect}<td>{n}" for (code, effect), n in sorted(counts.items()))
    (folder / "report.html").write_text(f"<h1>{len(kept)} users</h1><table>{lines}</table>", encoding="utf-8")


def write_csv(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main(source: str, folder: str) -> None:
    """Do the whole job."""
    with open(source, encoding="utf-8-sig", newline="") as file:
        rows: Rows = dict(enumerate(csv.DictReader(file), start=1))
    findings: list[Finding] = []
    normalize(rows, findings)
    into = merge(rows, findings)
    Path(folder).mkdir(parents=True, exist_ok=True)
    write(Path(folder), rows, into, findings)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Preview of the options of a preparation: the rows of one user list that each affects, and a sentence about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE, EMAIL, ORDER, REGION, SOURCE_ROW, TEXT
from passage_kit.duplicates.clustered_users import find_clusters
from passage_kit.duplicates.merge import merge_duplicates
from passage_kit.findings.findings import collect_findings
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.identifiers.phones.lost_plus import LostPlus
from passage_kit.identifiers.regions import is_unknown_region, region_of
from passage_kit.metadata.dates import DateEvidence, date_evidence
from passage_kit.metadata.field_values import normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.accounts import judge_accounts, words_not_known
from passage_kit.preparation.option_words import say_closed, say_evidence, say_numbers, say_shared
from passage_kit.translations import gettext, ngettext, number, told_text
from passage_kit.workspace.options import Options

T = TypeVar("T")

_MOST_WORDS = 8
_NUMBER = r"\s*\d+(?:\.\d+)?\s*"


class Touched(NamedTuple):
    """Number of rows that an option affects, and a sentence about them."""

    rows: int
    says: str


class OptionsPreview:
    """Counter of the rows of one user list that options affect; it uses the functions of the preparation.

    It keeps the result of each step until an option of that step changes. So a change of the rule for duplicates does
    not normalize the users again.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped and corrected.
    schema : MetadataSchema
        The metadata fields that apply.
    decisions : pandas.DataFrame, optional
        As for :func:`passage_kit.merge_duplicates`.
    lost_plus : bool or "likely", optional
        What the plan says of the phones where the options say nothing: see :attr:`passage_kit.Plan.lost_plus`.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org", "a@example.org"], "phone": ["0171 2345678", None]})
    >>> preview = OptionsPreview(users, MetadataSchema())
    >>> preview.touched("survivor", Options())
    Touched(rows=1, says='1 row is absorbed into another of the same person.')
    >>> preview.touched("default_region", Options(default_region="DE")).says
    '1 row has a phone without a country: 1 is valid with this one, 0 are withheld.'
    """

    # the options, and the column that names the countries; the fast ones come first
    names = (
        "region_column", "default_region", "lost_plus", "date_order", "numeric_dates", "boolean_words", "inactive",
        "strict", "survivor", "shared_phone",
    )  # fmt: skip

    def __init__(
        self,
        users: pd.DataFrame,
        schema: MetadataSchema,
        decisions: pd.DataFrame | None = None,
        *,
        lost_plus: LostPlus = None,
    ) -> None:
        self._users, self._schema, self._decisions, self._lost_plus_of_list = users, schema, decisions, lost_plus
        self._steps: dict[str, tuple[Hashable, Any]] = {}
        tell = (
            *(self._region_column, self._default_region, self._lost_plus),
            *(self._date_order, self._numeric_dates, self._boolean_words),
        )
        self._tell: dict[str, Callable[[Options], Touched]] = dict(
            zip(self.names, (*tell, self._inactive, self._strict, self._survivor, self._shared_phone), strict=True)
        )

    def touched(self, name: str, options: Options) -> Touched:
        """Count the rows that an option affects.

        Raises
        ------
        OptionError
            If an option has a value that it cannot have.
        """
        return self._tell[name](options)

    def _region_column(self, _options: Options) -> Touched:
        if REGION not in self._users:
            return Touched(0, gettext("No column names the country of a row."))
        cells = self._users[REGION]
        regions = region_of(cells)
        named, unknown = int(regions.notna().sum()), int(is_unknown_region(cells, regions).sum())
        says = ngettext(
            "{count} row names a country, {unknown} name none that is known.",
            "{count} rows name a country, {unknown} name none that is known.",
            named,
            unknown=number(unknown),
        )
        further = gettext("Say which country their words mean under Change values in 01.") if unknown else ""
        return Touched(named, " ".join(filter(None, [says, further])))

    def _default_region(self, options: Options) -> Touched:
        without = self._without_country(options)
        if not len(without):
            return Touched(0, gettext("Every phone has a country, its own or that of its row."))
        has = ngettext(
            "{count} row has a phone without a country", "{count} rows have a phone without a country", len(without)
        )
        if options.default_region is None:
            return Touched(len(without), gettext("{what}: withheld.", what=has))
        findings = self._normalized(options)[1]
        bad = findings.loc[findings["effect"].eq("withheld") & findings["code"].str.startswith("phone_"), SOURCE_ROW]
        withheld = int(without.isin(bad).sum())
        valid = len(without) - withheld
        verdict = [
            ngettext("{count} is valid with this one", "{count} are valid with this one", valid),
            ngettext("{count} is withheld", "{count} are withheld", withheld),
        ]
        return Touched(len(without), gettext("{what}: {verdict}.", what=has, verdict=", ".join(verdict)))

    def _lost_plus(self, options: Options) -> Touched:
        findings = self._normalized(options)[1]
        of_columns = findings[findings[SOURCE_ROW].isna()]
        added, kept = (
            sum(int(count.replace(",", "")) for count in of_columns.loc[of_columns["code"].eq(code), "argument"])
            for code in ("phone_plus_added", "phone_read_at_home")
        )
        unclear = findings.loc[findings["code"].eq("phone_two_readings"), SOURCE_ROW].nunique()
        says = [
            added
            and ngettext(
                "{count} number is read with a + before it.", "{count} numbers are read with a + before them.", added
            ),
            kept
            and ngettext(
                "{count} number is read without a +, though it would be another one with it.",
                "{count} numbers are read without a +, though they would be others with it.",
                kept,
            ),
            unclear
            and ngettext(
                "{count} row has a number that may be read either way: withheld.",
                "{count} rows have a number that may be read either way: withheld.",
                unclear,
            ),
        ]
        said = " ".join(text for text in says if text)
        return Touched(added + kept + unclear, said or gettext("No phone would be another one with a + before it."))

    def _date_order(self, options: Options) -> Touched:
        names = {field.column: field.friendly_name for field in self._schema if field.type == "date"} | {
            ORDER: gettext("Order")
        }
        columns = [column for column in names if column in self._users]
        if not columns:
            return Touched(0, gettext("There is no column of dates."))
        evidence = [say_evidence(names[column], self._evidence_of(column)) for column in columns]
        findings = self._normalized(options)[1]
        wrong = findings["field"].isin(columns) & findings["code"].isin(["date_ambiguous", "date_invalid"])
        rows = findings.loc[wrong, SOURCE_ROW].nunique()
        withheld = ngettext("{count} row has a date withheld.", "{count} rows have a date withheld.", rows)
        return Touched(rows, " ".join(filter(None, [*evidence, withheld])))

    def _numeric_dates(self, options: Options) -> Touched:
        columns = [field.column for field in self._schema if field.type == "date" and field.column in self._users]
        cells = pd.concat([pd.Series(dtype=TEXT), *(self._users[column] for column in columns)])
        numbers = cells[cells.str.fullmatch(_NUMBER).fillna(False).astype(bool)]
        if numbers.empty:
            return Touched(0, gettext("No date is a bare number."))
        findings = self._normalized(options)[1]
        wrong = findings["field"].isin(columns) & findings["code"].eq("date_invalid")
        rows = numbers.index.unique()
        withheld = rows.intersection(pd.Index(findings.loc[wrong, SOURCE_ROW].unique()))
        return Touched(len(rows), say_numbers(str(numbers.iloc[0]).strip(), len(rows), len(withheld)))

    def _evidence_of(self, column: str) -> DateEvidence:
        return self._kept(f"dates of {column}", None, partial(date_evidence, self._users[column]))

    def _boolean_words(self, options: Options) -> Touched:
        booleans = [field.column for field in self._schema if field.type == "boolean"]
        if not booleans:
            return Touched(0, gettext("There is no yes/no field."))
        findings = self._normalized(options)[1]
        unknown = findings[findings["field"].isin(booleans) & findings["code"].eq("boolean_invalid")]
        if unknown.empty:
            return Touched(0, gettext("Every word is understood."))
        counts = unknown["value"].str.strip().str.lower().value_counts()
        words = ", ".join(f"{word} ({number(count)})" for word, count in counts.head(_MOST_WORDS).items())
        more = ", ..." if len(counts) > _MOST_WORDS else ""
        rows = unknown[SOURCE_ROW].nunique()
        says = ngettext(
            "Neither yes nor no: {words}. Withheld in {count} row.",
            "Neither yes nor no: {words}. Withheld in {count} rows.",
            rows,
            words=words + more,
        )
        return Touched(rows, says)

    def _inactive(self, options: Options) -> Touched:
        if ACCOUNT_STATE not in self._users:
            return Touched(0, gettext("No column says whether an account is closed."))
        found = self._kept("accounts", None, lambda: judge_accounts(self._users)[1])
        closed = found.loc[found["code"].eq("account_inactive"), "argument"].value_counts()
        rows, unknown = int(closed.sum()), int(found["code"].eq("account_state_unknown").sum())
        kinds = ", ".join(f"{number(count)} {word}" for word, count in closed.head(_MOST_WORDS).items())
        says = [say_closed(rows, kinds, rejected=options.inactive == "reject")]
        if unknown:
            words = told_text(words_not_known(found))
            says.append(
                ngettext(
                    "{count} row has a word that is not known: {words}.",
                    "{count} rows have a word that is not known: {words}.",
                    unknown,
                    words=words,
                )
            )
        return Touched(rows, " ".join(says))

    def _strict(self, options: Options) -> Touched:
        rows = len(self._bad_rows(options))
        if options.strict:
            says = ngettext(
                "{count} row with a bad value is rejected.", "{count} rows with a bad value are rejected.", rows
            )
            return Touched(rows, says)
        says = ngettext(
            "{count} row has a bad value; strict rejects the row instead of withholding the value.",
            "{count} rows have a bad value; strict rejects the row instead of withholding the value.",
            rows,
        )
        return Touched(rows, says)

    def _survivor(self, options: Options) -> Touched:
        clusters = self._clusters(options, options.survivor)
        absorbed = int(clusters["reason"].notna().sum())
        says = ngettext(
            "{count} row is absorbed into another of the same person.",
            "{count} rows are absorbed into another of the same person.",
            absorbed,
        )
        if options.survivor == Options().survivor:
            return Touched(absorbed, says)
        usual = self._clusters(options, Options().survivor)
        stay, stay_usually = (set(found["survivor_row"]) for found in (clusters, usual))
        differ = gettext(
            "{count} times another row stays than by the usual rule.", count=number(len(stay - stay_usually))
        )
        return Touched(absorbed, f"{says} {differ}")

    def _shared_phone(self, options: Options) -> Touched:
        key = (self._key(options), options.inactive, options.strict, options.survivor, options.shared_phone)
        codes = self._kept("merged", key, partial(self._merged_codes, options))
        rows = int(codes.get("merged_by_phone" if options.shared_phone == "merge" else "shared_phone", 0))
        if not rows:
            return Touched(0, gettext("No phone is shared by people with different emails."))
        return Touched(rows, say_shared(rows, options.shared_phone))

    def _merged_codes(self, options: Options) -> dict[str, int]:
        _, findings = merge_duplicates(
            self._going(options),
            survivor=options.survivor,
            shared_phone=options.shared_phone,
            date_order=options.date_order,
            decisions=self._decisions,
            findings=self._normalized(options)[1],
        )
        return dict(findings.groupby("code")[SOURCE_ROW].nunique())

    def _clusters(self, options: Options, survivor: Any) -> pd.DataFrame:
        key = (self._key(options), options.inactive, options.strict, survivor, options.shared_phone)
        return self._kept(
            f"clusters by {survivor}",
            key,
            lambda: find_clusters(
                self._going(options),
                survivor=survivor,
                shared_phone=options.shared_phone,
                date_order=options.date_order,
                decisions=self._decisions,
                findings=self._normalized(options)[1],
            ),
        )

    def _going(self, options: Options) -> pd.DataFrame:
        """Select the normalized users that the rules for duplicates see."""
        users, _ = judge_accounts(self._normalized(options)[0], inactive=options.inactive)
        return users[~users.index.isin(self._bad_rows(options))] if options.strict else users

    def _bad_rows(self, options: Options) -> pd.Index[int]:
        findings = self._normalized(options)[1]
        return pd.Index(findings.loc[findings["effect"].eq("withheld"), SOURCE_ROW].unique())

    def _without_country(self, options: Options) -> pd.Index[int]:
        """Find the rows with phones that have no country without a default."""
        key = self._told_plus(options), options.lost_plus
        findings = (
            self._kept("phones", key, partial(self._phones_alone, options))
            if options.default_region
            else self._normalized(options)[1]
        )
        return pd.Index(findings.loc[findings["code"].eq("phone_no_region"), SOURCE_ROW].unique())

    def _told_plus(self, options: Options) -> LostPlus:
        return self._lost_plus_of_list if options.lost_plus is None else options.lost_plus

    def _phones_alone(self, options: Options) -> pd.DataFrame:
        """Find what is wrong with the phones without a default country."""
        phones = MetadataSchema([field for field in self._schema if field.type == "phone"])
        users = self._users.drop(columns=EMAIL, errors="ignore")
        users, findings = normalize_identifiers(users, lost_plus=self._told_plus(options))
        return collect_findings([findings, normalize_values(users, phones, lost_plus=options.lost_plus)[1]])

    def _normalized(self, options: Options) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self._kept("normalized", self._key(options), partial(self._normalize, options))

    def _normalize(self, options: Options) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Normalize the users, and reject no row yet."""
        of_values = {**options.of_values, "strict": False}
        users, of_identifiers = normalize_identifiers(
            self._users,
            default_region=options.default_region,
            lost_plus=self._told_plus(options),
            allow_special_use=options.allow_special_use,
        )
        users, changed = normalize_values(users, self._schema, **of_values)
        return users, collect_findings([of_identifiers, changed])

    def _key(self, options: Options) -> Hashable:
        """Combine the options that normalization depends on."""
        given = {**options.of_values, "strict": None, "special": options.allow_special_use}
        return tuple(tuple(sorted(value.items())) if isinstance(value, Mapping) else value for value in given.values())

    def _kept(self, step: str, key: Hashable, make: Callable[[], T]) -> T:
        """Give the result of a step; make it again only if its key has changed."""
        if step not in self._steps or self._steps[step][0] != key:
            self._steps[step] = (key, make())
        result: T = self._steps[step][1]
        return result


def preview_options(
    users: pd.DataFrame, schema: MetadataSchema, options: Options, *, decisions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Preview the rows that every option affects.

    Parameters
    ----------
    users, schema, decisions
        As for :class:`OptionsPreview`.
    options : Options
        Options of the preparation.

    Returns
    -------
    pandas.DataFrame
        One line for each option, by its name: ``rows``, the number of rows that it affects, and ``says``, a sentence.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org", "b@"], "phone": [None, "+14155552671"]})
    >>> preview_options(users, MetadataSchema(), Options()).loc["strict", "says"]
    '1 row has a bad value; strict rejects the row instead of withholding the value.'
    """
    preview = OptionsPreview(users, schema, decisions)
    touched = {name: preview.touched(name, options) for name in preview.names}
    return pd.DataFrame.from_dict(touched, orient="index", columns=Touched._fields).rename_axis("option")

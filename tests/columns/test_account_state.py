"""Which columns say that an account is closed, and what their values mean."""

from datetime import date

import pyarrow as pa
import pytest

from passage_kit.columns.account_state import (
    INACTIVE,
    IS_ACTIVE,
    UNKNOWN,
    fits_account_state,
    how_it_says,
    joined_states,
    states_of,
    what_they_say,
)

TODAY = date(2026, 6, 15)


def texts(*values):
    return pa.chunked_array([pa.array(values, pa.string())])


@pytest.mark.parametrize("yes_no", ["כן לא", "نعم لا", "ano ne", "igen nem", "예 아니오", "ναι όχι", "так ні"])
def test_yes_and_no_in_many_languages(yes_no):
    assert said("blocked", *yes_no.split()) == ["blocked", "active"]


def said(name, *values):
    return states_of(name, texts(*values), today=TODAY).to_pylist()


@pytest.mark.parametrize(
    ("names", "way", "state"),
    [
        (
            "deleted_at deletedAt DELETED_ON date_deleted deletion_date user.deleted_at gelöscht_am 退会日 "
            "discarded_at",
            "since",
            "deleted",
        ),
        ("banned_until bannedUntil banned_till", "until", "banned"),
        ("LockoutEnd LockoutEndDateUtc locked_until", "until", "locked"),
        ("탈퇴여부 是否删除 削除フラグ discarded", "flag", "deleted"),
        ("blocked isBlocked user_blocked gesperrt Bloqué заблокирован", "flag", "blocked"),
        ("block isForbidden Sperrkz Sperrkennzeichen", "flag", "blocked"),
        ("Löschkz Löschkennzeichen LOEVM", "flag", "deleted"),
        ("disabled is_disabled accountdisabled", "flag", "disabled"),
        ("archived suspended_account", "flag", None),
        ("CLEAN_TIME", "flag", "cleaned"),
        ("is_active isActive ACTIVE aktiv cuenta_activa активен", "open", "inactive"),
        ("enabled accountEnabled", "open", "disabled"),
        ("Fecha_de_baja fecha_baja Data_di_cancellazione data_usunięcia Gekündigt_am", "since", None),
        (
            "Estado_de_la_cuenta Status_konta Stav_účtu Statut_du_compte Stato_dell'account Status_da_conta"
            " Status_des_Kontos Статус_аккаунта Статус_учетной_записи Üyelik_durumu Mitgliedsstatus État",
            "words",
            "",
        ),
        ("status state accountStatus user_state Kontostatus 상태 Situação statecode", "words", ""),
    ],
)
def test_a_name_says_how_it_tells_the_state(names, way, state):
    for name in names.split():
        says = how_it_says(name.rpartition(".")[2])
        assert says is not None, name
        assert says.way == way, name
        assert state is None or says.state == state, name


@pytest.mark.parametrize(
    "name",
    """
    lockout_enabled twoFactorEnabled mfa_enabled email_enabled newsletter_active deleted_by blocked_reason active_until
    last_active_at activated_at order_status subscription_status email_status emailSuppressed unsubscribed
    deleted_user_id is_anonymous statusChanged password_expired region data_status status_of_order data_di_nascita
    Baja_newsletter
    """.split(),  # noqa: SIM905 - words read better than a list of strings
)
def test_other_names_say_nothing_about_the_account(name):
    assert how_it_says(name) is None


def test_a_moment_says_closed_unless_it_means_never_or_has_not_come():
    assert (
        said("deleted_at", "2024-01-31 10:00:00+00", "31.01.2024", "1593456000", "Mon, 02 Jan 2024 10:00")
        == ["deleted"] * 4
    )
    assert said("deleted_at", None, "", " ", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "9999-12-31") == [None] * 6
    assert said("deleted_at", "2027-01-01", "yesterday") == ["2027-01-01", "yesterday"]  # not known, so not guessed
    assert said("deleted_at", "false", "true", "never") == ["active", "deleted", "active"]


def test_a_ban_is_over_when_its_day_has_passed():
    assert (
        said("banned_until", "2123-01-01 00:00:00+00", "infinity", "9999-12-31", "4102444800", "1/2/2099")
        == ["banned"] * 5
    )
    assert said("banned_until", "2026-06-15", "1893456000000", "true") == ["banned"] * 3
    assert said("banned_until", "2026-06-14T23:59:59Z", "2020-01-01", "1593456000", "1593456000000") == [None] * 4
    assert said("banned_until", None, "none") == [None, "active"]
    assert said("banned_until", "03/04/2026", "1/2/26") == ["03/04/2026", "1/2/26"]  # may be over or not


def test_a_flag_is_read_by_its_name():
    assert said("blocked", "true", "False", "1", "0", "Y", "nein", "да") == [
        "blocked", "active", "blocked", "active", "blocked", "active", "blocked",
    ]  # fmt: skip
    assert said("is_active", "true", "f", "0.0", "no") == ["active", "inactive", "inactive", "inactive"]
    assert said("enabled", "TRUE", "FALSE", "maybe") == ["active", "disabled", "maybe"]
    assert said("userAccountControl", "512", "514", "66050", "?") == ["active", "disabled", "disabled", "?"]


def test_nothing_is_no_closed_account_and_no_open_one():
    cells = pa.chunked_array([["None", "NULL", "n/a", "no"]])
    assert states_of("deleted", cells).to_pylist() == ["active"] * 4
    assert states_of("is_active", cells).to_pylist() == [None, None, None, "inactive"]


def test_a_moment_of_zero_says_that_nobody_closed_the_account():
    assert said("delete_at", "0", "1704450000000") == ["active", "deleted"]
    assert said("disable", "0", "1") == ["active", "disabled"]


def test_roles_beside_a_state_are_of_open_accounts():
    values = texts("Primary Owner", "Admin", "Member", "Deactivated")
    assert fits_account_state("status", values.combine_chunks())
    assert what_they_say(values).tolist() == [1, 1, 1, 3]
    assert fits_account_state("status", texts("Member", "Guest").combine_chunks()) is None


def test_words_of_many_systems_are_known():
    closed = (
        "inactive DEPROVISIONED SUSPENDED Disabled ARCHIVED deleted USER_STATE_DELETED gesperrt supprimé 禁用 banned"
    )
    assert set(what_they_say(texts(*closed.split()))) == {INACTIVE}
    opened = "active ACTIVE STAGED PROVISIONED CONFIRMED UNCONFIRMED FORCE_CHANGE_PASSWORD RESET_REQUIRED LOCKED_OUT"
    assert set(what_they_say(texts(*opened.split()))) == {IS_ACTIVE}
    assert set(what_they_say(texts("UNKNOWN", "A", "7", "on hold", "true"))) == {UNKNOWN}


def test_of_several_columns_closed_wins_and_then_what_is_not_known():
    first = texts("active", "active", None, "deleted", None)
    second = texts("banned", "?", "active", "banned", None)
    assert joined_states([first, second]).to_pylist() == ["banned", "?", "active", "deleted", None]


@pytest.mark.parametrize(
    ("name", "values", "fits"),
    [
        ("status", ["ACTIVE", "DEPROVISIONED", "STAGED"], True),
        ("status", ["subscribed", "unsubscribed", "cleaned"], False),
        ("status", ["pending", "confirmed", "cancelled"], False),
        ("status", ["open", "closed", "pending"], False),
        ("status", ["0", "1"], False),
        ("state", ["CA", "NY"], False),
        ("state", ["active", "blocked", "ldap_blocked"], True),
        ("status", [], False),
        ("Estado", ["Activo", "Baja", "Bloqueado"], True),
        ("Status konta", ["aktywny", "zablokowany", "usunięty"], True),
        ("Estado", ["Jalisco", "Baja California"], False),
        ("deleted_at", [], True),
        ("deleted", ["Report.docx", "Draft.docx"], False),
        ("blocked", ["true", "false"], True),
        ("active", ["12", "7"], False),
        ("disabled", ["2024-01-31", "2024-02-01"], True),
    ],
)
def test_a_column_is_taken_by_its_name_and_its_values(name, values, fits):
    assert bool(fits_account_state(name, pa.array(values, pa.string()))) is fits


def test_a_list_that_a_person_left_is_read_if_the_person_chose_it():
    assert what_they_say(texts("subscribed", "unsubscribed", "cleaned")).tolist() == [IS_ACTIVE, INACTIVE, INACTIVE]


def test_pieces_of_a_column_are_read_alike():
    whole = texts("2123-01-01", "no", None, "2020-01-01", "x")
    pieces = pa.chunked_array([whole.chunks[0][:2], whole.chunks[0][2:2], whole.chunks[0][2:]])
    assert states_of("banned_until", pieces, today=TODAY).to_pylist() == said("banned_until", *whole.to_pylist())
    assert states_of("banned_until", pa.chunked_array([], pa.string())).to_pylist() == []

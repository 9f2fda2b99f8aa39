"""The users table of a Django project: found past managers, linked and created once, checked at the start."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, models
from django_project import on
from signing_in import ID, OTHER, parts_of, register

from passage_kit.errors import DatabaseError, OptionError
from passage_kit.golive import Authenticator, DjangoUsers, LinkNote, Match, PassagePerson
from passage_kit.golive.linking import decide

ANNA = PassagePerson(ID, email="anna@example.org")
users = DjangoUsers()


def add(name, **values):
    return get_user_model().objects.create(username=name, **values)


def note(event="linked", passage_id=ID):
    return LinkNote(passage_id, event)


def test_the_tables_are_found_fit(django_database):
    users.check()


def test_a_row_is_found_by_exactly_its_id(django_database):
    anna = add("anna", passage_id=ID, is_active=False)
    found = users.find(ID)
    assert (found.pk, users.key_of(found), users.is_active(found)) == (anna.pk, anna.pk, False)
    assert users.find(OTHER) is None


def test_rows_that_a_manager_hides_are_found(django_database, monkeypatch):
    class OnlyActive(models.Manager):
        def get_queryset(self):
            return super().get_queryset().filter(is_active=True)

    add("anna", passage_id=ID, is_active=False)
    hiding = OnlyActive()
    hiding.model = get_user_model()
    monkeypatch.setattr(get_user_model()._meta, "default_manager", hiding)
    assert not get_user_model()._default_manager.exists()
    assert users.find(ID).username == "anna"


def test_rows_match_by_email_in_any_case_or_by_phone(django_database):
    anna, bob = add("anna", email="Anna@Example.org"), add("bob", last_name="+12025550123")
    add("annb", email="anna@example.or")
    person = PassagePerson(ID, email="anna@example.org", phone="+12025550123")
    assert list(users.matches(person)) == [Match(anna.pk, None, "Anna@Example.org", None)]
    with_phone = DjangoUsers(phone="last_name").matches(person)
    assert [match.key for match in with_phone] == [anna.pk, bob.pk]
    assert list(users.matches(PassagePerson(ID))) == []


@pytest.mark.parametrize("asked", ["İrem@example.org", "ren\u00e9@example.org", "rene\u0301@example.org"])
def test_an_email_beyond_ascii_is_found_however_its_accents_are_written(asked, django_database):
    person = PassagePerson(ID, email=asked, email_verified=True)
    row = add("the same", email=asked)
    assert decide(person, users.matches(person)) == ("link", "verified_email", row.pk)
    for name, email in [("composed", "ren\u00e9@example.org"), ("apart", "rene\u0301@example.org")]:
        add(name, email=email)
    assert len(users.matches(person)) == (1 if asked.startswith("İ") else 3)


def test_a_row_is_linked_once_and_the_link_is_taken_back(django_database):
    anna, bob = add("anna"), add("bob")
    assert users.link(anna.pk, note()) is True
    assert users.link(anna.pk, note(passage_id=OTHER)) is False
    assert users.link(bob.pk, note()) is False
    assert users.unlink(bob.pk, note("undone")) is False
    assert users.unlink(anna.pk, note("undone")) is True
    assert users.find(ID) is None
    assert [line.event for line in users.notes(ID)] == ["linked", "undone"]
    assert list(users.notes(OTHER)) == []
    assert len(users.notes()) == 2


def test_a_row_is_created_once_with_an_unusable_password(django_database):
    made, again = (users.create(ANNA, note("created")) for _ in range(2))
    assert (made.pk, made.username, made.email, made.has_usable_password()) == (again.pk, ID, "anna@example.org", False)
    assert [(line.event, line.user_key) for line in users.notes()] == [("created", str(made.pk))]


def test_further_values_come_from_the_project(django_database):
    own = DjangoUsers(new_user=lambda person: {"username": person.email.split("@")[0], "first_name": "New"})
    assert (own.create(ANNA, note("created")).username, own.find(ID).first_name) == ("anna", "New")
    bob = PassagePerson(OTHER, email="anna@example.com")
    assert own.create(bob, note("created", OTHER)) is None  # somebody has the user name
    assert get_user_model().objects.count() == 1


def test_a_row_that_the_table_refuses_is_an_error(django_database):
    with pytest.raises(IntegrityError):
        DjangoUsers(new_user=lambda _: {"first_name": None}).create(ANNA, note("created"))
    assert get_user_model().objects.count() == 0


@pytest.mark.slow
def test_first_requests_in_many_threads_make_one_row(django_database):
    def create(_):
        try:
            return users.create(ANNA, note("created")).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(create, range(200)))) == 1
    assert get_user_model().objects.count() == 1
    assert len(users.notes()) == 1


@pytest.mark.slow
def test_a_thousand_first_requests_at_once_on_mariadb_make_one_row(mariadb, sandbox):
    verifier, directory = parts_of(sandbox)
    authenticator = Authenticator(verifier, users, directory)
    user_id = register(sandbox, email="anna@example.org")
    token = sandbox.issue_token(user_id)

    def sign_in(_):
        try:
            return authenticator.user_of(token).pk
        finally:
            connections.close_all()

    with on(mariadb) as connection:
        with pytest.raises(DatabaseError, match='db_collation="utf8mb4_bin"'):
            users.check()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_account MODIFY passage_id VARCHAR(64) COLLATE utf8mb4_bin")
        users.check()
        with ThreadPoolExecutor(24) as threads:
            assert len(set(threads.map(sign_in, range(1_000)))) == 1
        [anna] = get_user_model().objects.all()
        assert (anna.passage_id, anna.email) == (user_id, "anna@example.org")
        assert [note.event for note in users.notes()] == ["created"]


def test_a_field_that_is_none_is_refused(django_database):
    with pytest.raises(OptionError, match=r"accounts\.Account has no field 'nothing'"):
        DjangoUsers(phone="nothing").check()


def test_a_field_that_is_not_unique_is_refused(django_database):
    with pytest.raises(DatabaseError, match="last_name is not unique"):
        DjangoUsers(passage_id="last_name").check()


def test_an_index_that_the_database_lacks_is_missed(django_database):
    table = get_user_model()._meta.db_table
    with django_database.schema_editor() as editor:
        field = get_user_model()._meta.get_field("passage_id")
        plain = models.CharField(max_length=64, null=True)
        plain.set_attributes_from_name("passage_id")
        editor.alter_field(get_user_model(), field, plain, strict=True)
    with pytest.raises(DatabaseError, match=f"{table}.passage_id is not unique"):
        users.check()


def test_a_missing_record_of_links_is_said(django_database):
    with django_database.cursor() as cursor:
        cursor.execute("DROP TABLE passage_links")
    with pytest.raises(DatabaseError, match=r"manage\.py migrate"):
        users.check()


def test_a_row_is_free_as_long_as_it_has_no_id(django_database):
    anna, bo = add("anna"), add("bo", passage_id=ID)
    assert [users.is_free(key) for key in (anna.pk, bo.pk, 999)] == [True, False, False]

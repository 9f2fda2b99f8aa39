"""What a file is by its content: lists that the kit reads, and what it names and refuses with the way out."""

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.content_kinds import document_error, kind_of_content, office_kind

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"email,name\n", "users.csv", "csv"),
        (b"Insert date (UTC),email\n", "users.csv", "csv"),
        (b"Set,email\n1,a@example.org\n", "users.csv", "csv"),
        (b"Use email;phone\n", "users.csv", "csv"),
        (b"Begin;end\n", "users.csv", "csv"),
        (b"Update status,email\n", "users.csv", "csv"),
        (b"# database dump of our users\nemail,name\n", "users.csv", "csv"),
        (b"<ann@example.org>,Ann\n", "users.csv", "csv"),
        (b"From: , Subject: \nemail,name\n", "users.csv", "csv"),
        (b"[Export of users]\nemail,name\n", "users.csv", "csv"),
        (b"{a},{b}\n", "users.csv", "csv"),
        (b"  \n[]", "users", "json"),
        (b'\xef\xbb\xbf{"a": 1}', "users.txt", "json"),
        ('{"a": 1}'.encode("utf-16"), "users.txt", "json"),
        ('{"a": 1}'.encode("utf-16-be"), "users.txt", "json"),
        (b'[null, {"a": 1}]', "users", "json"),
        (b"nothing", "users.json", "json"),
        (b"PAR1", "users.json", "parquet"),
        (b"PK\x03\x04", "users.csv", "excel"),
        (OLE + "Workbook".encode("utf-16-le"), "users", "excel"),
        (OLE, "users.xls", "excel"),
    ],
)
def test_what_is_read(data, name, kind):
    assert kind_of_content(data, name, name) == kind


SQL = [
    b"INSERT INTO users (id) VALUES (1);",
    b"insert ignore into `users` values (1);",
    b"INSERT [dbo].[Users] ([Id]) VALUES (1)",
    b"REPLACE INTO users VALUES (1);",
    b"-- MySQL dump 10.13  Distrib 8.0.36\n--\n-- Host: localhost\n",
    b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n--\n",
    b"/*!40101 SET NAMES utf8 */;\n",
    b"-- phpMyAdmin SQL Dump\n-- version 5.2.1\n",
    b"-- Adminer 4.8.1 MySQL 8.0.30 dump\n\nSET NAMES utf8;\n",
    b"--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET statement_timeout = 0;\n",
    b"COPY public.users (id, email) FROM stdin;\n1\ta\n",
    b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE users(id);\nINSERT INTO users VALUES(1);\n",
    b"BEGIN TRANSACTION;\nCREATE TABLE users(id);\nINSERT INTO users VALUES(1);\n",
    b"USE [app]\nGO\n",
    "USE [app]\nGO\nSET ANSI_NULLS ON\nGO\n".encode("utf-16"),
    b"SET IDENTITY_INSERT [dbo].[Users] ON\n",
    b"REM INSERTING into USERS\nSET DEFINE OFF;\nInsert into USERS (ID) values (1);\n",
    b"create table users (id int);\ninsert into users values (1);\n",
    b"DROP TABLE IF EXISTS `users`;\n",
    b"PGDMP\x01\x0e",
]


@pytest.mark.parametrize("data", SQL)
@pytest.mark.parametrize("name", ["users.sql", "users.csv", "users"])
def test_an_sql_dump_is_loaded_into_a_database(data, name):
    with pytest.raises(SourceError, match=rf"{name} is an SQL dump.*Load it into a database.*URL"):
        kind_of_content(data, name, name)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "users.csv", "a web page.*Sign in, and export"),
        (b"<html xmlns:x='urn:x'><table><tr><td>email</td></tr></table>", "users.xls", "table.*save it as .xlsx"),
        (b"  <table border=1><tr><td>email", "users.xls", "table.*save it as .xlsx"),
        (b"<meta charset=utf-8><table>", "users.xls", "table.*save it as .xlsx"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook "
         b"xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "users.xls", "XML Spreadsheet 2003.*as .xlsx"),
        (b"<?xml version='1.0'?>\n<users><user/></users>", "users.xml", "an XML file"),
        (b"<users>\n<user id='1'/>\n</users>\n", "users.csv", "an XML file"),
        (b"<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'>",
         "users.fods", "flat OpenDocument"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "contacts.vcf", "vCards.*CSV"),
        (b"dn: cn=Ann,dc=example\ncn: Ann\n", "users.ldif", "LDIF"),
        (b"version: 1\n\ndn: cn=Ann\n", "users.ldif", "LDIF"),
        (b"- email: ann@example.org\n  name: Ann\n- email: bob@example.org\n", "users.yaml", "YAML"),
        (b"---\n# all\nusers:\n  - email: ann@example.org\n    name: Ann\n", "users.yml", "YAML"),
        (b"email: ann@example.org\nname: Ann\n\nemail: bob@example.org\nname: Bob\n", "users.txt", "YAML"),
        (b'[[users]]\nemail = "ann@example.org"\n', "users.toml", "TOML"),
        (b"export const users = [\n  { email: 'ann@example.org' },\n];\n", "users.js", "JavaScript"),
        (b"From ann@example.org Mon Jan 01 00:00:00 2024\nSubject: x\n", "a.mbox", "a mailbox"),
        (b"Received: by mx\nFrom: a@example.org\nTo: b@example.org\nSubject: x\n\nHello", "a.eml", "a mail"),
        (b"%PDF-1.7", "users.pdf", "a PDF document. Export"),
        (b"{\\rtf1", "users.rtf", "word processor"),
        (b"SQLite format 3\0", "app.db", "a SQLite database.*sqlite:///"),
        (OLE + "WordDocument".encode("utf-16-le"), "users.doc", "a Word document"),
        (b"7z\xbc\xaf\x27\x1c", "users.7z", "7-Zip.*Unpack it"),
        (b"users.csv" + bytes(248) + b"ustar\0", "users.tar", "a tar archive.*Unpack it"),
    ],
)  # fmt: skip
def test_what_is_named_and_refused(data, name, said):
    with pytest.raises(SourceError, match=f"{name} is (a|an) .*{said.split(' ', 1)[-1]}") as caught:
        kind_of_content(data, name, name)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "text", ["email:\nann@example.org\n", "a: b,email\nc: d,ann@example.org\n", "email\n" + " " * 60_000]
)
def test_what_only_resembles_a_file_for_programs_is_a_table(text):
    assert kind_of_content(text.encode(), "users.csv", "users.csv") == "csv"


def test_documents():
    assert office_kind(["xl/workbook.xml"]) == "excel"
    assert office_kind(["ppt/presentation.xml"]) == "a presentation"
    assert office_kind(["users.csv"]) is None
    assert str(document_error("a presentation", "x")).startswith("x is a presentation. Copy the table")

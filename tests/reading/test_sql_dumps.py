"""SQL dumps: whether there is anybody in them, by the statements that the clients of databases write."""

import pytest

from passage_kit.reading.sql_dumps import empty_dump

MYSQL = b"""-- MySQL dump 10.13
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` int NOT NULL
);
LOCK TABLES `users` WRITE;
UNLOCK TABLES;
CREATE TABLE `orders` (`id` int);
"""
POSTGRES = b"""-- PostgreSQL database dump
CREATE TABLE public.auth_user (
    id integer
);
CREATE TABLE public.log (id integer);
COPY public.log (id) FROM stdin;
1
\\.

COPY public.auth_user (id, email) FROM stdin;
\\.
"""
SERVER = "CREATE TABLE [dbo].[Users](\r\n\t[Id] [int]\r\n)\r\nGO\r\nCREATE TABLE [dbo].[Log]([Id] [int])\r\nGO\r\n"


@pytest.mark.parametrize(
    ("dump", "says"),
    [
        (MYSQL, "it has no row of any table"),
        (MYSQL + b"INSERT INTO `orders` VALUES (1),(2);\n", "its table 'users' has no rows"),
        (MYSQL + b"INSERT IGNORE INTO `shop`.`orders` (`id`) VALUES (1);\n", "its table 'users' has no rows"),
        (POSTGRES.replace(b"1\n", b""), "it has no row of any table"),
        (POSTGRES, "its table 'auth_user' has no rows"),
        (SERVER.encode("utf-16"), "it has no row of any table"),
        ((SERVER + "INSERT [dbo].[Log] ([Id]) VALUES (1)\r\n").encode("utf-16"), "its table 'Users' has no rows"),
        (b'CREATE TABLE IF NOT EXISTS "clients" (a int);\nCREATE TABLE "users" (id int);\nREPLACE INTO x VALUES (1);',
         "its table 'users' has no rows"),
    ],
)  # fmt: skip
def test_a_dump_without_users(dump, says):
    assert empty_dump(dump) == says


@pytest.mark.parametrize(
    "dump",
    [
        MYSQL + b"INSERT INTO `users` VALUES (1);\n",
        MYSQL + b"/*!40000 ALTER TABLE `users` DISABLE KEYS */;INSERT INTO `users` VALUES (1);\n",
        MYSQL + b"INSERT INTO `customers` (`id`) VALUES (1);\n",
        POSTGRES.replace(b"FROM stdin;\n\\.", b"FROM stdin;\n7\tann@example.org\n\\."),
        (SERVER + "INSERT [dbo].[Users] ([Id]) VALUES (1)\r\n").encode("utf-16"),
        b"INSERT INTO users VALUES (1);",
        b"CREATE TABLE log (id int);\nINSERT INTO log VALUES (1);",
        b"nothing of SQL",
    ],
)
def test_a_dump_that_may_have_users(dump):
    assert empty_dump(dump) is None

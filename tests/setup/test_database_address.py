"""A wrong DATABASE_URL gives one sentence that names the part to mend."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import psycopg
import pytest

from yilianti.cli import database
from yilianti.cli.home import Trouble
from yilianti.cli.postgres import throwaway


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """`127.0.0.1:port` of a server with the user county, whose password is p%d, and the database county."""
    with throwaway() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE county LOGIN PASSWORD 'p%d'")
            connection.execute("CREATE DATABASE county OWNER county")
            connection.execute("CREATE DATABASE elsewhere")
            connection.execute("CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        yield url.split("@")[1].split("/")[0]


def test_a_right_address_is_accepted(server: str) -> None:
    database.check(f"postgresql://county:p%25d@{server}/county", makes_tables=True)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://a@b/c", "应形如 postgresql://"),
        ("nonsense", "应形如 postgresql://"),
        ("postgresql://county:p%25d@{server}", "应形如 postgresql://"),
        ("postgresql://county:p@127.0.0.1:port/county", "端口不是数字"),
        ("postgresql://county:wrong@{server}/county", "用户 county 的密码不对"),
        ("postgresql://county@{server}/county", "用户 county 的密码不对"),
        ("postgresql://nobody:x@{server}/county", "用户 nobody 的密码不对，或没有这个用户"),
        ("postgresql://county:p%25d@{server}/nowhere", "没有库 nowhere"),
        ("postgresql://county:p%25d@no-such-host.invalid/county", "找不到主机 no-such-host.invalid"),
        ("postgresql://county:p%25d@{server}/county?colour=red", "不认识的选项"),
        ("postgresql://county:p%25d@{server}/elsewhere", "无权在库 elsewhere 中建表"),
        ("postgresql://county:p%25d@{server}/latin", "编码是 SQL_ASCII"),
    ],
)
def test_a_wrong_part_is_named(server: str, address: str, sentence: str) -> None:
    with pytest.raises(Trouble, match=sentence) as trouble:
        database.check(address.format(server=server), makes_tables=True)
    assert "\n" not in str(trouble.value)


def test_a_port_without_a_server_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(Trouble, match=f"端口 {port} 没有数据库在监听"):
            database.check(f"postgresql://a:b@127.0.0.1:{port}/c")


def test_a_server_too_old_is_refused() -> None:
    class Old:
        class info:  # noqa: N801
            server_version = 140009

    with pytest.raises(Trouble, match="PostgreSQL 14，太旧；需要 15"):
        database._acceptable(Old(), "DATABASE_URL")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('FATAL:  用户 "county" Password 认证失败', "密码不对"),
        ("FATAL: sorry, too many clients already", "连接已用完"),
        ("connection timeout expired", "6 秒无应答"),
        ('FATAL: no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf 中放行"),
        ("received invalid response to SSL negotiation: H", "不是 PostgreSQL"),
        ("something new", "something new"),
    ],
)
def test_what_a_server_says_becomes_a_sentence(said: str, sentence: str) -> None:
    assert sentence in database.reason(said, "db", 5432, "county", "county")


def test_a_separate_owner_is_used_where_it_is_given() -> None:
    both = database.external({"DATABASE_URL": "a", "YILIANTI_OWNER_DATABASE_URL": "b"})
    assert both == database.Addresses("a", "b", "external")
    assert database.external({"DATABASE_URL": "a"}) == database.Addresses("a", "a", "external")
    assert database.external({}) is None

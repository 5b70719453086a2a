"""Which database this installation uses: one named by DATABASE_URL, or the embedded cluster."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

import psycopg

from yilianti.cli import home as homes
from yilianti.cli.backups import store
from yilianti.cli.home import Home, Trouble, read_json, write_private
from yilianti.cli.postgres.binaries import OLDEST
from yilianti.cli.postgres.cluster import APPLICATION, OWNER, Cluster

SHAPE = "应形如 postgresql://用户:密码@主机:5432/库名（密码中的特殊字符写成 %40 这样的形式）"


@dataclass(frozen=True)
class Addresses:
    """URLs of the two roles; the same one twice where the server gave us a single role."""

    application: str
    owner: str
    source: str  # embedded | external


def embedded(cluster: Cluster) -> Addresses:
    return Addresses(cluster.url(APPLICATION), cluster.url(OWNER), "embedded")


def external(environ: dict[str, str]) -> Addresses | None:
    """The server named by DATABASE_URL (and YILIANTI_OWNER_DATABASE_URL for a separate owner), or None."""
    if not (application := environ.get("DATABASE_URL", "")):
        return None
    return Addresses(application, environ.get("YILIANTI_OWNER_DATABASE_URL") or application, "external")


def cluster_of(home: Home) -> Cluster:
    return Cluster(home.postgres, log=home.logs / "postgres.log", archive=store.of(home).wal)


def forced() -> str | None:
    return os.environ.get("YILIANTI_PG") or None


def check(url: str, name: str = "DATABASE_URL", *, makes_tables: bool = False) -> None:
    """Connect once; Trouble names which part of the address is wrong, or which right is missing."""
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise Trouble(f"{name} 中的端口不是数字；{SHAPE}。") from error
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise Trouble(f"{name} 写法不对：{SHAPE}。")
    try:
        with psycopg.connect(url, connect_timeout=6, client_encoding="utf8") as connection:
            _acceptable(connection, name)
            if makes_tables:
                _may_make_tables(connection, name)
    except psycopg.OperationalError as error:
        raise Trouble(
            f"{name}：" + reason(str(error), parts.hostname or "", port, parts.username or "", parts.path[1:])
        ) from error
    except psycopg.ProgrammingError as error:
        raise Trouble(f"{name} 中有不认识的选项（{str(error).splitlines()[0]}）；{SHAPE}。") from error


def reason(said: str, host: str, port: int, user: str, database: str) -> str:
    """What the driver said, as one sentence naming the part to mend."""
    for marks, sentence in (
        (("resolve host", "translate host name", "Name or service not known"), f"找不到主机 {host}；请检查主机名。"),
        (("SSL negotiation", "invalid response"), f"主机 {host} 的端口 {port} 上不是 PostgreSQL；请检查端口。"),
        (("Connection refused",), f"主机 {host} 的端口 {port} 没有数据库在监听；请检查端口，或先启动数据库。"),
        (
            ("timeout", "timed out", "No route", "unreachable"),
            f"连不上主机 {host}（端口 {port}，6 秒无应答）；请检查主机名和网络。",
        ),
        (
            ("No such file or directory",),
            f"找不到数据库的套接字文件（{host or '本机'}，端口 {port}）；请检查主机一项。",
        ),
        (
            ("authentication failed", "认证失败", "no password supplied"),
            f"用户 {user} 的密码不对，或没有这个用户；请检查用户名和密码。",
        ),
        (("pg_hba.conf",), f"数据库不允许用户 {user} 从本机连接库 {database}；请在服务器的 pg_hba.conf 中放行。"),
        (
            ("does not exist", "不存在"),
            f"服务器上没有库 {database}（或没有用户 {user}）；请先建库：createdb -O {user} {database}。",
        ),
        (("too many", "太多"), "数据库的连接已用完；请增大 max_connections 或停掉别的程序。"),
        (("starting up", "shutting down", "recovery"), "数据库正在启动或关闭；请稍后再试。"),
        (("permission denied", "权限不够"), f"用户 {user} 无权连接库 {database}；请在服务器上授权。"),
    ):
        if any(mark in said for mark in marks):
            return sentence
    return f"连接失败（{said.strip().splitlines()[-1][-160:]}）。"


def _acceptable(connection: psycopg.Connection, name: str) -> None:
    version = connection.info.server_version
    if version < OLDEST * 10_000:
        raise Trouble(f"{name}：数据库是 PostgreSQL {version // 10_000}，太旧；需要 {OLDEST} 或更新。")
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    if row and row[0] != "UTF8":
        raise Trouble(f"{name}：库的编码是 {row[0]}，需要 UTF8；请以 ENCODING 'UTF8' 重新建库。")


def _may_make_tables(connection: psycopg.Connection, name: str) -> None:
    question = "SELECT has_schema_privilege(current_user, 'public', 'CREATE'), current_user, current_database()"
    allowed, user, base = connection.execute(question).fetchone() or (False, "", "")
    if not allowed:
        raise Trouble(
            f"{name}：用户 {user} 无权在库 {base} 中建表；请让它成为库的所有者：ALTER DATABASE {base} OWNER TO {user}。"
        )


# -- for commands beside the supervisor


def remember(home: Home, addresses: Addresses) -> None:
    write_private(home.connection, json.dumps(addresses.__dict__))


def running(home: Home) -> Addresses | None:
    """The database of a supervisor that runs now, or None."""
    kept = read_json(home.connection)
    return Addresses(**kept) if kept and locked(home) else None


def locked(home: Home) -> bool:
    """Whether a supervisor (or a command holding the database) runs in this home."""
    if not home.lock.exists():
        return False
    with home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def hold(home: Home) -> IO[str]:
    """Take the home's lock until the process ends; Trouble says who has it."""
    file = home.lock.open("a+")
    for _ in range(5):  # a command that only asks whether we run holds it for a moment
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        time.sleep(0.1)
    else:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise Trouble(
            f"Yilianti 已在运行（{holder or '另一个进程'}，数据目录 {home.path}）；请先停掉它，或用 YILIANTI_HOME 另开一份。"
        )
    file.seek(0)
    file.truncate(0)
    file.write(f"进程 {os.getpid()}")
    file.flush()
    return file


def for_command(*, owner: bool = False) -> str:
    """The URL for a command: the running database, or the embedded one started until the command ends."""
    home = homes.current()
    addresses = running(home)
    if addresses is None:
        cluster = cluster_of(home)
        if not cluster.made:
            raise Trouble(f"{home.path} 里还没有数据库；请先运行 ./run，或用 DATABASE_URL 指定一个数据库。")
        lock = hold(home)
        cluster.start(forced())
        atexit.register(_let_go, cluster, lock)
        addresses = embedded(cluster)
    return addresses.owner if owner else addresses.application


def _let_go(cluster: Cluster, lock: IO[str]) -> None:
    """Leave in order: our connections first, then the server, then the home."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
    cluster.stop()
    lock.close()

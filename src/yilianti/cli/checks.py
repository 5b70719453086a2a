"""What must hold before anything is started; each failure is one sentence with the way out."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from yilianti.cli import processes
from yilianti.cli.home import Home, Trouble
from yilianti.cli.production import certificate
from yilianti.kernel.crypto import keyring

STARTING_MB, MAKING_MB = 60, 250


@dataclass(frozen=True)
class Ports:
    """Where we serve: bind address and the ports by name of their environment variable."""

    bind: str
    web: int
    mllp: int
    dicom: int

    def named(self) -> dict[str, int]:
        return {"YILIANTI_WEB_PORT": self.web, "YILIANTI_MLLP_PORT": self.mllp, "YILIANTI_DICOM_PORT": self.dicom}

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.bind in ("0.0.0.0", "::") else self.bind  # noqa: S104
        scheme = "https" if certificate() else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.web}"


def mode() -> str:
    """demo (an invented county), empty (a county of one's own, on this machine only) or production."""
    given = os.environ.get("YILIANTI_MODE", "demo")
    if given not in ("demo", "empty", "production"):
        raise Trouble(f"YILIANTI_MODE 只能是 demo、empty 或 production，现在是“{given}”。")
    return given


def production() -> bool:
    return mode() == "production"


def ports() -> Ports:
    """The ports from the environment; demo mode is never reachable from another machine."""
    numbers = {}
    for name, usual in (("YILIANTI_WEB_PORT", 8000), ("YILIANTI_MLLP_PORT", 2575), ("YILIANTI_DICOM_PORT", 11112)):
        given = os.environ.get(name) or str(usual)
        if not given.isdigit() or not 1 <= int(given) <= 65535:
            raise Trouble(f"{name} 应是 1 到 65535 的端口号，现在是“{given}”。")
        numbers[name] = int(given)
    if len(set(numbers.values())) < len(numbers):
        raise Trouble(f"{'、'.join(numbers)} 须是不同的端口，现在有两个相同。")
    bind = os.environ.get("YILIANTI_BIND", "127.0.0.1") if production() else "127.0.0.1"
    return Ports(bind, *numbers.values())


def ports_free(wanted: Ports) -> None:
    for name, port in wanted.named().items():
        if not processes.port_free(wanted.bind, port):
            holder = processes.holder_of(port)
            by = f"（{holder}）" if holder else ""
            if port < 1024 and os.geteuid() != 0:
                raise Trouble(f"端口 {port} 小于 1024，普通用户不能使用；请换一个，例如 {name}={port + 8000} ./run。")
            raise Trouble(f"端口 {port} 已被占用{by}；请停掉它，或换一个端口：{name}={port + 1} ./run。")


def disk(home: Home, *, making: bool) -> None:
    free, wanted = shutil.disk_usage(home.path).free // 1_000_000, MAKING_MB if making else STARTING_MB
    if free < wanted:
        raise Trouble(
            f"磁盘空间不足：{home.path} 所在分区只剩 {free} MB，至少需要 {wanted} MB；已有数据完好，请腾出空间。"
        )


def keys(home: Home, known: str) -> str:
    """Make the ring of keys the first time; `known` is the name of the ring this database is encrypted by. Returns its name."""
    place = keyring.Folder(home.keys, os.environ.get("YILIANTI_ROOT_KEY", ""), os.environ.get("YILIANTI_ROOT_KEY_FILE", ""))
    if known and not place.ring.exists():
        raise Trouble(f"密钥目录 {home.keys} 不在，而数据库中有用它加密的内容；请先从密钥备份恢复该目录，数据未动。")
    try:
        ring = place.ensure(os.environ.get("YILIANTI_CIPHER", keyring.CIPHER), os.environ.get("YILIANTI_KEYED_HASH", keyring.HMAC_SM3))
    except (keyring.KeysMissing, ValueError) as fault:
        raise Trouble(str(fault)) from fault
    if known and ring.name != known:
        raise Trouble(f"密钥目录 {home.keys} 属于另一份数据（{ring.name}，应为 {known}）；请换回这份数据的密钥目录。")
    return ring.name

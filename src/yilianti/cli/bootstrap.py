"""What ./run, ./test and ./yilianti do before anything is installed: make the environment, then hand over.

Standard library only, and no import from the package: this file runs under whatever Python the machine has.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ENTRY = {"run": "yilianti.cli.supervise", "cli": "yilianti.cli", "test": "yilianti.cli.testing"}
WHEELHOUSE = ROOT / "wheelhouse"  # present in an offline bundle only (./yilianti bundle)
NEEDED_MB = 2000  # environment, pip's unpacking room and a fresh database


class Trouble(Exception):
    """Something the person at the keyboard must mend; the message is one Chinese sentence with the way out."""


def home_of(environ: dict[str, str]) -> Path:
    """Where the data live: YILIANTI_HOME, else by who runs it."""
    if given := environ.get("YILIANTI_HOME"):
        return Path(given).expanduser().resolve()
    return Path("/var/lib/yilianti") if os.geteuid() == 0 else Path.home() / ".local/share/yilianti"


def say(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, flush=True)


def make_home(home: Path) -> None:
    try:
        for folder in (home, home / "run", home / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        (home / "run/.writable").write_text("")
    except PermissionError as error:
        raise Trouble(
            f"没有权限写入数据目录 {home}；请用原来的用户运行，或用 YILIANTI_HOME 指定另一个目录。"
        ) from error
    except OSError as error:
        raise Trouble(f"无法使用数据目录 {home}：{error.strerror}；请用 YILIANTI_HOME 指定另一个目录。") from error


@contextlib.contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Two people starting at once must not write the same environment."""
    with (home / "run/setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("· 另一个进程正在准备环境，等待它完成 …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Environment:
    """The virtual environment in the home, its stamp, and the locks it was made from."""

    def __init__(self, home: Path, locks: list[Path]) -> None:
        self.home = home
        self.locks = locks
        self.folder = home / "venv"
        self.python = self.folder / "bin/python"
        self.stamp = self.folder / "yilianti-stamp.json"

    def wanted(self) -> dict[str, str]:
        prints = {lock.name: hashlib.sha256(lock.read_bytes()).hexdigest() for lock in self.locks}
        return {"python": f"{sys.version.split()[0]} {sys.base_prefix}", **prints}

    def recorded(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.stamp.read_text()))
        except (OSError, ValueError):
            return {}

    def ready(self) -> bool:
        recorded = self.recorded()
        return self.python.exists() and all(recorded.get(key) == value for key, value in self.wanted().items())

    def prepare(self) -> None:
        """Make or mend the environment; nothing when the stamp says that it is as wanted."""
        if self.ready():
            return
        with one_at_a_time(self.home):
            if self.ready():
                return
            self._enough_room()
            recorded, wanted = self.recorded(), self.wanted()
            if recorded.get("python") != wanted["python"] or not self.python.exists():
                recorded = {}
                self._create()
            # Without a stamp the next run starts over: a half-written environment is never trusted.
            self.stamp.unlink(missing_ok=True)
            try:
                for lock in self.locks:
                    if recorded.get(lock.name) != wanted[lock.name]:
                        self._install(lock)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                shutil.rmtree(self.folder, ignore_errors=True)  # half an environment only takes room
                raise Trouble(
                    f"磁盘已满：{self.home} 写不下运行环境；请腾出空间，或用 YILIANTI_HOME 换一个分区。"
                ) from error
            self.stamp.write_text(json.dumps({**recorded, **wanted}, indent=1))

    def _enough_room(self) -> None:
        free = shutil.disk_usage(self.home).free // 1_000_000
        wanted = int(os.environ.get("YILIANTI_SETUP_MB", NEEDED_MB))
        if free < wanted:
            raise Trouble(
                f"磁盘空间不足：{self.home} 所在分区只剩 {free} MB，首次安装约需 {wanted} MB；请腾出空间，或用 YILIANTI_HOME 换一个分区。"
            )

    def _create(self) -> None:
        if self.folder.exists():
            say("· 上次的运行环境没有完成或已过期，重新建立 …")
            shutil.rmtree(self.folder)
        say(f"· 建立运行环境 {self.folder}（Python {sys.version.split()[0]}）…")
        made = subprocess.run([sys.executable, "-m", "venv", *without_pip(), str(self.folder)], capture_output=True, text=True)
        if made.returncode == 0 and without_pip():
            words = [str(self.python), str(pip_wheel()) + "/pip", "install", *offline(), "pip"]
            made = subprocess.run(words, capture_output=True, text=True)
        if made.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            if "No space left" in made.stdout + made.stderr:
                raise Trouble(f"磁盘已满：{self.home} 写不下运行环境；请腾出空间后再运行。")
            raise Trouble(
                f"无法建立运行环境：{(made.stderr or made.stdout).strip().splitlines()[-1:]}；可执行 {venv_command()} 后再试。"
            )

    def _install(self, lock: Path) -> None:
        packages = sum(1 for line in lock.read_text().splitlines() if line and not line[0].isspace())
        say(f"· 安装 {lock.name} 中的 {packages} 个软件包（核对哈希）…")
        started, log = time.monotonic(), self.home / "logs/pip.log"
        command = [
            str(self.python),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-input",
            "--disable-pip-version-check",
            *offline(),
        ]
        environ = {
            key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")
        }
        with log.open("w") as kept:
            pip = subprocess.Popen(
                [*command, "-r", str(lock)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
            )
            try:
                lines = list(self._progress(pip, kept, packages))
            except BaseException:
                pip.kill()
                raise
        if pip.wait() == 0:
            say(f"✓ 安装完成（{time.monotonic() - started:.0f} 秒）")
            return
        if any("No space left" in line for line in lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if any("DO NOT MATCH THE HASHES" in line for line in lines):
            raise Trouble(f"有软件包与 {lock.name} 中的哈希不符，已拒绝安装；详情见 {log}。")
        last = next((line.strip() for line in reversed(lines) if "ERROR" in line), "请检查网络")
        if offline():
            raise Trouble(f"离线安装包不适合这台机器（{last}）；请在同样的系统、同样的 Python 版本上重新制作；详情见 {log}。")
        raise Trouble(f"软件包没有装完（{last}）；详情见 {log}，修好后再运行即可继续。")

    def _progress(self, pip: subprocess.Popen[str], kept: object, packages: int) -> Iterator[str]:
        """Pass pip's many lines to the log, and a short count to the screen."""
        seen = 0
        for line in pip.stdout or ():
            kept.write(line)  # type: ignore[attr-defined]
            yield line
            if line.startswith("Collecting "):
                seen += 1
                say(f"  [{seen}/{packages}] {line.split()[1]}")
            elif line.startswith("Installing collected packages"):
                say("  正在写入 …")


def offline() -> list[str]:
    """Where pip looks in an offline bundle: there and nowhere else; said here, at run time, never in a lock."""
    return ["--no-index", "--find-links", str(WHEELHOUSE)] if WHEELHOUSE.is_dir() else []


def pip_wheel() -> Path | None:
    return next(WHEELHOUSE.glob("pip-*.whl"), None)


def without_pip() -> list[str]:
    """A bundle brings its own pip for a Python that came without one; elsewhere the distribution's package is needed."""
    if pip_wheel() and importlib.util.find_spec("ensurepip") is None:
        return ["--without-pip"]
    need_venv()
    return []


def need_venv() -> None:
    """Debian splits venv from Python: install that package when we may, else say the one command."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Trouble(f"这个 Python 没有 venv 组件；请执行一条命令后再运行：{venv_command()}") from None
        say(f"· 安装发行版软件包 {package} …")
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", package]
        if subprocess.run(install, env=environ, stdout=subprocess.DEVNULL).returncode != 0:
            subprocess.run(["apt-get", "update"], env=environ, stdout=subprocess.DEVNULL)
            if subprocess.run(install, env=environ).returncode != 0:
                raise Trouble(f"没有装上 {package}；请执行：{venv_command()}") from None


def venv_command() -> str:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if shutil.which("dnf"):
        return "sudo dnf install -y python3 python3-pip"
    return f"sudo apt-get install -y {package}"


def main(argv: list[str]) -> int:
    """bootstrap.py run|cli|test [arguments]: prepare, then become that program."""
    verb, rest = argv[0], argv[1:]
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Chinese still gets its lines
    os.umask(0o022)  # PostgreSQL runs as another user than root and must read its binaries
    locks = [ROOT / "requirements.lock"]
    if verb == "test" or (verb == "cli" and rest[:1] == ["check"]):
        locks.append(ROOT / "requirements-test.lock")
    home = home_of(dict(os.environ))
    try:
        make_home(home)
        environment = Environment(home, locks)
        environment.prepare()
    except Trouble as trouble:
        say(f"✗ {trouble}")
        return 1
    except OSError as error:
        say(f"✗ 准备环境时出错：{error.strerror or error}（{error.filename or home}）；修好后再运行即可继续。")
        return 1
    except KeyboardInterrupt:
        say("\n已停止；再次运行会从这里继续。")
        return 130
    environ = {
        **os.environ,
        "YILIANTI_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
    }
    if not os.access(ROOT / "src/yilianti", os.W_OK):
        environ.setdefault("PYTHONPYCACHEPREFIX", str(home / "pycache"))
    os.execve(environment.python, [str(environment.python), "-m", ENTRY[verb], *rest], environ)
    raise AssertionError("execve returns only by an exception")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The real thing: what a production start refuses, and what it serves, over its own certificate and behind a proxy."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yilianti.cli import processes, production
from yilianti.cli.home import ROOT, Home

SOUND = {"YILIANTI_PUBLIC_URL": "https://ylt.test", "YILIANTI_SECRET_KEY": secrets.token_urlsafe(48), "YILIANTI_TRUSTED_PROXIES": "127.0.0.1"}

CHARTER = ("--code", "yunxi", "--name", "云溪县紧密型县域医共体", "--region", "349921", "--hospital-code", "YX0001", "--hospital", "云溪县人民医院",
           "--administrator", "柳志桥", "--security-administrator", "安可信", "--auditor", "秋立衡")  # fmt: skip


def certificate(folder: Path, *, days: int = 30, form: str = "PKCS8") -> dict[str, str]:
    """A self-signed pair for ylt.test, as environment."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ylt.test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("ylt.test")]), critical=False)
    kept, private = folder / f"cert{days}{form}.pem", folder / f"key{days}{form}.pem"
    kept.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form), serialization.NoEncryption()))
    return {"YILIANTI_TLS_CERT": str(kept), "YILIANTI_TLS_KEY": str(private)}


def test_a_sound_environment_has_no_fault(tmp_path: Path) -> None:
    assert list(production.faults(SOUND)) == []
    own = {key: value for key, value in SOUND.items() if "PROXIES" not in key}
    assert list(production.faults(own | certificate(tmp_path))) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"YILIANTI_PUBLIC_URL": ""}, "YILIANTI_PUBLIC_URL"),
        ({"YILIANTI_PUBLIC_URL": "http://ylt.test"}, "以 https 开头"),
        ({"YILIANTI_PUBLIC_URL": "https://ylt.test/app"}, "只到域名"),
        ({"YILIANTI_SECRET_KEY": "short"}, "至少 50 个字符"),
        ({"YILIANTI_SECRET_KEY": "k" * 60}, "像是例子里抄来的"),
        ({"YILIANTI_SECRET_KEY": "django-insecure-" + secrets.token_urlsafe(48)}, "像是例子里抄来的"),
        ({"YILIANTI_TRUSTED_PROXIES": ""}, "传输必须加密"),
        ({"YILIANTI_TRUSTED_PROXIES": "0.0.0.0/0"}, "冒充代理"),
        ({"YILIANTI_TRUSTED_PROXIES": "nginx"}, "不是地址或网段"),
        ({"YILIANTI_TLS_CERT": "/nowhere.pem"}, "要一起设"),
        ({"YILIANTI_TLS_CERT": "/nowhere.pem", "YILIANTI_TLS_KEY": "/nowhere.key"}, "不能一起使用"),
        ({"DATABASE_URL": "postgresql://yilianti:yilianti@db.test/yilianti"}, "数据库密码"),
        ({"DATABASE_URL": "postgresql://yilianti:postgres@db.test/yilianti"}, "数据库密码"),
    ],
)
def test_each_fault_is_one_sentence(change: dict[str, str], told: str) -> None:
    found = list(production.faults(SOUND | change))
    assert len(found) == 1 and told in found[0]
    assert found[0].endswith(("。", '"'))


def test_a_certificate_must_be_valid_a_pair_and_in_the_right_form(tmp_path: Path) -> None:
    assert "到期" in next(production.faults(SOUND | certificate(tmp_path, days=-1)))
    old = certificate(tmp_path, form="TraditionalOpenSSL")
    assert "PKCS#8" in next(production.faults(SOUND | old))
    mixed = certificate(tmp_path) | {"YILIANTI_TLS_KEY": old["YILIANTI_TLS_KEY"]}
    assert "不能一起使用" in next(production.faults(SOUND | mixed))


class Running:
    """A supervisor in production mode over its own certificate."""

    def __init__(self, folder: Path) -> None:
        self.home, self.port = Home(folder), processes.free_port()
        self.pair = certificate(folder)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("YILIANTI_", "DJANGO_", "DATABASE_URL"))}
        self.environ = kept | SOUND | self.pair | {
            "YILIANTI_MODE": "production", "YILIANTI_HOME": str(folder), "YILIANTI_WEB_PORT": str(self.port), "YILIANTI_WEB_WORKERS": "1",
            "YILIANTI_MLLP_PORT": str(processes.free_port()), "YILIANTI_DICOM_PORT": str(processes.free_port()), "PYTHONPATH": f"{ROOT / 'src'}",
        }  # fmt: skip
        if "YILIANTI_PG" in os.environ:
            self.environ["YILIANTI_PG"] = os.environ["YILIANTI_PG"]

    def attempt(self, **change: str) -> str:
        """Start with a change that must be refused; returns what is said."""
        command = [sys.executable, "-m", "yilianti.cli.supervise"]
        ended = subprocess.run(command, env=self.environ | change, capture_output=True, text=True, timeout=90)
        assert ended.returncode == 1, ended.stdout
        return ended.stdout

    def start(self) -> None:
        self.out = self.home.path / "out.log"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "yilianti.cli.supervise"], env=self.environ, stdout=out, stderr=out)
        end = datetime.now(UTC) + timedelta(seconds=90)
        while "全部进程就绪" not in self.said() and self.process.poll() is None and datetime.now(UTC) < end:
            time.sleep(0.2)
        assert "全部进程就绪" in self.said(), self.said()

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def ask(self, method: str, path: str, host: str = "ylt.test", body: str | None = None, **headers: str) -> http.client.HTTPResponse:
        """One request to 127.0.0.1 under the name ylt.test, the certificate checked against that name."""
        checked = ssl.create_default_context(cafile=self.pair["YILIANTI_TLS_CERT"])
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10)
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sock = checked.wrap_socket(raw, server_hostname="ylt.test")
        connection.request(method, path, body=body, headers={"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}})
        return connection.getresponse()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="ylt-"))
    folder.chmod(0o755)
    made = Running(folder)
    made.home.make()
    made.start()
    yield made
    if made.process.poll() is None:
        made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_door_is_encrypted_and_says_so(running: Running) -> None:
    answer = running.ask("GET", "/login/")
    page = answer.read().decode()
    assert answer.status == 200 and answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie and "SameSite=Lax" in cookie
    assert "演示" not in page and "data-fill-password" not in page
    assert f"https://127.0.0.1:{running.port}" in running.said()


def test_plain_text_and_old_protocols_get_nothing(running: Running) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.request("GET", "/login/")
        plain.getresponse()
    told = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{running.port}", "-tls1_1"], input="", capture_output=True, text=True)
    assert "Cipher is (NONE)" in told.stdout or told.returncode != 0


def test_demo_pages_and_foreign_hosts_are_gone(running: Running) -> None:
    assert running.ask("GET", "/style/").status == 404
    assert running.ask("GET", "/login/", host="evil.test").status == 400
    assert running.ask("GET", "/healthz", host="127.0.0.1").status == 200


def test_the_clients_address_is_told_by_the_proxy_alone(running: Running) -> None:
    page = running.ask("GET", "/login/")
    token = page.headers["Set-Cookie"].partition("csrftoken=")[2].partition(";")[0]
    form = f"csrfmiddlewaretoken={token}&username=nobody&password=wrong"
    sent = {"Cookie": f"csrftoken={token}", "Content_Type": "application/x-www-form-urlencoded", "Referer": "https://ylt.test/login/",
            "X_Forwarded_For": "203.0.113.9"}  # fmt: skip
    assert running.ask("POST", "/login/", body=form, **sent).status == 422
    with psycopg.connect(_database(running)) as connection:
        row = connection.execute("SELECT host(address) FROM access_securityevent WHERE kind = 'login_failed' ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("203.0.113.9",)


def test_demo_accounts_and_printed_passwords_are_refused_at_the_next_start(running: Running) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    printed = Argon2PasswordHasher().encode("Yunxi-2026-demo", "saltsaltsalt")
    command = [sys.executable, "-m", "yilianti.cli", "found", *CHARTER]
    founded = subprocess.run(command, env=running.environ, capture_output=True, text=True, timeout=90)
    assert founded.returncode == 0, founded.stderr
    assert list(production.faults_in_data(_database(running), date.today())) == []  # noqa: DTZ011
    with psycopg.connect(_database(running)) as connection:
        connection.execute("UPDATE access_account SET password = %s WHERE username = 'admin'", [printed])
        connection.execute("UPDATE access_account SET is_demo = true WHERE username = 'auditor'")
    running.stop()
    said = running.attempt()
    assert "1 个启用的演示账号（auditor" in said and "管理员账号 admin 还在用公开过的密码" in said


def test_a_start_without_its_conditions_says_all_that_is_missing(running: Running) -> None:
    said = running.attempt(YILIANTI_PUBLIC_URL="", YILIANTI_SECRET_KEY="", YILIANTI_TLS_CERT="", YILIANTI_TLS_KEY="", YILIANTI_TRUSTED_PROXIES="")
    assert said.count("✗") == 3 and "YILIANTI_PUBLIC_URL" in said and "YILIANTI_SECRET_KEY" in said and "传输必须加密" in said
    command = [sys.executable, "-m", "yilianti.cli", "doctor"]
    doctor = subprocess.run(command, env=running.environ | {"YILIANTI_PUBLIC_URL": "http://x"}, capture_output=True, text=True, timeout=90)
    assert doctor.returncode == 1 and "✗ 正式环境：" in doctor.stdout


def _database(running: Running) -> str:
    return str(json.loads((running.home.path / "run/database.json").read_text())["owner"])

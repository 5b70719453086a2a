"""What a real installation needs before its door opens; each fault is one sentence with the way out.

Nothing here is asked of a demo or an empty county, which are reachable from their own machine only.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yilianti.cli.home import Trouble
from yilianti.kernel.actor import Scope

SHORTEST_SECRET, FEWEST_CHARACTERS = 50, 16
#: What stands in examples and tutorials.
PRINTED = ("change", "example", "insecure", "secret_key", "your-", "demo", "0123456789")
DEFAULT_PASSWORDS = frozenset({"", "postgres", "password", "yilianti", "admin", "root", "123456", "changeme", "change-me"})
_KEEPERS = """SELECT DISTINCT a.username, a.password FROM access_account a
    JOIN people_post t ON t.person_id = a.person_id JOIN access_grant g ON g.post_id = t.id
    WHERE a.is_active AND g.role = ANY(%s) AND (g.until_on IS NULL OR g.until_on > current_date) ORDER BY 1 LIMIT 50"""


def require(environ: Mapping[str, str] = os.environ) -> None:
    """Refuse to start with every fault of the environment at once."""
    found = list(faults(environ))
    if found:
        raise Trouble("\n✗ ".join(found))


def faults(environ: Mapping[str, str]) -> Iterator[str]:
    """What is missing in the environment: the address, the secret, who ends TLS."""
    yield from _address(environ.get("YILIANTI_PUBLIC_URL", ""))
    yield from _secret(environ.get("YILIANTI_SECRET_KEY", ""))
    yield from _database(environ.get("DATABASE_URL", ""))
    yield from _encryption(environ)


def faults_in_data(url: str, day: date) -> Iterator[str]:
    """What the database holds that may not be opened to the world: demo accounts, administrators with a password once printed."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    from yilianti import policybook

    with psycopg.connect(url) as connection:
        if not connection.execute("SELECT to_regclass('public.access_grant')").fetchone()[0]:  # type: ignore[index]
            return
        demo = [row[0] for row in connection.execute("SELECT username FROM access_account WHERE is_demo AND is_active ORDER BY 1")]
        roles = list(policybook.in_force("access.separation", day, Scope()).apart)
        keepers = connection.execute(_KEEPERS, [roles]).fetchall()
    if demo:
        yield f"有 {len(demo)} 个启用的演示账号（{'、'.join(demo[:3])} 等）；正式环境请另建一份数据，或先停用它们。"
    known, hasher = policybook.in_force("access.password", day, Scope()).known, PasswordHasher()
    for username, kept in keepers:
        for word in known:
            try:
                hasher.verify(kept.removeprefix("argon2"), word)
            except (VerificationError, ValueError):
                continue
            yield f"管理员账号 {username} 还在用公开过的密码；请先由本人修改，或由安全管理员重设。"


def certificate(environ: Mapping[str, str] = os.environ) -> tuple[Path, Path] | None:
    """The own certificate and its key, where TLS ends at our door; None behind a proxy or in a demo."""
    kept, key = environ.get("YILIANTI_TLS_CERT", ""), environ.get("YILIANTI_TLS_KEY", "")
    return (Path(kept), Path(key)) if kept and key and environ.get("YILIANTI_MODE") == "production" else None


def _address(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        said = f"现在是“{url}”" if url else "现在没有设"
        yield f"正式环境需要 YILIANTI_PUBLIC_URL，形如 https://ylt.example.gov.cn（以 https 开头，只到域名或端口），{said}。"


def _secret(secret: str) -> Iterator[str]:
    way_out = "export YILIANTI_SECRET_KEY=\"$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')\""
    if len(secret) < SHORTEST_SECRET:
        yield f"正式环境需要 YILIANTI_SECRET_KEY（至少 {SHORTEST_SECRET} 个字符，请妥善保存）；可这样生成：{way_out}"
    elif len(set(secret)) < FEWEST_CHARACTERS or any(word in secret.lower() for word in PRINTED):
        yield f"YILIANTI_SECRET_KEY 像是例子里抄来的，不是随机生成的；请换一个：{way_out}"


def _database(url: str) -> Iterator[str]:
    """A password over the network that everybody tries first; a socket or a peer login needs none."""
    try:
        given = conninfo_to_dict(url) if url else {}
    except psycopg.Error:
        return  # what is wrong with it is said where it is opened
    host, password = str(given.get("host") or ""), str(given.get("password") or "")
    if host and not host.startswith("/") and (password.lower() in DEFAULT_PASSWORDS or password == given.get("user")):
        yield "DATABASE_URL 里的数据库密码为空、与用户名相同或是常见默认值；请给数据库用户设一个随机密码。"


def _encryption(environ: Mapping[str, str]) -> Iterator[str]:
    given = environ.get("YILIANTI_TRUSTED_PROXIES", "")
    kept, key = environ.get("YILIANTI_TLS_CERT", ""), environ.get("YILIANTI_TLS_KEY", "")
    if bool(kept) != bool(key):
        yield "YILIANTI_TLS_CERT 与 YILIANTI_TLS_KEY 要一起设：前者是证书（PEM，含中间证书），后者是私钥。"
    elif kept:
        yield from _pair(Path(kept), Path(key))
    elif not given:
        yield (
            "正式环境的传输必须加密：在前面放反向代理并设 YILIANTI_TRUSTED_PROXIES（代理的地址或网段，逗号分隔），"
            "或用自己的证书：YILIANTI_TLS_CERT 和 YILIANTI_TLS_KEY。"
        )
    yield from _proxies(given)


def _proxies(given: str) -> Iterator[str]:
    for part in filter(None, (part.strip() for part in given.split(","))):
        try:
            network = ipaddress.ip_network(part, strict=False)
        except ValueError:
            yield f"YILIANTI_TRUSTED_PROXIES 里的“{part}”不是地址或网段；应形如 10.1.2.3 或 10.1.2.0/24。"
        else:
            if network.prefixlen == 0:
                yield f"YILIANTI_TRUSTED_PROXIES 不能是“{part}”：那样任何人都能冒充代理，谎报自己的地址。"


def _pair(kept: Path, key: Path) -> Iterator[str]:
    """Both readable, of one pair, still valid, and the key in the form our server reads."""
    from cryptography import x509

    try:
        text = key.read_text()
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(kept, key)
        until = x509.load_pem_x509_certificate(kept.read_bytes()).not_valid_after_utc.date()
    except (OSError, ssl.SSLError, ValueError) as fault:
        yield f"证书 {kept} 与私钥 {key} 不能一起使用（{getattr(fault, 'strerror', None) or fault}）；请核对路径、权限，以及两者是否一对。"
        return
    if "BEGIN PRIVATE KEY" not in text:
        yield f"私钥 {key} 应为 PKCS#8 格式；可这样转换：openssl pkcs8 -topk8 -nocrypt -in {key} -out <新文件>。"
    if until < date.today():  # noqa: DTZ011  a certificate is renewed weeks before
        yield f"证书 {kept} 已于 {until} 到期；请换新证书。"

"""One message to a county's own gateway: a JSON POST over HTTP or HTTPS, each outcome told apart.

Asked:    POST <path>, `Authorization: Bearer <secret>` where there is one, {"id": …, "to": "13…", "text": "…"}
Answered: 2xx taken (unless the body says {"ok": false, "message": "…"}); 4xx refused for good; 408, 429 and 5xx tried again.
`id` is the same on every repeat, so that a gateway can leave out what it has sent already.
"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any, Final

from yilianti.gateways.outbound.api import Address, Carrier, Outcome, Result

CONNECT_SECONDS: Final = 5.0
PATH: Final = "/messages"
_LONGEST_ANSWER: Final = 64 * 1024
_PASSING: Final = (408, 425, 429)


def send(address: Address, payload: bytes, control_id: str) -> Outcome:
    """Connect, post, read the answer; a new connection for each message."""
    line = _line(address)
    try:
        line.connect()
    except (OSError, ssl.SSLError) as fault:
        return Outcome(Result.UNREACHABLE, said=f"连不上 {address.host}:{address.port}（{type(fault).__name__}）。")
    try:
        line.sock.settimeout(address.answer_seconds)
        line.request("POST", address.settings.get("path") or PATH, body=payload, headers=_headers(address))
        answer = line.getresponse()
        return _read(answer.status, answer.read(_LONGEST_ANSWER))
    except TimeoutError:
        return Outcome(Result.UNANSWERED, said=f"{address.answer_seconds:.0f} 秒内没有应答。")
    except (OSError, http.client.HTTPException) as fault:
        return Outcome(Result.UNANSWERED, said=f"等待应答时连接中断（{type(fault).__name__}）。")
    finally:
        line.close()


def echo(address: Address, control_id: str) -> bytes:
    """A test message to nobody: a gateway may refuse the number and is heard nevertheless."""
    return composed(control_id, "10000000000", "医联体平台测试消息，无需理会。")


def composed(control_id: str, phone: str, text: str) -> bytes:
    """What is posted."""
    return json.dumps({"id": control_id, "to": phone, "text": text}, ensure_ascii=False).encode()


def _line(address: Address) -> http.client.HTTPConnection:
    if not address.tls:
        return http.client.HTTPConnection(address.host, address.port, timeout=CONNECT_SECONDS)
    trusted = ssl.create_default_context(cadata=address.authority or None)
    return http.client.HTTPSConnection(address.host, address.port, timeout=CONNECT_SECONDS, context=trusted)


def _headers(address: Address) -> dict[str, str]:
    bearer = {"Authorization": f"Bearer {address.secret}"} if address.secret else {}
    return {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", **bearer}


def _read(status: int, body: bytes) -> Outcome:
    said = _said(body)
    words = str(said.get("message", ""))[:200]
    if 200 <= status < 300:
        return Outcome(Result.REFUSED, str(status), words or "网关答复未受理。") if said.get("ok") is False else Outcome(Result.ACKNOWLEDGED, str(status))
    if status >= 500 or status in _PASSING:
        return Outcome(Result.FAILED, str(status), words or f"网关答复 {status}，稍后再试。")
    return Outcome(Result.REFUSED, str(status), words or f"网关答复 {status}，请核对路径与密钥。")


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


CARRIER: Final = Carrier(send, echo)

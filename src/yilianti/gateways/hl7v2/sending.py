"""Sends one message over MLLP and reads the acknowledgement: the carrier that the outbox uses for HL7 destinations."""

from __future__ import annotations

import socket
import ssl
import time
from datetime import datetime
from typing import Final

from django.utils import timezone

from yilianti.gateways.hl7v2 import encoding
from yilianti.gateways.hl7v2.mllp import Framer, wrap
from yilianti.gateways.hl7v2.parsing import Delimiters, Malformed, Message, escape
from yilianti.gateways.outbound import api as outbound
from yilianti.gateways.outbound.api import Address, Outcome, Result

CONNECT_SECONDS: Final = 5.0
_LONGEST_ANSWER: Final = 1024 * 1024
#: HL7 table 0008: original and enhanced mode. An application error may pass (a record locked, a system starting), a reject does not.
_RESULTS: Final = {"AA": Result.ACKNOWLEDGED, "CA": Result.ACKNOWLEDGED, "AE": Result.FAILED, "CE": Result.FAILED, "AR": Result.REFUSED, "CR": Result.REFUSED}
DELIMITERS: Final = Delimiters("|", "^~\\&")


def send(address: Address, payload: bytes, control_id: str) -> Outcome:
    """Connects, sends, and waits for the answer that names `control_id`; a new connection for each message."""
    try:
        with _connected(address) as line:
            line.sendall(wrap(payload))
            return _answer(line, control_id, address.answer_seconds)
    except (OSError, ssl.SSLError) as fault:
        return Outcome(Result.UNREACHABLE, said=f"连不上 {address.host}:{address.port}：{_spoken(fault)}")


def _connected(address: Address) -> socket.socket:
    line = socket.create_connection((address.host, address.port), timeout=CONNECT_SECONDS)
    if not address.tls:
        return line
    trusted = ssl.create_default_context(cadata=address.authority or None)
    return trusted.wrap_socket(line, server_hostname=address.host)


def _answer(line: socket.socket, control_id: str, seconds: float) -> Outcome:
    """The acknowledgement of this message; what answers another (one given up earlier) is passed over."""
    framer, end = Framer(_LONGEST_ANSWER), time.monotonic() + seconds
    try:
        while (left := end - time.monotonic()) > 0:
            line.settimeout(left)
            received = line.recv(65536)
            if not received:
                return Outcome(Result.UNANSWERED, said="对方关闭了连接，没有应答。")
            for frame in framer.feed(received):
                outcome = read(frame.content, control_id)
                if outcome is not None:
                    return outcome
    except TimeoutError:
        pass
    except OSError as fault:
        return Outcome(Result.UNANSWERED, said=f"等待应答时连接中断：{_spoken(fault)}")
    return Outcome(Result.UNANSWERED, said=f"{seconds:.0f} 秒内没有应答。")


def read(content: bytes, control_id: str) -> Outcome | None:
    """What an acknowledgement says; None where it answers another message."""
    try:
        message = Message(encoding.read(content).text)
    except Malformed:
        return Outcome(Result.FAILED, said="对方的应答无法识别。")
    acknowledged = message.first("MSA")
    if acknowledged is None:
        return Outcome(Result.FAILED, said="对方的应答没有 MSA 段。")
    if acknowledged.component(2) != control_id:
        return None
    code = acknowledged.component(1).strip().upper()
    result = _RESULTS.get(code)
    if result is None:
        return Outcome(Result.FAILED, code[:16], f"对方的应答代码“{code[:8]}”不认识。")
    return Outcome(result, code, "" if result is Result.ACKNOWLEDGED else _reason(message, acknowledged.text(3)))


def _reason(message: Message, text: str) -> str:
    """Why it was not taken: ERR where there is one, else MSA-3."""
    error = message.first("ERR")
    said = [text]
    if error is not None:
        said = [error.text(8) or error.text(7) or error.component(3, 2) or error.component(1, 4, 2) or text, f"（位置 {error.field(2)}）" if error.has(2) else ""]
    return "".join(said)[:400]


def _spoken(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"证书不被信任（{fault.verify_message}）"
    if isinstance(fault, TimeoutError):
        return "超时"
    return (getattr(fault, "strerror", "") or type(fault).__name__)[:120]


def header(address: Address, kind: str, control_id: str, at: datetime) -> str:
    """MSH as this destination wants it: its version and character set, who we are to it, who it is."""
    said = address.settings
    codec = codec_of(address)
    fields = ["MSH", "^~\\&", said.get("sending_application", "YILIANTI"), said.get("sending_facility", "YILIANTI"),
              said.get("application", ""), said.get("facility", ""), at.astimezone(timezone.get_default_timezone()).strftime("%Y%m%d%H%M%S%z"), "",
              kind, control_id, "P", said.get("version", "2.5.1"), "", "", "AL", "", "CHN", encoding.name_of(codec)]  # fmt: skip
    return "|".join(text if n in (0, 1, 8) else escape(text, DELIMITERS) for n, text in enumerate(fields))


def codec_of(address: Address) -> str:
    return "gb18030" if address.settings.get("encoding") == "gb18030" else "utf-8"


def echo(address: Address, control_id: str) -> bytes:
    """A harmless message: our clock (HL7 v2.5.1 chapter 14, NMD^N02). Whoever does not know it says so, which proves the line."""
    at = timezone.now()
    moment = at.astimezone(timezone.get_default_timezone()).strftime("%Y%m%d%H%M%S%z")
    return f"{header(address, 'NMD^N02^NMD_N02', control_id, at)}\rNCK|{moment}\r".encode(codec_of(address))


CARRIER: Final = outbound.Carrier(send=send, echo=echo)

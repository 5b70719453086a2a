"""Clients that work as people and hospital systems do: they ask again after a broken line, and remember what was promised."""

from __future__ import annotations

import hashlib
import http.client
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, Queue
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from hl7.client import MLLPClient

from tests.hl7 import messages

FACILITY = "YXRMYY"  # the demo county's hospital
SHANGHAI = ZoneInfo("Asia/Shanghai")
DECIDED = {"accept": "referral.accepted", "decline": "referral.declined", "send_back": "referral.sent_back"}
PATIENCE = 180.0


@dataclass
class Promised:
    """What the platform has acknowledged; lists are only appended to, which threads may do together."""

    messages: dict[str, str] = field(default_factory=dict)  # sha256 → what it told: "A01 V…", "A03 V…", "ORU L…"
    arrivals: dict[str, str] = field(default_factory=dict)  # referral → visit number of the A01
    residents: list[tuple[str, str]] = field(default_factory=list)  # identity card, resident number
    referrals: list[tuple[str, str]] = field(default_factory=list)  # client key, referral number
    won: list[tuple[str, str]] = field(default_factory=list)  # referral, verb
    lost: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # answers nobody should get
    sent_again: int = 0


class Broken(Exception):
    """The line broke or the server could not answer: what became of the request is not known."""


class Browser:
    """One signed-in person; the session outlives the processes."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self.port, self.username, self.password = port, username, password
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, object] | None = None) -> tuple[int, str, str]:
        """(status, page, location); Broken when the outcome is unknown."""
        sent = urlencode(form | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}) if form is not None else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Content-Type": "application/x-www-form-urlencoded"}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            page = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as fault:
            raise Broken(str(fault)) from fault
        finally:
            line.close()
        for kept in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = kept.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 500:
            raise Broken(f"{answer.status} {path}")
        return answer.status, page, urlsplit(answer.headers.get("Location", "")).path

    def persist(self, method: str, path: str, form: dict[str, object] | None = None) -> tuple[int, str, str]:
        """Ask until there is an answer; signed out, sign in and ask again."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                status, page, location = self.ask(method, path, form)
                if location != "/login/":
                    return status, page, location
                self.sign_in()
            except Broken:
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)

    def sign_in(self) -> None:
        self.ask("GET", "/login/")
        status, page, _ = self.ask("POST", "/login/", {"username": self.username, "password": self.password})
        assert status == 302, (status, page[-500:])


class Sender:
    """A hospital system: one message at a time, sent again with the same bytes until it is accepted."""

    def __init__(self, port: int, promised: Promised) -> None:
        self.port, self.promised = port, promised
        self.line: MLLPClient | None = None

    def send(self, text: str, told: str) -> None:
        raw, until = text.encode(), time.monotonic() + PATIENCE
        while (answer := self._once(raw)) is None:
            assert time.monotonic() < until, f"no answer to {told}"
            self.promised.sent_again += 1
            time.sleep(0.2)
        if b"\rMSA|AA|" in answer:
            self.promised.messages[hashlib.sha256(raw).hexdigest()] = told
        else:
            self.promised.refused.append(f"{told}: {answer.decode(errors='replace')}")

    def _once(self, raw: bytes) -> bytes | None:
        """The acknowledgement, or None when the line broke before it was whole."""
        try:
            if self.line is None:
                self.line = MLLPClient("127.0.0.1", self.port)
                self.line.socket.settimeout(30)
            answer = bytes(self.line.send_message(raw))
            if answer.endswith(b"\x1c\r"):
                return answer
        except OSError:
            pass
        if self.line is not None:
            self.line.close()
        self.line = None
        return None


@dataclass
class Load:
    """The people at work: doctors who register and refer, two offices that decide at once, systems that report."""

    web: int
    mllp: int
    passwords: dict[str, str]
    hospital: int
    promised: Promised = field(default_factory=Promised)
    at_work: threading.Event = field(default_factory=threading.Event)
    deciding: tuple[Queue[str], Queue[str]] = field(default_factory=lambda: (Queue(), Queue()))
    awaited: Queue[str] = field(default_factory=Queue)
    cards: dict[str, str] = field(default_factory=dict)  # referral → identity card
    faults: list[BaseException] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        self.at_work.set()
        works: list[Callable[[], None]] = [lambda name=name, n=n: self._doctor(name, n) for n, name in enumerate(("township", "township2"))]
        works += [lambda name=name, queue=queue: self._office(name, queue) for name, queue in zip(("office", "office2"), self.deciding, strict=True)]
        works += [lambda n=n: self._system(n) for n in range(4)]
        self.threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Everybody finishes what they have in hand."""
        self.at_work.clear()
        for thread in self.threads:
            thread.join(PATIENCE * 2)
        assert not self.faults, self.faults
        assert not any(thread.is_alive() for thread in self.threads)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:
            self.faults.append(fault)

    def _doctor(self, username: str, lane: int) -> None:
        browser, serial = self._signed_in(username), 0
        while self.at_work.is_set():
            serial += 1
            card = messages.id_card("349921", f"19{50 + serial % 40}{1 + serial % 12:02d}{1 + lane:02d}", serial % 1000)
            resident = self._register(browser, card, f"云{chr(0x4E00 + serial)}{'山水'[lane]}")
            self._refer(browser, card, resident)

    def _register(self, browser: Browser, card: str, name: str) -> str:
        form: dict[str, object] = {"id_card": card, "name": name, "sex": "0", "born_on": "", "phone": "", "address": "", "home": "",
                                   "insurance": "", "health_card": "", "local": ""}  # fmt: skip
        status, page, location = browser.persist("POST", "/residents/new", form)
        assert status == 302, (status, re.findall("errorlist.*", page))
        number = location.strip("/").split("/")[-1]
        self.promised.residents.append((card, number))
        return number

    def _refer(self, browser: Browser, card: str, resident: str) -> None:
        address = f"/referrals/new?resident={resident}"
        page = browser.persist("GET", address)[1]
        found = re.search(r'name="client_key"[^>]*value="([^"]+)"', page)
        assert found, page[-2000:]
        status, page, location = browser.persist("POST", address, {
            "client_key": found[1], "resident": resident, "to_institution": self.hospital, "to_department": "", "urgency": "urgent",
            "service": "inpatient", "act": "submit", "diagnosis_code": "I20.000", "diagnosis_code_words": "不稳定性心绞痛",
            "reason": "further_examination", "consent_basis": "signed", "summary": "反复胸闷三天，活动后加重，心电图示ST段压低。",
        })  # fmt: skip
        assert status == 302, (status, re.findall("errorlist.*", page))
        number = location.strip("/").split("/")[-1]
        self.promised.referrals.append((found[1], number))
        self.cards[number] = card
        for queue in self.deciding:
            queue.put(number)

    def _office(self, username: str, queue: Queue[str]) -> None:
        """Decide once; after a broken line nobody knows, and the office does not ask again."""
        browser = self._signed_in(username)
        while (number := self._next(queue)) is not None:
            verb = random.choices(("accept", "decline", "send_back"), (7, 1, 1))[0]
            appointment = datetime.now(SHANGHAI) + timedelta(hours=1)
            form = {"accept": {"appointment_at": f"{appointment:%Y-%m-%dT%H:%M}", "department": "", "note": ""},
                    "decline": {"reason": "no_bed", "note": ""}, "send_back": {"note": "请补充心电图。"}}[verb]  # fmt: skip
            try:
                status, page, location = browser.ask("POST", f"/referrals/{number}/{verb}", dict(form))
            except Broken:
                continue
            if status == 302 and number in location:
                self.promised.won.append((number, verb))
                if verb == "accept":
                    self.awaited.put(number)
            elif status == 409:
                self.promised.lost.append(number)
            else:
                self.promised.refused.append(f"{verb} {number}: {status} {location} {page[-400:]}")

    def _system(self, lane: int) -> None:
        """Stays of its own patients, and the arrival of whoever was accepted."""
        sender, serial = Sender(self.mllp, self.promised), 0
        while self.at_work.is_set() or not self._quiet():
            serial += 1
            visit, moment = f"K{lane}{serial:06d}", f"{datetime.now(SHANGHAI):%Y%m%d%H%M%S}+0800"
            try:
                number = self.awaited.get_nowait()
                identity = self.cards[number]
            except Empty:
                number, identity = "", messages.id_card("349921", f"19{40 + serial // 900 % 50}0{1 + lane}28", serial % 900)
            common = {"header": {"facility": FACILITY}, "patient": messages.pid(f"K{lane}{serial:06d}", identity=identity, name=f"溪{chr(0x5000 + serial)}", born="", sex="")}
            control = f"K{lane}{serial:06d}"
            if number:
                self.promised.arrivals[number] = visit
            sender.send(messages.adt("A01", f"{control}A", visit=visit, at=moment, admitted=moment, **common), f"A01 {visit}")
            if number:
                continue
            sender.send(messages.oru(f"{control}B", order=f"L{visit}", visit=visit, **common), f"ORU L{visit}")
            if serial % 2:
                sender.send(messages.adt("A03", f"{control}C", visit=visit, at=moment, admitted=moment, discharged=moment, **common), f"A03 {visit}")
            time.sleep(0.05)

    def _quiet(self) -> bool:
        """Nobody is still deciding, and nobody is awaited."""
        offices = any(thread.is_alive() for thread in self.threads[:4])
        return not offices and self.awaited.empty()

    def _next(self, queue: Queue[str]) -> str | None:
        """The next referral, or None when the doctors have gone home and nothing is left."""
        while True:
            try:
                return queue.get(timeout=0.3)
            except Empty:
                if not self.at_work.is_set() and not any(thread.is_alive() for thread in self.threads[:2]):
                    return None

    def _signed_in(self, username: str) -> Browser:
        browser = Browser(self.web, username, self.passwords[username])
        until = time.monotonic() + PATIENCE
        while True:
            try:
                browser.sign_in()
                return browser
            except Broken:
                assert time.monotonic() < until
                time.sleep(0.3)

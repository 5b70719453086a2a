"""Two minutes of kill -9 under load: nothing the platform has acknowledged is lost, and nothing is there twice."""

from __future__ import annotations

import os
import platform as machine
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.long.load import DECIDED, Load, Promised
from tests.long.running import VICTIMS, Killer, Platform
from yilianti.handovers import listing
from yilianti.handovers.referral_to_inbox import TELLINGS
from yilianti.kernel.crypto import encryption

SECONDS = float(os.environ.get("YILIANTI_KILL_SECONDS", "120"))
RECORD = Path(__file__).parents[2] / "docs/long_runs.md"


@pytest.mark.long
def test_killed_processes_lose_and_double_nothing_acknowledged(settings) -> None:
    with tempfile.TemporaryDirectory(prefix="ylt-kill-") as folder:
        settings.KEYS_DIR = Path(folder, "keys")
        running = Platform(Path(folder))
        try:
            running.wait(running.serves, 600, "the first start")
            promised, killer = _live_and_kill(running)
            with psycopg.connect(running.database(), autocommit=True) as records:
                running.wait(lambda: _is_settled(records), 180, "sealing and handing over everything")
                faults = _faults(records, promised)
                entries = _one(records, "SELECT count(*) FROM kernel_journalentry")
            verified = running.command("verify-journal")
            assert not faults, "\n".join(faults[:40])
            assert verified.returncode == 0, verified.stdout + verified.stderr
            assert _enough(promised, killer.kills), (killer.kills, len(promised.messages), len(promised.referrals))
            _keep_record(promised, killer.kills, entries)
        finally:
            running.stop()


def _live_and_kill(running: Platform) -> tuple[Promised, Killer]:
    with psycopg.connect(running.database()) as records:
        hospital = _one(records, "SELECT id FROM institutions_institution WHERE code = 'YX0001'")
    load = Load(running.web, running.mllp, running.accounts(), hospital)
    load.begin()
    killer = Killer(running, SECONDS)
    killer.start()
    killer.join()
    running.wait(running.serves, 120, "serving again")
    load.end()
    running.wait(running.serves, 60, "serving to the end")
    return load.promised, killer


def _is_settled(records: psycopg.Connection[Any]) -> bool:
    """Everything sealed, every handover at the head of the journal, nothing waiting."""
    return bool(_one(records, """SELECT
        NOT EXISTS (SELECT 1 FROM kernel_journalentry e WHERE NOT EXISTS (SELECT 1 FROM kernel_journalseal s WHERE s.entry_id = e.id))
        AND (SELECT min(sealed_number) FROM handovers_cursor) = (SELECT max(number) FROM kernel_journalseal)
        AND NOT EXISTS (SELECT 1 FROM handovers_waiting WHERE dismissed_at IS NULL)"""))


def _faults(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """Everything that is not as it was promised, in words."""
    found = [f"refused: {said}" for said in promised.refused]
    for look in (_of_messages, _of_people, _of_decisions, _of_arrivals, _of_handovers, _of_the_journal):
        found += look(records, promised)
    return found


def _of_messages(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """Once in the ledger, applied; its content once in the record."""
    kept = dict(records.execute("SELECT sha256, state FROM hl7v2_message").fetchall())
    visits = Counter(row[0] for row in records.execute("SELECT visit_number FROM encounters_encounter"))
    versions = Counter(records.execute(
        "SELECT e.visit_number, v.change FROM encounters_encounterversion v JOIN encounters_encounter e ON e.id = v.encounter_id").fetchall())
    reports = Counter(row[0] for row in records.execute("SELECT filler_number FROM results_report"))
    found = []
    for sha256, told in promised.messages.items():
        kind, name = told.split()
        there = {"A01": (visits[name], versions[name, "opened"]), "A03": (versions[name, "closed"],), "ORU": (reports[name],)}[kind]
        if kept.get(sha256) != "applied":
            found.append(f"{told}: acknowledged, in the ledger as {kept.get(sha256)}")
        if set(there) != {1}:
            found.append(f"{told}: acknowledged, {there} times in the record")
    return found


def _of_people(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """Each registered card is one resident with the number told; each submitted form is one referral."""
    held = records.execute("SELECT i.value, r.number, r.id FROM residents_identifier i JOIN residents_resident r ON r.id = i.resident_id WHERE system = 'id_card'")
    opened = [(encryption.decrypt("residents_identifier.value", value).decode(), number, id_) for value, number, id_ in held]
    cards = Counter((card, number) for card, number, _ in opened)
    referrals = Counter((str(key), number) for key, number in records.execute("SELECT client_key, number FROM referral_referral"))
    submitted = Counter(row[0] for row in records.execute("SELECT subject FROM kernel_journalentry WHERE word = 'referral.submitted'"))
    found = [f"resident {number}: registered, there {cards[card, number]} times" for card, number in promised.residents if cards[card, number] != 1]
    found += [f"referral {number}: sent, there {referrals[key, number]} times" for key, number in promised.referrals if referrals[key, number] != 1]
    found += [f"referral {number}: submitted {submitted[f'referral:{number}']} times" for _, number in promised.referrals if submitted[f"referral:{number}"] != 1]
    doubled = _one(records, "SELECT count(*) FROM (SELECT resident_id, diagnosis_code, from_institution_id FROM referral_referral"
                            " WHERE resident_id = ANY(%s) AND origin_id IS NULL"
                            " AND summary LIKE '反复胸闷三天%%' GROUP BY 1, 2, 3 HAVING count(*) > 1) AS twice",
                   [[id_ for card, _, id_ in opened if card.startswith("349921")]])  # fmt: skip
    return found + ([f"{doubled} residents have the same referral twice"] if doubled else [])


def _of_decisions(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """One decision each; who was told of winning stands in the journal."""
    decided: dict[str, list[str]] = {}
    for subject, word in records.execute("SELECT subject, word FROM kernel_journalentry WHERE word = ANY(%s)", [list(DECIDED.values())]):
        decided.setdefault(subject.removeprefix("referral:"), []).append(word)
    mine = {number for _, number in promised.referrals}
    found = [f"referral {number}: decided {words}" for number, words in decided.items() if number in mine and len(words) != 1]
    found += [f"referral {number}: {verb} won, the journal has {decided.get(number)}" for number, verb in promised.won if decided.get(number) != [DECIDED[verb]]]
    return found + [f"referral {number}: somebody lost, nobody won" for number in promised.lost if number not in decided]


def _of_arrivals(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """Each acknowledged admission of an awaited patient moved the referral, once."""
    stays = dict(records.execute("SELECT visit_number, number FROM encounters_encounter").fetchall())
    states = {number: (state, stay) for number, state, stay in records.execute("SELECT number, state, encounter FROM referral_referral")}
    moved = Counter(row[0] for row in records.execute("SELECT subject FROM kernel_journalentry WHERE word = 'referral.arrived'"))
    never_sent = {number for number, verb in promised.won if verb == "accept"} - set(promised.arrivals)
    return [f"referral {number}: accepted, and no system admitted the patient" for number in never_sent] + [f"referral {number}: {visit} came, is {states[number]}, moved {moved[f'referral:{number}']} times" for number, visit in promised.arrivals.items()
            if states[number] != ("arrived", stays.get(visit)) or moved[f"referral:{number}"] != 1]  # fmt: skip


def _of_handovers(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    """Every entry handed over once to everybody who listens, with exactly its letters in the inbox."""
    found = []
    since = min((number for _, number in promised.referrals), default="")
    for handover in listing.handed():
        missing = _one(records, """SELECT count(*) FROM kernel_journalentry e WHERE e.word = ANY(%s) AND e.subject >= %s AND e.subject LIKE 'referral:%%'
            AND NOT EXISTS (SELECT 1 FROM handovers_delivery d WHERE d.handover = %s AND d.entry = e.id)""", [sorted(handover.words), f"referral:{since}", handover.name])
        if missing:
            found.append(f"{handover.name}: {missing} entries never delivered")
    letters = Counter(int(row[0].partition(":")[0]) for row in records.execute("SELECT key FROM inbox_item WHERE key ~ '^[0-9]+:'"))
    mine = {f"referral:{number}" for _, number in promised.referrals}
    for id_, word, subject in records.execute("SELECT id, word, subject FROM kernel_journalentry WHERE word = ANY(%s)", [list(TELLINGS)]):
        if subject in mine and letters[id_] != len(TELLINGS[word]):
            found.append(f"entry {id_} {word} {subject}: {letters[id_]} letters instead of {len(TELLINGS[word])}")
    return found


def _of_the_journal(records: psycopg.Connection[Any], promised: Promised) -> list[str]:
    entries, seals = _one(records, "SELECT count(*) FROM kernel_journalentry"), _one(records, "SELECT count(*) FROM kernel_journalseal")
    return [] if entries == seals else [f"{entries} entries, {seals} seals"]


def _enough(promised: Promised, kills: Counter[str]) -> bool:
    """Whether the run says anything: work was done, and every kind of process was killed."""
    return len(promised.messages) >= SECONDS and len(promised.referrals) >= SECONDS / 30 and (set(kills) == set(VICTIMS) or SECONDS < 60)


def _keep_record(promised: Promised, kills: Counter[str], entries: int) -> None:
    said = "、".join(f"{kind} {count}" for kind, count in sorted(kills.items()))
    line = (f"| {datetime.now(UTC):%Y-%m-%d} | {machine.machine()}，{os.cpu_count()} 核，Python {machine.python_version()} | {SECONDS:.0f} 秒 | {said} "
            f"| {len(promised.messages)}（重发 {promised.sent_again}） | {len(promised.residents)} | {len(promised.referrals)} | {len(promised.won)} 胜 {len(promised.lost)} 负 "
            f"| {len(promised.arrivals)} | {entries} | 无丢失、无重复 |\n")  # fmt: skip
    print(line)
    if os.environ.get("YILIANTI_RECORD") == "1":
        if not RECORD.exists():
            RECORD.write_text(_HEAD)
        with RECORD.open("a") as record:
            record.write(line)


_HEAD = """# 长时运行的结果 · long runs

`YILIANTI_RECORD=1 ./test --long tests/long/test_kills.py` appends a line: every process killed with -9 at random under load; what had been acknowledged is
compared with the database afterwards (see `tests/long/test_kills.py`).

| 日期 | 机器 | 时长 | 杀死的进程 | 已确认消息 | 登记居民 | 转诊 | 决定 | 到院 | 日志条目 | 结果 |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def _one(records: psycopg.Connection[Any], question: str, given: list[Any] | None = None) -> Any:
    row = records.execute(question, given).fetchone()
    return row[0] if row else None

"""A child process with 512 MiB: `python -m tests.ecg.limited fuzz SEED COUNT` or `bombs`; prints JSON. What goes beyond the limit ends it."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")

import django  # noqa: E402 - its settings stand above

django.setup()

from tests.ecg import mutation, scp_encoding  # noqa: E402
from yilianti.gateways.ecg_devices.api import read  # noqa: E402
from yilianti.record.recordings.api import Unreadable  # noqa: E402

MEMORY = 512 * 1024 * 1024


def fuzz(seed: int, count: int) -> dict[str, object]:
    """Mutated inputs, each under a clock: how many were read, why others were refused, the slowest, whatever else was raised."""
    chance, good = random.Random(seed), mutation.originals()
    ends, slowest, crashes = Counter[str](), 0.0, list[str]()
    for number in range(count):
        raw, began = mutation.mutate(chance.choice(good), chance, good), time.monotonic()
        try:
            ends[read(raw).format + " read"] += 1
        except Unreadable as refusal:
            ends[refusal.code] += 1
        except BaseException as crash:  # noqa: BLE001 - MemoryError and RecursionError are what is looked for
            crashes.append(f"{number}: {type(crash).__name__}: {crash}"[:300])
        slowest = max(slowest, time.monotonic() - began)
    return {"ends": dict(ends), "slowest": slowest, "crashes": crashes[:20]}


def bombs() -> dict[str, object]:
    """Inputs made to fill the memory or to take for ever: the code of each refusal, or "read", with its seconds."""
    found: dict[str, object] = {}
    for name, raw in _bombs():
        began = time.monotonic()
        try:
            read(raw)
            code = "read"
        except Unreadable as refusal:
            code = refusal.code
        except BaseException as crash:  # noqa: BLE001
            code = f"crash {type(crash).__name__}"
        found[name] = [code, round(time.monotonic() - began, 2)]
    return found


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "zip", _zip(b"\0" * (80 << 20))
    yield "zip of xml", _zip(b"<?xml version='1.0'?><AnnotatedECG>" + b" " * (60 << 20) + b"</AnnotatedECG>")
    yield "deflated dicom", _deflated(mutation.dicom(deflated=True), b"\0" * (80 << 20))
    yield "many elements", b"<AnnotatedECG>" + b"<a/>" * 5_000_000 + b"</AnnotatedECG>"
    yield "many attributes", b"<AnnotatedECG " + b" ".join(b"a%d='1'" % n for n in range(400_000)) + b"/>"
    yield "deep", b"<AnnotatedECG>" + b"<a>" * 100_000
    yield "laughs", b"<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '" + b"&b;" * 1000 + b"'>]><AnnotatedECG>&c;</AnnotatedECG>"
    yield "one long text", b"<AnnotatedECG><a>" + b"7 " * (11 << 20) + b"</a></AnnotatedECG>"
    yield "digits", mutation.aecg().replace(b"<digits>", b"<digits>" + b"1 " * 4_900_000, 1)
    yield "no number", mutation.aecg().replace(b"<digits>", b"<digits>" + b"1" * 9_000_000, 1)
    yield "csv", b"fs,500\nunit,uV\nI,II\n" + b"1,2\n" * 9_000_000
    yield "csv of one line", b"fs,500\nunit,uV\n" + b"I," * 15_000_000 + b"\n" + b"1," * 1_000_000
    yield "csv within limits", b"fs,500\nunit,uV\n" + b",".join(b"V%d" % n for n in range(1, 7)) + b"\n" + b"100,200,300,-400,5,60\n" * 390_000
    yield "csv with gaps", b"fs,500\nunit,uV\nV1,V2\n" + b"100,\n" * 390_000
    yield "aecg within limits", mutation.aecg(500_000)
    yield "muse within limits", mutation.muse(200_000)
    yield "wfdb within limits", mutation.wfdb_zip(600_000, 212)
    yield "dicom within limits", mutation.dicom(600_000)
    yield "dicom depth", _deep_dicom()
    yield "xli", mutation.philips(1_900_000 // 12)
    yield "scp zeros", _scp_zeros()
    yield "text", b"1 " * (30 << 20)
    yield "nothing", b"\0" * (63 << 20)


def _zip(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    return out.getvalue()


def _deflated(good: bytes, content: bytes) -> bytes:
    head = int.from_bytes(good[140:144], "little") + 144
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return good[:head] + packer.compress(content) + packer.flush()


def _deep_dicom() -> bytes:
    """Sequences in sequences, all of undefined length."""
    item = b"\x40\x00\x55\x55SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return mutation.dicom() + item * 20_000


def _scp_zeros() -> bytes:
    """As many samples as the bits of the longest parts can say."""
    leads = bytes([8, 4]) + b"".join((1).to_bytes(4, "little") + (499_000).to_bytes(4, "little") + bytes([number]) for number in range(1, 9))
    body = (1000).to_bytes(2, "little") + (2000).to_bytes(2, "little") + b"\x02\0" + (65_535).to_bytes(2, "little") * 8 + b"\0" * 65_535 * 8
    return scp_encoding.framed({2: (19_999).to_bytes(2, "little"), 3: leads, 6: body})


def _peak() -> int:
    """Bytes at most resident since this program began; `getrusage` would count the parent's from before the exec."""
    said = Path("/proc/self/status").read_text(encoding="ascii")
    return int(said.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    result = bombs() if sys.argv[1] == "bombs" else fuzz(int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"result": result, "peak": _peak()}))


if __name__ == "__main__":
    main()

"""./yilianti ecg decode FILE --out FILE.csv: an ECG file of any maker as columns of microvolts. No database is asked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUMMARY: str = "读出心电图文件：ecg decode 文件 --out 文件.csv"
_ROWS = 1_000


def main(argv: list[str]) -> int:
    """0 when the file was read, 1 when it was refused (the sentence says why), 2 for wrong arguments."""
    args = _parser().parse_args(argv)
    _django()
    from yilianti.cli import home
    from yilianti.gateways.ecg_devices import api as devices
    from yilianti.record.recordings import api as recordings

    try:
        content, companions = _files(args.file, recordings.MAX_BYTES)
        mappings = [devices.load(path.stem, path.read_text(encoding="utf-8")) for path in args.mapping]
        mappings += devices.found_in(home.current().path / "ecg_layouts")
        tracing = devices.read(content, args.file.name, companions, mappings)
    except recordings.Unreadable as refusal:
        print(f"✗ {args.file}：{refusal.zh}（{refusal.code}）", file=sys.stderr)
        return 1
    except OSError as trouble:
        print(f"✗ {trouble.filename or args.file}：打不开（{trouble.strerror}）。请核对文件名和读取权限。", file=sys.stderr)
        return 1
    except ValueError as trouble:
        print(f"✗ 映射文件有错：{trouble}", file=sys.stderr)
        return 1
    if args.out is None:
        sys.stdout.writelines(_lines(tracing))
        return 0
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("w", encoding="utf-8", newline="") as out:
        out.writelines(_lines(tracing))
    print(f"✓ {args.out}：{recordings.Format.label(tracing.format)}，{len(tracing.leads)} 个导联，{tracing.rate:g} Hz，{tracing.seconds:.2f} 秒，{tracing.subject.name or '（无姓名）'}")
    for note in tracing.notes:
        print(f"  · {note}")
    return 0


def _django() -> None:
    """Models are imported with the rooms; none is asked, so any address does and nothing is started."""
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")
    import django

    django.setup()


def _files(path: Path, most: int) -> tuple[bytes, dict[str, bytes]]:
    """The file and the other files of its record that lie beside it (WFDB: same name, .hea .dat .mat)."""
    with path.open("rb") as opened:
        content = opened.read(most + 1)
    beside = [path.with_suffix(kind) for kind in (".hea", ".dat", ".mat") if path.suffix.lower() in (".hea", ".dat", ".mat") and path.suffix.lower() != kind]
    return content, {one.name: one.read_bytes() for one in beside if one.is_file() and one.stat().st_size <= most}


def _lines(tracing: Any) -> Iterator[str]:
    yield "# yilianti ecg 1\n"
    for word, value in _head(tracing):
        yield f"# {word}: {value}\n"
    yield ",".join(lead.name for lead in tracing.leads) + "\n"
    columns = [lead.microvolts() for lead in tracing.leads]
    for start in range(0, len(columns[0]), _ROWS):
        for row in zip(*(column[start : start + _ROWS].tolist() for column in columns), strict=True):
            yield ",".join("" if value != value else f"{value:.10g}" for value in row) + "\n"


def _head(tracing: Any) -> Iterator[tuple[str, object]]:
    person, device = tracing.subject, tracing.device
    yield "format", tracing.format
    yield "sampling_rate_hz", f"{tracing.rate:.10g}"
    yield "samples", len(tracing.leads[0].samples)
    yield "unit", "uV"
    yield "patient_name", person.name
    yield "patient_id", person.identifier
    yield "patient_sex", person.sex
    yield "patient_born_on", person.born_on or ""
    yield "patient_age_years", "" if person.age_years is None else f"{person.age_years:g}"
    yield "started_at", tracing.started_at.isoformat() if tracing.started_at else ""
    yield "order", tracing.order
    yield "device", " ".join(filter(None, (device.maker, device.model, device.serial)))
    yield "derived", ", ".join(f"{lead.name} = {lead.derived}" for lead in tracing.leads if lead.derived)
    for note in tracing.notes:
        yield "note", note


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti ecg", description=SUMMARY)
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    decode = commands.add_parser("decode", help="把各导联写成以微伏为单位的列")
    decode.add_argument("file", type=Path, metavar="文件", help="DICOM、aECG、SCP-ECG、MUSE、飞利浦、WFDB（.hea 与数据文件同目录，或 zip）、CSV")
    decode.add_argument("--out", type=Path, help="写到这个 CSV；省略则写到屏幕")
    decode.add_argument("--mapping", type=Path, action="append", default=[], help="CSV 版式的映射文件（TOML），可以多次")
    return parser

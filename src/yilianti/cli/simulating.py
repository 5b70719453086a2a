"""./yilianti settle simulate: a past year with something changed, beside the year as it was; writes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yilianti.settlement.distribution.simulating.year import Year


def add(parts: Any) -> None:
    """The subcommand."""
    part = parts.add_parser("simulate", help="取一年，改动政策或数据，看每个成员会得多少（只计算，不写入）")
    part.set_defaults(run=_simulate)
    part.add_argument("--scheme", type=Path, metavar="方案.toml", help="见 docs/how-to/settle_simulate.md")
    part.add_argument("--inputs", type=Path, metavar="文件.json", help="可在其中写 volumes（例数和金额），用于三因素解释")
    part.add_argument("--change", action="append", default=[], metavar="名称=值", help="可多次，如 outside_share=-2、distribution.inner.weights.县级=5")
    part.add_argument("--assume", action="append", default=[], metavar="名称=值", help="行为假设，不给就没有，如 returned_cost=80%%")
    part.add_argument("--against-scheme", type=Path, metavar="方案.toml", help="与另一年比较时：那一年的方案（不给则用同一方案）")
    part.add_argument("--against-inputs", type=Path, metavar="文件.json", help="与另一年比较时：那一年的数据")


def _simulate(args: argparse.Namespace) -> str:
    return json.dumps(_found(args), ensure_ascii=False, indent=2)


def _found(args: argparse.Namespace) -> dict[str, Any]:
    from yilianti.kernel.finding import Refused
    from yilianti.settlement.distribution.simulating import compared
    from yilianti.settlement.distribution.simulating.scenario import Scenario

    if args.scheme is None or args.inputs is None:
        raise Refused("missing", "请给出 --scheme 方案.toml 和 --inputs 文件.json。", "Give --scheme and --inputs.", field="scheme")
    base, scenario = _year(args.scheme, args.inputs), Scenario.of(args.change, args.assume)
    if args.against_inputs is None and args.against_scheme is None:
        return compared.compared(base, scenario).plain()
    if args.change or args.assume:
        raise Refused("too_much", "与另一年比较时不再给 --change、--assume：两年都按原样计算。", "Two years are compared as they are.", field="change")
    return compared.beside(base, _year(args.against_scheme or args.scheme, args.against_inputs or args.inputs)).plain()


def _year(scheme: Path, inputs: Path) -> Year:
    from yilianti.settlement.distribution import given
    from yilianti.settlement.distribution.scheme import Scheme
    from yilianti.settlement.distribution.simulating.year import Year

    text = sys.stdin.read() if str(inputs) == "-" else inputs.read_text(encoding="utf-8-sig")
    return Year.of(Scheme.of_file(scheme), given.parsed(text))

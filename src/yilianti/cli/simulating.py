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
    part.add_argument("--settlement", default="", metavar="清算编号", help="不给文件时：已算过的一年，如 QS20270120-000001；待遇政策的改动会重新计算全年费用")
    part.add_argument("--change", action="append", default=[], metavar="名称=值", help="可多次，如 outside_share=-2、distribution.inner.weights.县级=5")
    part.add_argument("--assume", action="append", default=[], metavar="名称=值", help="行为假设，不给就没有，如 returned_cost=80%%")
    part.add_argument("--against-scheme", type=Path, metavar="方案.toml", help="与另一年比较时：那一年的方案（不给则用同一方案）")
    part.add_argument("--against-inputs", type=Path, metavar="文件.json", help="与另一年比较时：那一年的数据")
    part.add_argument("--against", default="", metavar="清算编号", help="与另一年比较时：那一年的清算编号")
    part.add_argument("--keep", default="", metavar="名称", help="用 --settlement 时：以这个名称保存方案（页面上可见）")
    part.add_argument("--as", dest="as_", default="", metavar="账号", help="用 --keep 时：以谁的账号保存")


def _simulate(args: argparse.Namespace) -> str:
    return json.dumps(_found(args), ensure_ascii=False, indent=2)


def _found(args: argparse.Namespace) -> dict[str, Any]:
    from yilianti.kernel.finding import Refused
    from yilianti.settlement.distribution.simulating import compared
    from yilianti.settlement.distribution.simulating.scenario import Scenario

    if args.settlement:
        return _stored(args)
    if args.scheme is None or args.inputs is None:
        raise Refused("missing", "请给出 --scheme 方案.toml 和 --inputs 文件.json，或 --settlement 清算编号。", "Give --scheme and --inputs, or --settlement.", field="scheme")
    if args.against or args.keep:
        raise Refused("too_much", "--against、--keep 只和 --settlement 一起用。", "--against and --keep go with --settlement.", field="settlement")
    base, scenario = _year(args.scheme, args.inputs), Scenario.of(args.change, args.assume)
    if args.against_inputs is None and args.against_scheme is None:
        return compared.compared(base, scenario).plain()
    if args.change or args.assume:
        raise Refused("too_much", "与另一年比较时不再给 --change、--assume：两年都按原样计算。", "Two years are compared as they are.", field="change")
    return compared.beside(base, _year(args.against_scheme or args.scheme, args.against_inputs or args.inputs)).plain()


def _stored(args: argparse.Namespace) -> dict[str, Any]:
    """A year of the database; only --keep writes, and only the scenario."""
    from yilianti.cli import django_ready
    from yilianti.kernel.finding import Refused

    if args.scheme or args.inputs or args.against_scheme or args.against_inputs:
        raise Refused("too_much", "给了 --settlement，就不再给方案和数据的文件：用那一年冻结的。", "A stored year has its own scheme and inputs.", field="settlement")
    if args.against and (args.change or args.assume or args.keep):
        raise Refused("too_much", "与另一年比较时不再给 --change、--assume、--keep：两年都按原样计算。", "Two years are compared as they are.", field="change")
    django_ready()
    from django.utils import timezone

    from yilianti.settlement.distribution import supposed
    from yilianti.settlement.distribution.simulating import compared
    from yilianti.settlement.distribution.simulating.scenario import Scenario

    at = timezone.now()
    if args.keep:
        return _kept(args)
    run = supposed.run_of(args.settlement)
    if args.against:
        return compared.beside(supposed.base(run), supposed.base(supposed.run_of(args.against))).plain()
    return supposed.simulated(run, Scenario.of(args.change, args.assume), at, _progress).plain()


def _kept(args: argparse.Namespace) -> dict[str, Any]:
    from django.utils import timezone

    from yilianti.kernel.finding import Refused
    from yilianti.registry.access import api as access
    from yilianti.settlement.distribution import actions
    from yilianti.settlement.distribution.simulating.changes import Change

    at = timezone.now()
    account = access.account_named(args.as_)
    actor = access.actor_for(account, at) if account else None
    if actor is None:
        raise Refused("unknown_account", f"没有账号“{args.as_}”，或它现在不能登录；请核对 --as。", "unknown account", field="as")
    changes, assumed = ({one.path: one.value for one in map(Change.of, listed)} for listed in (args.change, args.assume))
    kept = actions.keep(actor=actor, number=args.settlement, name=args.keep, changes=changes, assumed=assumed, at=at, told=_progress, most=None)
    print(f"✓ {kept.number}：已保存“{kept.name}”。", file=sys.stderr)
    return kept.result


def _progress(done: int, of: int) -> None:
    """On the other stream: what is printed stays JSON."""
    print(f"· {done} / {of} 人", file=sys.stderr, flush=True)


def _year(scheme: Path, inputs: Path) -> Year:
    from yilianti.settlement.distribution import given
    from yilianti.settlement.distribution.scheme import Scheme
    from yilianti.settlement.distribution.simulating.year import Year

    text = sys.stdin.read() if str(inputs) == "-" else inputs.read_text(encoding="utf-8-sig")
    return Year.of(Scheme.of_file(scheme), given.parsed(text))

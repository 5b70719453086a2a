"""Every sentence of the interface has its English, and every pair fills its gaps alike."""

from __future__ import annotations

from yilianti.cli import wording
from yilianti.cli.home import ROOT
from yilianti.config.english import catalogue

PAIRS = dict(catalogue.pairs(ROOT / "assets/english"))


def test_every_sentence_of_the_interface_has_its_english() -> None:
    missing = sorted(wording.sentences() - set(PAIRS) - set(dict(catalogue.terms())))
    assert missing == [], "append the pairs to assets/english (./yilianti english missing prints them)"


def test_a_pair_has_as_many_gaps_on_either_side() -> None:
    wrong = []
    for zh, en in PAIRS.items():
        gaps = zh.count("{}")
        try:
            told = en.format(*(f"<{number}>" for number in range(gaps))) if gaps else en
        except (IndexError, KeyError, ValueError):
            wrong.append(zh)
            continue
        if any(f"<{number}>" not in told for number in range(gaps)):
            wrong.append(zh)
    assert wrong == []


def test_english_holds_no_chinese() -> None:
    """But for names of documents and of invented examples, which are quoted as they are."""
    assert sorted(zh for zh, en in PAIRS.items() if len(catalogue.CHINESE.findall(en)) > len(zh) // 2 and zh != en) == []

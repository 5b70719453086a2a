"""Found a county in an empty database: its consortium, its lead hospital, and its first three administrators."""

from __future__ import annotations

import argparse
import sys

from yilianti.cli import django_ready
from yilianti.cli.home import Trouble

SUMMARY: str = "在空县里建立医联体、牵头医院和三名管理员（只能做一次）"
_ASKED = {
    "code": "医联体代码（小写字母、数字、横线，如 yunxi）", "name": "医联体名称", "region": "行政区划代码（GB/T 2260，6 位）", "hospital_code": "牵头医院代码",
    "hospital": "牵头医院名称", "administrator": "系统管理员姓名", "security_administrator": "安全管理员姓名", "auditor": "审计员姓名",
}  # fmt: skip


def main(argv: list[str]) -> int:
    """Ask for what is not given; print each first password once."""
    parser = argparse.ArgumentParser(prog="./yilianti found", description=SUMMARY)
    for key, label in _ASKED.items():
        parser.add_argument(f"--{key.replace('_', '-')}", default="", help=label)
    parser.add_argument("--model", default="county_community", choices=("county_community", "city_group", "specialty_alliance", "telemedicine_network"),
                        help="county_community 县域医共体（默认）、city_group 城市医疗集团、specialty_alliance 专科联盟、telemedicine_network 远程医疗协作网")  # fmt: skip
    given = vars(parser.parse_args(argv))
    for key, label in _ASKED.items():
        given[key] = given[key].strip() or _ask(label)
    django_ready()
    from django.utils import timezone

    from yilianti.desks.first_day import api as first_day
    from yilianti.kernel.finding import Refused

    charter = first_day.Charter(given["code"], given["name"], given["model"], given["region"], given["hospital_code"], given["hospital"],
                               {role: given[role] for role in first_day.FIRST_POSTS})  # fmt: skip
    try:
        accounts = first_day.found(charter, at=timezone.now())
    except Refused as refusal:
        raise Trouble(refusal.zh) from refusal
    print(f"✓ 已建立“{charter.name}”，牵头医院“{charter.hospital}”。\n\n一次性密码只显示这一次，请分别交给本人；首次登录须改为自己的密码：")
    for account in accounts:
        print(f"  {account.post}　{account.person}　账号 {account.username}　密码 {account.password}")
    print("\n接下来由系统管理员登录，按首页“第一天”的清单导入机构、科室、人员和岗位。")
    return 0


def _ask(label: str) -> str:
    if not sys.stdin.isatty():
        raise Trouble(f"缺少：{label}；请用参数给出（./yilianti found --help）。")
    while not (said := input(f"{label}：").strip()):
        pass
    return said

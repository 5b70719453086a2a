"""./yilianti keys: what keys there are, new ones, another root key, and the proof by OpenSSL."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from yilianti.cli import checks, django_ready
from yilianti.cli.home import Trouble

SUMMARY: str = "密钥：status 现况 · rotate 轮换 · rewrap 换根密钥 · destroy 销毁 · openssl-sample 用 OpenSSL 验证"
_PURPOSES = {"data": "数据", "index": "索引", "mac": "校验"}
_STATES = {"next": "启用中", "current": "现用", "leaving": "退出中", "old": "旧（仅解读）", "destroyed": "已销毁"}
_SAMPLE = "示例：张三 349900199001011234"


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "status": _status, "rotate": _rotate, "rewrap": _rewrap, "destroy": _destroy, "openssl-sample": _openssl_sample,
    }  # fmt: skip
    return acts[args.act](args)


def _status(_: argparse.Namespace) -> int:
    """Every key with what it protects; the place of the root key."""
    django_ready()
    from django.conf import settings

    from yilianti.kernel.crypto import encryption, rotation

    ring, place = encryption.ring(), encryption.folder()
    root = "环境变量 YILIANTI_ROOT_KEY" if place.root_given else f"文件 {place.root_file or place.own_root}"
    print(f"密钥环 {ring.name}　目录 {place.path}　根密钥：{root}")
    for key in ring.keys:
        print(f"  {_PURPOSES.get(key.purpose, '签名 ' + key.purpose.removeprefix('sign.')):<12}{key.number:>3} 号　{key.algorithm:<12} {_STATES[key.state]}　{key.made_at}")
    for column in rotation.encrypted():
        counts = rotation.used(column)
        print(f"  {column.field.purpose}：" + ("、".join(f"{number} 号 {count} 项" for number, count in sorted(counts.items())) or "空"))
    for purpose, wanted in (("data", settings.CIPHER), ("index", settings.KEYED_HASH), ("mac", settings.KEYED_HASH)):
        if (held := ring.current(purpose)).algorithm != wanted:
            print(f"△ 设置为 {wanted}，现用{_PURPOSES[purpose]}密钥为 {held.algorithm}；运行 ./yilianti keys rotate 后按新设置。")
    if ring.rotating:
        print(f"△ 上次轮换没有做完（{'、'.join(_PURPOSES[one] for one in ring.rotating)}）；再运行一次 ./yilianti keys rotate 会接着做完。")
    return 0


def _rotate(args: argparse.Namespace) -> int:
    """New keys while the platform runs; cut short, the same command goes on."""
    django_ready(owner=True)
    from yilianti.kernel.crypto import rotation

    steps = {"data": rotation.rotate_data, "index": rotation.rotate_index, "mac": rotation.rotate_mac}
    for purpose in args.purpose or list(steps):
        steps[purpose](lambda said: print(said, flush=True))
        _note("keys.rotated", purpose=purpose)
    print("✓ 轮换完成。请现在备份密钥目录（与数据分开存放）；旧备份仍须旧密钥才能读。")
    return 0


def _rewrap(args: argparse.Namespace) -> int:
    """The same keys wrapped by another root key."""
    django_ready()
    from yilianti.kernel.crypto import encryption, keyring

    place = encryption.folder()
    if args.root_file is not None:
        try:
            root = keyring.root_in(args.root_file)
        except keyring.KeysMissing as fault:
            raise Trouble(str(fault)) from fault
    elif place.root_given or place.root_file:
        raise Trouble("根密钥由环境变量指定；请用 --root-file 指明新根密钥所在的文件。")
    else:
        root = secrets.token_bytes(32)
    keep = args.root_file is None
    place.rewrap(root) if keep else place.rewrap_for(root)
    _note("keys.rewrapped", root="own" if keep else "given")
    print("✓ 已用新根密钥重新包裹全部密钥。" if keep else f"✓ 已改用 {args.root_file} 中的根密钥；请设 YILIANTI_ROOT_KEY_FILE={args.root_file} 后重新启动 ./run。")
    return 0


def _destroy(args: argparse.Namespace) -> int:
    """Erase an old key; asks for the words to be typed."""
    django_ready()
    from yilianti.kernel.crypto import rotation

    phrase = f"销毁 {args.purpose} {args.number}"
    print(f"将永久销毁{_PURPOSES[args.purpose]}密钥 {args.number} 号：只由它保护的内容（包括旧备份中的）此后任何人都读不出。")
    if (args.confirm or input(f"请输入“{phrase}”确认：")).strip() != phrase:
        print("没有销毁。")
        return 1
    try:
        rotation.destroy(args.purpose, args.number)
    except ValueError as fault:
        raise Trouble(str(fault)) from fault
    _note("keys.destroyed", purpose=args.purpose, number=args.number)
    print("✓ 已销毁。密钥的其他副本（密钥备份）也须一并销毁，才算不可恢复。")
    return 0


def _openssl_sample(args: argparse.Namespace) -> int:
    """A value encrypted as our columns are, and the commands by which OpenSSL reads it without us."""
    if args.stored and checks.production():
        raise Trouble("正式环境不打印数据密钥；请去掉 --stored，用一次性密钥验证。")
    django_ready()
    from yilianti.cli import samples

    for line in samples.stored() if args.stored else samples.throwaway(_SAMPLE):
        print(line)
    return 0


def _note(word: str, **facts: object) -> None:
    """One line in the journal: who administers this machine has changed its keys."""
    from django.db import transaction
    from django.utils import timezone

    from yilianti.kernel import journal
    from yilianti.kernel.actor import Actor

    with transaction.atomic():
        who = Actor.system(f"系统管理员（{os.environ.get('SUDO_USER') or os.environ.get('USER') or '命令行'}）"[:64])
        journal.write(word, actor=who, at=timezone.now(), subject=f"keys:{facts.get('purpose', 'root')}", facts=facts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti keys", description=SUMMARY)
    acts = parser.add_subparsers(dest="act", required=True, metavar="操作")
    acts.add_parser("status", help="有哪些密钥，各保护多少内容")
    rotate = acts.add_parser("rotate", help="换新密钥并重新加密；平台可照常运行，中断后再运行会接着做")
    rotate.add_argument("purpose", nargs="*", choices=[*_PURPOSES, []], default=[], help="data 数据 · index 索引 · mac 校验；不写为全部")
    rewrap = acts.add_parser("rewrap", help="换一把根密钥")
    rewrap.add_argument("--root-file", type=Path, help="新根密钥所在的文件（64 位十六进制数），例如加密机挂载的文件")
    destroy = acts.add_parser("destroy", help="销毁一把旧密钥")
    destroy.add_argument("purpose", choices=list(_PURPOSES))
    destroy.add_argument("number", type=int)
    destroy.add_argument("--confirm", default="", help="直接给出确认的话，用于无人值守")
    sample = acts.add_parser("openssl-sample", help="打印一个密文样例，和用 OpenSSL 解密、核对的命令")
    sample.add_argument("--stored", action="store_true", help="用数据库中真实的一项（仅演示环境）")
    return parser

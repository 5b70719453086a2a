"""An amount in the capital figures that Chinese vouchers demand, which nobody alters with a stroke.

# 依据：《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》
"""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def words(fen: int) -> str:
    """123456 fen → 壹仟贰佰叁拾肆元伍角陆分; whole yuan end with 整, a negative amount begins with 负."""
    sign, (yuan, rest) = "负" if fen < 0 else "", divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{sign}{whole or '零元'}整"
    tail = (f"{_DIGITS[jiao]}角" if jiao else "零" if yuan else "") + (f"{_DIGITS[cents]}分" if cents else "")
    return f"{sign}{whole}{tail}{'整' if not cents else ''}"


def _whole(yuan: int) -> str:
    found, zero = "", False
    for number in range(len(_GROUPS) - 1, -1, -1):
        group = yuan // 10_000**number % 10_000
        if not group:
            zero = bool(found)
            continue
        zero = zero or (bool(found) and group < 1_000)
        found += ("零" if zero else "") + _group(group) + _GROUPS[number]
        zero = False
    return found


def _group(group: int) -> str:
    found, zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            found += ("零" if zero and found else "") + _DIGITS[digit] + _PLACES[place]
        zero = not digit
    return found

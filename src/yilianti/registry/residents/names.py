"""Names in search and order: pieces for the index, pinyin for initials and sorting, and how far two names differ."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate

INITIALS, SPELT = "~", "="
_LONGEST_PIECE = 12
_LONGEST_SPELLING = 15
_SHORTEST_WORD_PIECE = 2

# Readings a general dictionary gets wrong when the character is a surname (《通用规范汉字字典》姓氏读音).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "查": "zha", "解": "xie", "仇": "qiu", "任": "ren", "华": "hua", "区": "ou", "朴": "piao",
    "盖": "ge", "葛": "ge", "缪": "miao", "翟": "zhai", "卜": "bu", "乐": "yue", "召": "shao", "折": "she", "重": "chong",
    "种": "chong", "洗": "xian", "冼": "xian", "员": "yun", "宁": "ning", "尹": "yin", "覃": "qin", "谌": "chen", "黑": "he",
    "秘": "bi", "繁": "po", "逄": "pang", "那": "na", "哈": "ha", "不": "fou", "句": "gou", "隗": "wei", "祭": "zhai",
    "长孙": "zhang sun", "尉迟": "yu chi", "单于": "chan yu", "万俟": "mo qi", "澹台": "tan tai", "宰父": "zai fu",
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "东方": "dong fang", "皇甫": "huang fu",
    "慕容": "mu rong", "令狐": "ling hu", "夏侯": "xia hou", "公孙": "gong sun", "轩辕": "xuan yuan", "司徒": "si tu",
}  # fmt: skip


def folded(name: str) -> str:
    """Full width to half, lower case, no spaces and no middle dots: the form in which names are compared."""
    text = unicodedata.normalize("NFKC", name).lower()
    return "".join(character for character in text if character.isalnum())


def is_han(character: str) -> bool:
    """CJK ideographs with the rare ones of names (extensions A to H) and 〇."""
    return "\u3400" <= character <= "\u9fff" or character == "〇" or ord(character) >= 0x20000


def syllables(name: str) -> list[str]:
    """Toneless pinyin, surname first; characters without a reading stand for themselves."""
    text = folded(name)
    for length in (2, 1):
        if len(text) > length - 1 and (known := _SURNAMES.get(text[:length])):
            return [*known.split(), *map(_reading, text[length:])]
    return [_reading(character) for character in text]


def initials(name: str) -> str:
    """`欧阳明` → `oym`; nothing for a name without Chinese characters."""
    text = folded(name)
    return "".join(syllable[:1] for syllable in syllables(name)) if any(map(is_han, text)) else ""


def key(name: str) -> str:
    """The order of lists: by pinyin, then by the characters, so that namesakes stand together."""
    text = folded(name)
    if not any(map(is_han, text)):
        return " ".join(unicodedata.normalize("NFKC", name).lower().split())[:96]
    return f"{' '.join(syllables(name))}  {text}"[:96]  # two spaces: 张三 before 张三丰


def grams(name: str) -> list[str]:
    """Pieces for the index: every 1 and 2 Chinese characters, beginnings of the initials and of the spelling by whole
    syllables (`=su`, `=suying`), beginnings of Latin words."""
    text = folded(name)
    found = {character for character in text if is_han(character)}
    found |= {text[i : i + 2] for i in range(len(text) - 1) if is_han(text[i]) and is_han(text[i + 1])}
    letters = initials(name)
    found |= {INITIALS + letters[:length] for length in range(1, min(len(letters), _LONGEST_PIECE) + 1)}
    if letters:
        spelt = list(accumulate(syllables(name)))
        found |= {SPELT + spelling for spelling in spelt if len(spelling) <= _LONGEST_SPELLING}
    for word in _latin_words(name):
        found |= {word[:length] for length in range(_SHORTEST_WORD_PIECE, min(len(word), _LONGEST_PIECE) + 1)}
    return sorted(found)


def wanted(text: str) -> tuple[list[str], list[str]]:
    """What to look for: either these pieces all together, or any one of those."""
    sought = folded(text)
    if any(map(is_han, sought)):
        if len(sought) == 1:
            return [sought], []
        pairs = [sought[i : i + 2] for i in range(len(sought) - 1) if is_han(sought[i]) and is_han(sought[i + 1])]
        return pairs or [character for character in sought if is_han(character)], []
    words = _latin_words(text)
    if len(words) > 1:
        return [word[:_LONGEST_PIECE] for word in words if len(word) >= _SHORTEST_WORD_PIECE], [SPELT + sought[:_LONGEST_SPELLING]]
    return [], [INITIALS + sought[:_LONGEST_PIECE], SPELT + sought[:_LONGEST_SPELLING], sought[:_LONGEST_PIECE]] if sought else []


def likeness(one: str, other: str) -> float:
    """1.0 for the same name, 0.0 for nothing in common; Chinese against Latin is compared in pinyin."""
    first, second = folded(one), folded(other)
    is_chinese = [any(map(is_han, text)) for text in (first, second)]
    if not any(is_chinese):  # DOE^JOHN is John Doe
        first, second = (" ".join(sorted(_latin_words(name))) for name in (one, other))
    elif not all(is_chinese):  # 张三 is Zhang San, and San Zhang
        first, second = ("".join(sorted("".join(syllables(name)))) for name in (one, other))
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _latin_words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).lower()
    words = "".join(character if character.isalnum() and not is_han(character) else " " for character in text).split()
    return [word for word in words if not word.isdecimal()]


@lru_cache(maxsize=8192)
def _reading(character: str) -> str:
    if not is_han(character):
        return character
    # Imported here: reading needs the dictionary, every process imports this module.
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])

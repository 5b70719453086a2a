"""XML of makers, parsed without entities, network, or more memory than the file deserves."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import date

from lxml import etree

from yilianti.gateways.ecg_devices.refusing import damaged, unsupported
from yilianti.record.recordings import api as recordings

MAX_XML = 24 * 1024 * 1024
MAX_TAGS = 300_000
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\- ]{1,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^<>\[\]]{0,500}>")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def parsed(content: bytes) -> tuple[etree._Element, tuple[str, ...]]:
    """The root with namespaces taken off, and notes on the character set. Entities, internal DTDs, depth and absurd numbers of elements are refused."""
    if len(content) > MAX_XML:
        raise recordings.Unreadable("too_large", f"XML 文件大于 {MAX_XML // 2**20} MB，不是静息心电图。", f"The XML is larger than {MAX_XML // 2**20} MB.")
    text, notes = _text(content)
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1)
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise unsupported("xml_entities", "XML 里定义了实体或内部 DTD，出于安全不予读取", "The XML defines entities or an internal DTD, which is refused for safety")
    if text.count("<") > MAX_TAGS or text.count('="') + text.count("='") > MAX_TAGS:
        raise recordings.Unreadable("absurd_size", f"XML 的元素多于 {MAX_TAGS:,} 个，不是静息心电图。", f"The XML has more than {MAX_TAGS:,} elements.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise _broken(str(trouble)) from None
    for element in root.iter(etree.Element):
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = element.tag.rpartition("}")[2]
    return root, notes


def _broken(said: str) -> recordings.Unreadable:
    if "depth" in said.lower():
        return unsupported("too_deep", "XML 嵌套层数过多，不予读取", "The XML is nested too deeply")
    where = re.search(r"line (\d+)", said)
    return damaged(f"XML 不完整或有语法错误{f'（第 {where[1]} 行）' if where else ''}", f"the XML is incomplete or malformed{f' (line {where[1]})' if where else ''}")


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], name), ()
    if content[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        return _strict(content, "utf-16-le" if content[0] else "utf-16-be"), ()
    declared = _DECLARED.match(content[:400])
    name = declared[1].decode("ascii") if declared else "utf-8"
    known = recordings.codec(name)
    if not known or known.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw")):
        raise unsupported("charset", f"不认识 XML 声明的字符集“{name}”", f"The declared character set '{name}' is unknown")
    latin = recordings.mislabelled(content) if known in ("iso8859-1", "cp1252", "latin-1") else None
    if latin is not None:
        return latin, (f"文件声明字符集 {name}，实际是 GB18030，已按后者读出，请核对姓名",)
    try:
        return content.decode(known), ()
    except UnicodeDecodeError:
        chinese = recordings.chinese(content) if known in ("utf-8", "ascii") else None
        if chinese is None:
            raise damaged(f"文字与声明的字符集 {name} 不符", f"the text does not fit its declared character set {name}") from None
        return chinese, (f"文件声明字符集 {name}，实际是 GB18030，已按后者读出，请核对姓名",)


def _strict(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        raise damaged(f"文字与字符集 {name} 不符", f"the text does not fit the character set {name}") from None


def words(node: etree._Element | None, path: str = "") -> str:
    """The text at a path below a node, without outer blanks; "" where there is none."""
    found = node.find(path) if node is not None and path else node
    return (found.text or "").strip() if found is not None else ""


def said(node: etree._Element | None, path: str = "", longest: int = 200) -> str:
    """The text at a path as one clean line."""
    return recordings.clean(words(node, path), longest)


def number(text: str | None) -> float | None:
    """A finite number, or nothing."""
    try:
        value = float((text or "").strip()[:40])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day(text: str, order: str = "ymd") -> date | None:
    """A day such as 1960-06-15, 19600615 or, with `order` mdy, 06-15-1960; nothing where it is none."""
    parts = re.findall(r"\d+", text[:40])
    if len(parts) == 1 and len(parts[0]) >= 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:8]]
    try:
        three = dict(zip("ymd" if len(parts[0]) == 4 else order, map(int, parts[:3]), strict=True))
        return date(three["y"], three["m"], three["d"])
    except (ValueError, IndexError, KeyError):
        return None


def sex(text: str) -> str:
    """M, F or nothing for what makers write."""
    return {"M": "M", "F": "F", "男": "M", "女": "F", "1": "M", "2": "F"}.get(text.strip().upper()[:1], "")


def unpacked(text: str) -> bytes:
    """Base64 as bytes; a wrong character or a cut end is refused."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise damaged("波形的 Base64 数据不完整", "the Base64 of a waveform is incomplete") from None

"""An issued report with its signatures, to be handed to somebody who need not trust us: one zip, verified by OpenSSL and by any PDF reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from yilianti.care.diagnosis.signatures import Checked
from yilianti.kernel.crypto import signing

_README = """心电图报告 {number} 第 {version} 版：报告与电子签名

{listed}
authority.pem　平台签名机构的证书；经其他认证机构签名的，请用该机构的证书
README.txt　　 本说明

在解压后的目录中用 OpenSSL 3 核验，显示 “Signature Verified Successfully” 即表示自签名后一个字节也没有改动：

{commands}

report.pdf 内另有诊断中心的电子签章（PAdES），用常见的 PDF 阅读器打开即可核验。PDF 标准尚无 SM2，因此医师的 SM2 签名另存。
"""


def packed(number: str, version: int, report: Checked, readings: Sequence[Checked]) -> bytes:
    """The PDF as issued, what its readers wrote, each with signature and certificate."""
    files, listed, commands = {"authority.pem": signing.authority_chain().encode()}, [], []
    for name, one in [("report.pdf", report), *((f"reading-{n}.json", reading) for n, reading in enumerate(readings, 1))]:
        stem, signature = name.rpartition(".")[0], one.signature
        files |= {name: one.content, f"{stem}.sig": bytes(signature.value), f"{stem}.pem": signature.certificate.encode()}
        listed.append(f"{name}　{stem}.sig　{stem}.pem　{signature.name}（{signature.number}）{signature.place}")
        commands.append("  " + signing.command(signature.algorithm, content=name, signature=f"{stem}.sig", certificate=f"{stem}.pem"))
    files["README.txt"] = _README.format(number=number, version=version, listed="\n".join(listed), commands="\n".join(commands)).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return out.getvalue()

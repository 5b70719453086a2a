"""./yilianti ecg decode: columns of microvolts with rate and name above; no database is started."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ecg.mutation import muse, wfdb_zip
from tests.ecg.samples import RECORDS, everything, needed, tracing
from yilianti.cli.commands import ecg
from yilianti.gateways.ecg_devices.api import read


def columns(path) -> tuple[dict[str, str], list[str], np.ndarray]:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)
    names = next(line for line in lines if not line.startswith("#")).split(",")
    return head, names, np.genfromtxt(lines, delimiter=",", comments="#", skip_header=0)[1:]


def test_a_file_becomes_columns(tmp_path, capsys):
    (tmp_path / "in.xml").write_bytes(muse())
    assert ecg.main(["decode", str(tmp_path / "in.xml"), "--out", str(tmp_path / "out/x.csv")]) == 0
    head, names, values = columns(tmp_path / "out/x.csv")
    truth = read(muse())
    assert (head["sampling_rate_hz"], head["patient_name"], head["unit"]) == ("500", "王", "uV") and names == list(truth.names())
    assert np.abs(values - np.stack([lead.microvolts() for lead in truth.leads], axis=1)).max() < 1e-4
    assert "7 个导联" in capsys.readouterr().out
    again = read((tmp_path / "out/x.csv").read_bytes())
    assert again.subject.name == "王" and np.abs(again.leads[0].microvolts() - truth.leads[0].microvolts()).max() < 1e-4


def test_a_refusal_is_a_sentence_and_a_code(tmp_path, capsys):
    (tmp_path / "in.xml").write_bytes(muse()[:900])
    assert ecg.main(["decode", str(tmp_path / "in.xml"), "--out", str(tmp_path / "x.csv")]) == 1
    assert "文件已损坏" in capsys.readouterr().err and not (tmp_path / "x.csv").exists()
    assert ecg.main(["decode", str(tmp_path / "none.xml")]) == 1
    with pytest.raises(SystemExit) as usage:
        ecg.main(["decode"])
    assert usage.value.code == 2


def test_a_wrong_mapping_is_named(tmp_path, capsys):
    (tmp_path / "m.toml").write_text("colour = 1")
    (tmp_path / "in.zip").write_bytes(wfdb_zip())
    assert ecg.main(["decode", str(tmp_path / "in.zip"), "--mapping", str(tmp_path / "m.toml")]) == 1
    assert "colour" in capsys.readouterr().err


@needed
@pytest.mark.parametrize("path", [path for path in everything() if path.stem == RECORDS[0] or path.parent.name == "philips"], ids=lambda path: path.parent.name)
def test_shared_files_of_each_format(path, tmp_path):
    assert ecg.main(["decode", str(path), "--out", str(tmp_path / "x.csv")]) == 0
    head, names, values = columns(tmp_path / "x.csv")
    truth = tracing(path)
    assert float(head["sampling_rate_hz"]) == truth.rate and head.get("patient_name", "") == truth.subject.name and names == list(truth.names())
    assert np.abs(values - np.stack([lead.microvolts() for lead in truth.leads], axis=1)).max() < 1e-3

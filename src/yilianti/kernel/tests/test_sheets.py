"""What leaves as CSV."""

from yilianti.kernel.tables.sheets import sheet


def test_no_cell_is_a_formula_and_chinese_is_recognised() -> None:
    answer = sheet("a.csv", [["诊断", 3], ["=HYPERLINK(1)", "\t+1"], ["I20.000", "-"]])
    assert answer.content.decode("utf-8") == "\ufeff诊断,3\r\n'=HYPERLINK(1),'\t+1\r\nI20.000,'-\r\n"
    assert answer["Cache-Control"] == "no-store"

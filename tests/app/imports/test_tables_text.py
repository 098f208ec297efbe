"""CSV and TSV files as people send them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.imports import unpacked
from app.imports.tables import UnreadableTable, open_table, table_problem_text

TEXT = "企业名称,统一社会信用代码,经营范围\n沈阳鼓风机厂,912101000000000001,风机制造\n大连机床,912102000000000002,机床；铣削\n"


def write(folder: Path, content: bytes, name: str = "firms.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_each_encoding_reads_the_same(tmp_path: Path, codec: str, told: str) -> None:
    with open_table(write(tmp_path, TEXT.encode(codec))) as table:
        assert table.encoding == told
        assert table.headers == ["企业名称", "统一社会信用代码", "经营范围"]
        rows = list(table.rows())
    assert [row.number for row in rows] == [2, 3]
    assert rows[0].values == {
        "企业名称": "沈阳鼓风机厂",
        "统一社会信用代码": "912101000000000001",
        "经营范围": "风机制造",
    }
    assert not rows[0].problems
    assert table.total == 2


def test_encoding_is_told_by_the_first_block_that_is_not_ascii(tmp_path: Path) -> None:
    ascii_rows = b"uscc,name\n" + b"912101000000000001,A\n" * 20_000
    with open_table(write(tmp_path, ascii_rows + "912101000000000002,沈阳\n".encode("gb18030"))) as table:
        assert table.encoding == "gb18030"
        *_, last = table.rows()
    assert last.values["name"] == "沈阳"
    assert last.number == 20_002


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_told_by_the_header(tmp_path: Path, delimiter: str) -> None:
    # The other delimiters stand in the values, as they do in a business scope.
    text = delimiter.join(["企业名称", "经营范围"]) + "\n" + delimiter.join(["甲", '"a;b,c\td|e"']) + "\n"
    with open_table(write(tmp_path, text.encode())) as table:
        assert [row.values for row in table.rows()] == [{"企业名称": "甲", "经营范围": "a;b,c\td|e"}]


def test_line_numbers_follow_quoted_newlines_and_title_lines(tmp_path: Path) -> None:
    text = '辽宁省企业名录,,\r\n\r\n企业名称,地址,经营范围\r\n甲,"沈阳\r\n铁西",风机\r\n\r\n乙,大连,机床\r\n'
    with open_table(write(tmp_path, text.encode("gb18030"))) as table:
        assert table.header_row == 3
        rows = [(row.number, row.values["企业名称"], row.values["地址"]) for row in table.rows()]
    assert rows == [(4, "甲", "沈阳\r\n铁西"), (7, "乙", "大连")]


def test_one_bad_byte_is_one_bad_row(tmp_path: Path) -> None:
    for codec in ("utf-8", "gb18030"):
        content = (
            (TEXT * 10).encode(codec).replace("机床；铣削".encode(codec), b"\xff" + "机床".encode(codec), 1)
        )
        with open_table(write(tmp_path, content)) as table:
            problems = [(row.number, p.code, p.column) for row in table.rows() for p in row.problems]
        assert problems == [(3, "undecodable_bytes", "经营范围")]


def test_an_unknown_encoding_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as caught:
        open_table(write(tmp_path, b"name,city\nA,B\n" + b"\xff\xfe\xff\x80\xff,\xff\xff\n" * 5))
    assert (caught.value.code, caught.value.params) == ("undecodable_bytes", {"line": 3})
    assert "第 3 行" in table_problem_text(caught.value, "zh")
    assert "line 3" in table_problem_text(caught.value, "en")


def test_an_unclosed_quote_costs_only_its_line(tmp_path: Path) -> None:
    text = 'name,city\nA,"沈阳\nB,大连\nC,"鞍\n山"\nD,x\n'
    with open_table(write(tmp_path, text.replace('"鞍\n山"', "鞍山").encode())) as table:
        rows = list(table.rows())
    assert [(row.number, row.values["name"], [p.code for p in row.problems]) for row in rows] == [
        (2, "", ["unclosed_quote"]),
        (3, "B", []),
        (4, "C", []),
        (5, "D", []),
    ]


def test_an_endless_cell_does_not_swallow_the_file(tmp_path: Path) -> None:
    lines = [
        "name,city",
        'A,"沈阳',
        *(f"firm {n},city {n}" for n in range(20_000)),
        "x," + "y" * 200_000,
        "Z,end",
    ]
    with open_table(write(tmp_path, "\n".join(lines).encode())) as table:
        rows = list(table.rows())
    assert len(rows) == 20_003
    assert [(row.number, p.code) for row in rows for p in row.problems] == [
        (2, "unclosed_quote"),
        (20_003, "field_too_long"),
    ]
    assert rows[-1].values["name"] == "Z"


def test_too_many_cells_and_lost_digits_are_told(tmp_path: Path) -> None:
    text = 'name,uscc\n甲,乙,912101000000000001\n丙,9.12101E+17\n丁,"=""912101000000000001"""\n戊\n'
    with open_table(write(tmp_path, text.encode())) as table:
        rows = list(table.rows())
    assert [[p.code for p in row.problems] for row in rows] == [["too_many_cells"], ["digits_lost"], [], []]
    assert rows[2].values["uscc"] == "912101000000000001"
    assert rows[3].values == {"name": "戊", "uscc": ""}


def test_a_repeated_header_is_no_record(tmp_path: Path) -> None:
    head, *lines = TEXT.splitlines(keepends=True)
    with open_table(write(tmp_path, (head + lines[0] + head + lines[1]).encode())) as table:
        assert [row.number for row in table.rows()] == [2, 4]


def test_same_headers_stay_apart(tmp_path: Path) -> None:
    with open_table(write(tmp_path, "name,备注,备注,\nA,1,2,\n".encode())) as table:
        assert [row.values for row in table.rows()] == [{"name": "A", "备注": "1", "备注 [2]": "2"}]


def test_gzip_reads_the_same_and_progress_grows(tmp_path: Path) -> None:
    content = ("name,city\n" + "".join(f"firm {n * 7919},沈阳{n}\n" for n in range(50_000))).encode("gb18030")
    for name, stored in (("f.csv", content), ("f.csv.gz", gzip.compress(content))):
        with open_table(write(tmp_path, stored, name)) as table:
            assert table.total == pytest.approx(50_000, rel=0.1)
            assert table.progress() == 0
            seen = []
            for count, row in enumerate(table.rows(), 1):
                last = row
                if count % 10_000 == 0:
                    seen.append(table.progress())
            assert last.values["name"] == f"firm {49_999 * 7919}"
            assert seen == sorted(seen)
            assert 0.1 < seen[0] < 0.4
            assert table.progress() == 1


def test_rows_can_be_read_again(tmp_path: Path) -> None:
    with open_table(write(tmp_path, TEXT.encode())) as table:
        assert list(table.rows()) == list(table.rows())


def test_truncated_gzip_is_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(("name,city\n" + "".join(f"{n * 7919},{n}\n" for n in range(500_000))).encode())
    with (
        open_table(write(tmp_path, packed[: len(packed) // 2])) as table,
        pytest.raises(UnreadableTable) as caught,
    ):
        list(table.rows())
    assert caught.value.code == "damaged_file"
    assert int(caught.value.params["line"]) > 1000


def test_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(b"name,city\n" + b"a,b\n" * 1_000_000))
    stream, _ = unpacked.open_bytes(path, gzipped=True, limit=1 << 20)
    with stream, pytest.raises(UnreadableTable) as caught:
        stream.read()
    assert (caught.value.code, caught.value.params) == ("too_large", {"limit_mb": 1})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_table"),
        (b"\n\n , ,\n", "empty_table"),
        (b"a,b,c\n1,2,3\n", "no_known_headers"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (b"<html><table>", "unsupported_format"),
        (b"\x00\x01\x02name", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook"),
    ],
)
def test_unreadable_files_say_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableTable) as caught:
        open_table(write(tmp_path, content))
    assert caught.value.code == code
    assert "{" not in table_problem_text(caught.value, "zh") + table_problem_text(caught.value, "en")


def test_without_synonyms_the_widest_row_is_the_header(tmp_path: Path) -> None:
    with open_table(write(tmp_path, b"list\na,b,c\n1,2,3\n"), synonyms={}) as table:
        assert table.headers == ["a", "b", "c"]

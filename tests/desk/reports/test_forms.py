"""One report in every form: complete, harmless, and readable where there is nothing to tell."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import NotFound
from desk.reports.charts import svg
from desk.reports.document import to_json
from desk.reports.markdown import to_markdown
from desk.reports.page import to_html
from desk.reports.report import Chart, Report, Series, Shape, Unit
from desk.reports.spreadsheet import to_csv
from desk.reports.words import span, worded
from desk.text import clean
from desk.times import DAY, HOUR, MINUTE, SECOND
from tests.desk.reports.examples import EVIL, empty, example
from tests.hostile import FORBIDDEN, HOSTILE


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_as_csv_has_plain_numbers() -> None:
    head, row, none = cells(to_csv(example("Ana"), "all"))
    assert head == ["name", "count", "share", "took", "at", "given", "given_currency"]
    assert row == ["Ana", "12000", "0.5", "90.0", "2026-03-02T09:00:00+00:00", "-12.50", "EUR"]
    assert none == ["none", "", "", "", "", "", ""]


def test_all_of_it_as_csv_is_blocks_with_an_empty_line_between() -> None:
    blocks = to_csv(example("Ana")).split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["figure,value,unit,n,formula,clock", "Ana", "Bare"]
    assert cells(blocks[0])[1] == ["kept", "0.996", "share", "1", "Ana", "calendar hours"]


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NotFound, match="Did you mean all"):
        to_csv(example(), "al")


@given(
    st.text(max_size=20).filter(lambda text: ";" not in text).map(lambda text: "=" + text)
    | st.sampled_from(
        ["+1-1", "-1+2", "@x", "-.", "-1e5", " =1", "\t=1", "\n=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", '"=1']
    )
)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert cells(to_csv(example(text), "all"))[1][0] == "'" + clean(text, lines=False)


@given(st.text(alphabet="=+-@;,\"' \n\ta1", max_size=12))
def test_no_text_becomes_a_formula_whatever_ends_a_cell(text: str) -> None:
    written = to_csv(example("x" + text), "all")
    for border in (",", ";"):
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=border):
            for cell in row:
                assert not cell.lstrip("\"' \t").startswith(("=", "+", "@")) or cell.startswith("'")
    # Cut at every border without a thought for quotes.
    assert not re.search(r"""(^|;)["\s]*[=+@]""", written, re.MULTILINE)


def test_an_amount_of_money_stays_a_number() -> None:
    assert cells(to_csv(example("-12.50"), "all"))[1][0] == "-12.50"
    assert cells(to_csv(example("7; -12"), "all"))[1][0] == "7;' -12"


def test_a_document_has_every_value_in_its_unit() -> None:
    whole = json.loads(to_json(example("Ana")))
    assert whole["since"] == "2026-03-02T09:00:00+00:00"
    assert whole["figures"]["kept"] == {
        "value": 0.996, "n": 1, "unit": "share", "title": "Ana", "formula": "Ana", "clock": "calendar hours",
    }  # fmt: skip
    assert whole["tables"]["all"]["rows"][0] == {
        "name": "Ana", "count": 12000, "share": 0.5, "took": 90.0, "at": "2026-03-02T09:00:00+00:00",
        "given": {"amount": "-12.50", "currency": "EUR"},
    }  # fmt: skip
    assert whole["tables"]["bare"]["rows"] == []
    assert {chart["shape"] for chart in whole["charts"]} == {"bars", "stacked", "funnel", "lines"}


def test_words_of_a_page_stay_whole_in_its_tables() -> None:
    style = to_html(example("Ana"))
    cells_style = re.search(r"th, td \{([^}]*)\}", style)
    assert cells_style is not None
    # `anywhere`, as on the rest of the page, lets a column be a letter wide: Billin-g.
    assert "overflow-wrap: break-word" in cells_style[1]
    # Nor does a head that may not wrap push the last column off the page.
    assert re.findall(r"([^{}\s]+) \{[^}]*nowrap", style) == ["td.number"]


class Seen(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_page_stands_alone_and_escapes_what_it_is_given() -> None:
    page = to_html(example())
    seen = Seen()
    seen.feed(page)
    assert not {"script", "img", "link", "iframe", "a", "object"} & set(seen.tags)
    assert not any(name.startswith("on") or name in ("src", "href", "style") for name in seen.attributes)
    assert clean(EVIL) in seen.words
    assert not FORBIDDEN & set(page)
    assert seen.tags.count("svg") == len(example().charts)
    assert "default-src &#x27;none&#x27;" in page
    assert "url(" not in page


def test_every_chart_is_sound_and_says_its_values() -> None:
    for chart in example().charts:
        drawn = ET.fromstring(svg(chart, UTC).replace("\x1b", ""))
        told = "".join(drawn.itertext())
        assert "<script>" in told
        if chart.unit is Unit.COUNT:
            assert "4" in told


@given(
    shape=st.sampled_from(list(Shape)),
    values=st.lists(st.none() | st.integers(0, 10**9), max_size=400),
    unit=st.sampled_from([Unit.COUNT, Unit.SPAN, Unit.SHARE]),
)
def test_no_part_of_a_chart_is_drawn_outside_of_it(shape: Shape, values: list[int | None], unit: Unit) -> None:
    chart = Chart(shape, "t", tuple("l" for _ in values), (Series("s", tuple(values)),), unit)
    drawn = svg(chart, UTC)
    width, height = map(float, re.findall(r"[\d.]+", drawn.partition("viewBox=")[2])[2:4])
    for rect in ET.fromstring(drawn).iter("rect"):
        x, y, wide, high = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 0.1
        assert 0 <= y <= y + high <= height + 0.1


@pytest.mark.parametrize("write", [to_html, to_markdown, to_json, to_csv])
def test_no_form_holds_what_acts_on_a_terminal(write: Callable[[Report], str]) -> None:
    for _, text in HOSTILE:
        assert not FORBIDDEN & set(write(example(text)))


def test_markdown_is_never_made_by_a_text() -> None:
    text = to_markdown(example("[a](http://x) <b> &lt; ~~x~~ | *y* `z` # \n\n# head"))
    assert r"\[a\](http://x) \<b\> \&lt; \~\~x\~\~ \| \*y\* \`z\` \# \# head" in text
    assert {line[:1] for line in text.splitlines()} <= {"", "#", "-", "|", "\\", "M"}


@pytest.mark.parametrize("unit", [Unit.SHARE, Unit.SPAN, Unit.COUNT])
def test_what_nobody_knows_is_a_dash_and_no_nought(unit: Unit) -> None:
    chart = Chart(Shape.BARS, "t", ("known", "unknown", "nought"), (Series("s", (1, None, 0)),), unit)
    told = [each.text for each in ET.fromstring(svg(chart, UTC)).iter("title")]
    assert told[1] == "unknown: –"
    assert told[2] == "nought: " + worded(0, unit, UTC)


def test_each_rule_of_a_scale_stands_where_its_value_is() -> None:
    drawn = ET.fromstring(svg(Chart(Shape.LINES, "t", ("a", "b"), (Series("s", (7, 0)),)), UTC))
    rules = [float(line.attrib["y1"]) for line in drawn.iter("line") if line.attrib["class"] == "rule"]
    told = [each.text for each in drawn.iter("text") if each.attrib.get("text-anchor") == "end"]
    assert told == ["0", "2", "4", "6", "8"]
    steps = {round(below - above, 1) for below, above in pairwise(rules)}
    assert len(steps) == 1
    low, high = (
        float(dot.attrib["cy"]) for dot in sorted(drawn.iter("circle"), key=lambda dot: -float(dot.attrib["cy"]))
    )
    assert low == rules[0]
    assert high == pytest.approx(rules[4] + (rules[3] - rules[4]) / 2, abs=0.1)


def test_a_share_of_nought_is_drawn_and_no_share_is_not() -> None:
    for values, nothing in (((0.0, None), False), ((None, None), True), ((), True)):
        chart = Chart(Shape.BARS, "t", tuple("ab")[: len(values)], (Series("s", values),), Unit.SHARE)
        assert chart.empty is nothing
    assert Chart(Shape.BARS, "t", ("a",), (Series("s", (0,)),)).empty


def test_nothing_reads_well_in_every_form() -> None:
    page = to_html(empty())
    assert "Nothing in this time." in page
    assert "<svg" not in page
    assert ">–<" in page
    assert json.loads(to_json(empty()))["figures"]["kept"]["value"] is None
    assert cells(to_csv(empty()))[1][:4] == ["kept", "", "share", "0"]


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (0, "0 s"),
        (40 * SECOND, "40 s"),
        (125 * SECOND, "2 min 05 s"),
        (2 * HOUR + 5 * MINUTE, "2 h 05 min"),
        (3 * HOUR, "3 h"),
        (47 * HOUR, "47 h"),
        (3 * DAY + 4 * HOUR, "3 d 4 h"),
        (-90 * SECOND, "-1 min 30 s"),
    ],
)
def test_a_span_is_told_in_two_units(microseconds: int, words: str) -> None:
    assert span(microseconds) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.004, "0.4 %"), (0.5, "50 %"), (0.996, "99.6 %"), (1.0, "100 %")]
)
def test_a_share_never_says_all_or_nothing_where_it_is_not(share: float, words: str) -> None:
    assert worded(share, Unit.SHARE, UTC) == words

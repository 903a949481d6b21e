"""The parts of the guards that need no terminal: the line filter, the decoder, and what wakes the keyboard's thread."""

import re
import select

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from console.guards import NoActingText, TolerantDecoder, WakingEvent

BLACK = Color(0, 0, 0)
ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
X10 = b"\x1b[M \xff\xe9"


def filtered(*segments: Segment) -> list[Segment]:
    return NoActingText().apply(list(segments), BLACK)


@given(st.text())
def test_no_acting_character_is_left_and_the_line_keeps_its_width(text: str) -> None:
    (segment,) = filtered(Segment(text, Style(bold=True)))
    assert not ACTING.search(segment.text)
    assert cell_len(segment.text) == cell_len(ACTING.sub("", text))
    assert segment.style == Style(bold=True)


def test_a_quiet_line_is_passed_on_as_it_is() -> None:
    segment = Segment("Refund for 8841")
    assert filtered(segment)[0] is segment


def test_an_address_behind_a_link_is_tamed_too() -> None:
    (segment,) = filtered(Segment("here", Style(link="https://example.com/\x1b]0;x\x07")))
    assert segment.style is not None
    assert segment.style.link == "https://example.com/]0;x"
    assert segment.text == "here"


@given(st.text(), st.lists(st.integers(0, 200)))
def test_text_arrives_whole_in_whatever_pieces(text: str, cuts: list[int]) -> None:
    data = text.encode()
    decoder = TolerantDecoder()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    pieces = [data[first:last] for first, last in zip(places, [*places[1:], len(data)], strict=True)]
    arrived = "".join(decoder.decode(piece) for piece in pieces) + decoder.decode(b"~~~")
    if "\x1b[M" not in text:
        assert arrived == text + "~~~"


@given(st.binary())
def test_no_byte_raises(data: bytes) -> None:
    decoder = TolerantDecoder()
    assert isinstance("".join(decoder.decode(bytes([byte])) for byte in data), str)


def test_mouse_reports_are_dropped_also_in_pieces() -> None:
    for cut in range(len(X10) + 1):
        decoder = TolerantDecoder()
        assert decoder.decode(b"a" + X10[:cut]).replace("\x1b[", "").replace("\x1b", "") == "a"
        rest = decoder.decode(X10[cut:] + b"b")
        assert rest.endswith("b")
        if cut >= 3:
            assert rest == "b"


def test_the_way_out_wakes_whoever_waits_for_a_key() -> None:
    # Stock Textual looks at its event every 100 ms, which is most of the 270 ms that it takes to quit.
    event = WakingEvent()

    def awake() -> bool:
        return bool(select.select([event.reader], [], [], 0)[0])

    assert not awake()
    for _ in range(2):
        event.set()
        event.set()
        assert awake()
        assert event.is_set()
        event.clear()
        event.clear()
        assert not awake()
        assert not event.is_set()

"""The banner of a screen, below its top line: what stands for whoever sits here, in the words of this screen's keys."""

from typing import TYPE_CHECKING

from textual.screen import ScreenResultType

from desk.snooze import until
from screens.action import Place
from screens.keymap import shown
from screens.seat import Seat
from widgets.banner_bar import BannerBar, BannerFacts
from widgets.bars import HeaderBar

if TYPE_CHECKING:
    from screens.desk_screen import DeskScreen

NOTED = "banner.noted"


def show(screen: "DeskScreen[ScreenResultType]", bar: BannerBar | None, place: Place) -> BannerBar | None:
    """Show what stands in the bar of a screen, which is made where there is none; a question leaves it to its page."""
    header = screen.query_one_optional(HeaderBar)
    if header is None:
        return None
    if bar is None:
        bar = BannerBar()
        screen.mount(bar, after=header)
    bar.show(banner_facts(screen.seat, place), screen.size.width or screen.app.size.width)
    return bar


def banner_facts(seat: Seat, place: Place) -> BannerFacts | None:
    """The newest banner that stands; None where none does."""
    if not seat.banners:
        return None
    row, now = seat.banners[0], seat.clock()
    # Where letters are text another key puts it away.
    keys = (each for each in seat.keymap.of[NOTED] if seat.keymap.action(place, each) is not None)
    key = next((shown(each) for each in keys), "")
    ends = ""
    if row.until is not None:
        words = until(row.until, now, seat.zone)
        ends = words if words.startswith("in ") else "until " + words
        ends = "ends " + ends if ends.startswith("in ") else ends
    return BannerFacts(row.words, row.agent, ends, len(seat.banners) - 1, key)

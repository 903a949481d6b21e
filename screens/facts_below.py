"""A page whose list has the facts of its row below, in the same place on each such page."""

from typing import ClassVar

from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from screens.facts import FactsPane
from screens.framed import FramedScreen, Shape
from screens.seat import Seat
from widgets.rows import LineList, Row


class FactsBelow(FramedScreen[Row]):
    """Subclasses fill `facts`; `facts_lines`: so many lines they have at least."""

    facts_lines: ClassVar[int] = 9

    def __init__(self, seat: Seat, lines: LineList[Row]) -> None:
        super().__init__(seat, lines)
        self.facts = FactsPane()

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.facts,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(below=max(self.facts_lines, size.height * 2 // 5))

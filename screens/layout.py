"""Which panes a terminal of some size shows. Pure; the queue's widths are those of the first paint."""

from typing import Literal, NamedTuple

from widgets.columns import SIDE_WIDTH, TWO_PANES, VIEWS_WIDTH, panes

Pane = Literal["views", "main", "side"]

# From these on the open ticket has its customer, then also the views beside it.
TICKET_AND_SIDE, TICKET_AND_VIEWS = 100, 150
WIDE_SIDE, WIDE_FROM = 38, 150
# A preview below the list has to leave enough of the list.
PREVIEW_FROM_ROWS, PREVIEW_FROM_CELLS = 34, 60


class Shown(NamedTuple):
    """Widths of the panes with their left borders, 0 where a pane is hidden; `preview` in lines."""

    views: int
    main: int
    side: int
    preview: int

    @property
    def panes(self) -> tuple[Pane, ...]:
        """The panes that are shown, from left to right."""
        named: tuple[tuple[Pane, int], ...] = (("views", self.views), ("main", self.main), ("side", self.side))
        return tuple(pane for pane, width in named if width)


def lay_out(width: int, height: int, *, reading: bool, front: Pane, layout: str = "auto") -> Shown:
    """The panes for a terminal of this size; `front` is the pane with the keys, which is always shown.

    `layout` one, two or three shows at most that many, whatever the width.
    """
    most = {"one": 1, "two": 2, "three": 3}.get(layout, 3)
    if width < TWO_PANES or most == 1:
        views, main, side = (width if front == pane else 0 for pane in ("views", "main", "side"))
        return Shown(views, main, side, _preview(main, height, reading=reading))
    shown = _reading(width, most) if reading else panes(width)
    views, side = shown.views, shown.side
    side_width = WIDE_SIDE if width >= WIDE_FROM and reading else SIDE_WIDTH
    if most == 2 and views and side:
        views, side = (views, 0) if front != "side" else (0, side)
    if front == "side" and not side:
        views, side = 0, side_width
    if front == "views" and not views:
        views, side = VIEWS_WIDTH, 0
    main = width - views - side
    return Shown(views, main, side, _preview(main, height, reading=reading))


class _Pair(NamedTuple):
    views: int
    side: int


def _reading(width: int, most: int) -> _Pair:
    side = WIDE_SIDE if width >= WIDE_FROM else SIDE_WIDTH
    return _Pair(VIEWS_WIDTH if width >= TICKET_AND_VIEWS and most == 3 else 0, side if width >= TICKET_AND_SIDE else 0)


def _preview(main: int, height: int, *, reading: bool) -> int:
    if reading or height < PREVIEW_FROM_ROWS or main < PREVIEW_FROM_CELLS:
        return 0
    return (height - 5) * 9 // 20

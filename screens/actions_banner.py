"""What can be told to every console at once: a line, its end, and that one has read it."""

from screens.action import EVERYWHERE, SCREENS, Action, Place, needs_removable

BANNERS: tuple[Action, ...] = (
    Action(
        "banner.tell", ("@",), "Banner", "Tell every console something: 30m The printer is down", SCREENS,
        command="banner", takes="WORDS",
    ),
    Action("banner.noted", ("N", "F10"), "Noted", "Put the banner at the top away", EVERYWHERE, command="noted"),
    Action("go.banners", ("g b",), "Banners", "To what everybody was told, and who has seen it", SCREENS,
           command="banners"),
    Action(
        "banner.end", ("d", "Delete"), "Take back", "Show this banner no more, anywhere", frozenset({Place.BANNERS}),
        needs_removable, command="take back", footer=3,
    ),
)  # fmt: skip

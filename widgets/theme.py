"""Heard's colours: four themes and the semantic names that every style sheet uses.

The invariant: text of any ink on any ground it may stand on has a contrast of at least 4.5, in the high-contrast
theme 7 (tests compute it). No ink is the only carrier of a meaning: each has a mark or a word beside it.
"""

from textual.theme import Theme

DEFAULT = "heard-dark"

_DARK = {
    "muted": "#a3adba",
    "faint": "#98a2b0",
    "unread": "#f2f5fa",
    "urgent": "#ff9a90",
    "late": "#ff9a90",
    "due": "#e6c274",
    "promised": "#c9b2f5",
    "good": "#93d0a0",
    "note": "#e8cf92",
    "note-background": "#2b2719",
    "agent": "#93bdf2",
    "customer": "#d6dce5",
    "link": "#7fc8de",
    "tag": "#a9bad2",
    "mark": "#7cc4d6",
    "cursor-background": "#2a3848",
    "cursor-blurred": "#222932",
    "selected": "#243329",
    "bar-background": "#1c2127",
    "rule": "#313945",
}

_LIGHT = {
    "muted": "#4d5560",
    "faint": "#555d69",
    "unread": "#0d1117",
    "urgent": "#a8201a",
    "late": "#a8201a",
    "due": "#704a00",
    "promised": "#5f37a3",
    "good": "#1b5e33",
    "note": "#644800",
    "note-background": "#f8eabf",
    "agent": "#1a569e",
    "customer": "#23272e",
    "link": "#0a5c7d",
    "tag": "#44536b",
    "mark": "#14607a",
    "cursor-background": "#d3e1f0",
    "cursor-blurred": "#e7e9ea",
    "selected": "#dcebdd",
    "bar-background": "#efede7",
    "rule": "#cfcac0",
}

_CONTRAST = {
    "muted": "#e0e0e0",
    "faint": "#d0d0d0",
    "unread": "#ffffff",
    "urgent": "#ffb3ad",
    "late": "#ffb3ad",
    "due": "#ffe08a",
    "promised": "#e0ccff",
    "good": "#a6f0b4",
    "note": "#ffe9a8",
    "note-background": "#2e2600",
    "agent": "#b5d6ff",
    "customer": "#ffffff",
    "link": "#9be7ff",
    "tag": "#d3e0f5",
    "mark": "#8ceaff",
    "cursor-background": "#002f5c",
    "cursor-blurred": "#2b2b2b",
    "selected": "#0f3d1c",
    "bar-background": "#000000",
    "rule": "#8a8a8a",
}

# The terminal's own sixteen colours: only those that people keep readable, and the default for what is quiet.
_ANSI = {
    "muted": "ansi_default",
    "faint": "ansi_default",
    "unread": "ansi_default",
    "urgent": "ansi_red",
    "late": "ansi_red",
    "due": "ansi_magenta",
    "promised": "ansi_magenta",
    "good": "ansi_green",
    "note": "ansi_magenta",
    "note-background": "ansi_default",
    "agent": "ansi_blue",
    "customer": "ansi_default",
    "link": "ansi_cyan",
    "tag": "ansi_cyan",
    "mark": "ansi_cyan",
    "cursor-background": "ansi_blue",
    "cursor-blurred": "ansi_default",
    "selected": "ansi_default",
    "bar-background": "ansi_default",
    "rule": "ansi_bright_black",
}

# What a theme of Textual's own would lack, so that a style sheet is valid under any; Heard offers only its own four.
VARIABLES: dict[str, str] = dict(_DARK)


def _quiet_fields(names: dict[str, str], *, panel: str) -> dict[str, str]:
    """Textual's own variables for inputs, borders and scroll bars, so that stock widgets look like ours."""
    return {
        **names,
        "border": names["mark"],
        "border-blurred": names["rule"],
        "input-selection-background": names["cursor-background"],
        "screen-selection-background": names["cursor-background"],
        "scrollbar": names["rule"],
        "scrollbar-hover": names["faint"],
        "scrollbar-active": names["faint"],
        "scrollbar-background": panel,
        "scrollbar-background-hover": panel,
        "scrollbar-background-active": panel,
        "scrollbar-corner-color": panel,
    }


THEMES: tuple[Theme, ...] = (
    Theme(
        name="heard-dark",
        primary="#6fb3c8",
        secondary="#93bdf2",
        accent="#e6c274",
        warning="#e6c274",
        error="#ff9a90",
        success="#93d0a0",
        foreground="#d6dce5",
        background="#15181d",
        surface="#15181d",
        panel="#1c2127",
        boost="#20262e",
        dark=True,
        variables=_quiet_fields(_DARK, panel="#15181d"),
    ),
    Theme(
        name="heard-light",
        primary="#14607a",
        secondary="#1a569e",
        accent="#704a00",
        warning="#704a00",
        error="#a8201a",
        success="#1b5e33",
        foreground="#23272e",
        background="#fbfaf7",
        surface="#fbfaf7",
        panel="#efede7",
        boost="#f4f2ec",
        dark=False,
        variables=_quiet_fields(_LIGHT, panel="#fbfaf7"),
    ),
    Theme(
        name="heard-contrast",
        primary="#8ceaff",
        secondary="#b5d6ff",
        accent="#ffe08a",
        warning="#ffe08a",
        error="#ffb3ad",
        success="#a6f0b4",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        boost="#101010",
        dark=True,
        variables=_quiet_fields(_CONTRAST, panel="#000000"),
    ),
    Theme(
        name="heard-ansi",
        ansi=True,
        primary="ansi_cyan",
        secondary="ansi_blue",
        accent="ansi_magenta",
        warning="ansi_magenta",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            **_quiet_fields(_ANSI, panel="ansi_default"),
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "block-cursor-foreground": "ansi_bright_white",
            "block-cursor-background": "ansi_blue",
            "block-hover-background": "ansi_default",
            "input-selection-foreground": "ansi_bright_white",
            "screen-selection-foreground": "ansi_bright_white",
            "scrollbar-hover": "ansi_bright_black",
            "scrollbar-active": "ansi_bright_black",
            "input-cursor-background": "ansi_default",
            "input-cursor-foreground": "ansi_default",
        },
    ),
)

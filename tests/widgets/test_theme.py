"""Every ink can be read on every ground; the sixteen colours of a terminal are used as such."""

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import Theme

from widgets.inks import GROUND_NAMES, INK_NAMES, Lines
from widgets.theme import DEFAULT, THEMES, VARIABLES

GROUNDS = {"cursor-background", "cursor-blurred", "selected", "note-background", "bar-background"}
# A rule is drawn, not read.
INKS = set(VARIABLES) - GROUNDS - {"rule"}
TRUE_COLOUR = [theme for theme in THEMES if not theme.ansi]


def luminance(colour: Color) -> float:
    """As WCAG 2 defines it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", TRUE_COLOUR, ids=lambda theme: theme.name)
def test_every_ink_can_be_read_on_every_ground(theme: Theme) -> None:
    least = 7 if theme.name == "heard-contrast" else 4.5
    grounds = {name: theme.variables[name] for name in GROUNDS} | {"background": theme.background or ""}
    inks = {name: theme.variables[name] for name in INKS} | {"foreground": theme.foreground or ""}
    poor = [
        f"{ink} on {ground}: {ratio:.2f}"
        for ink, colour in inks.items()
        for ground, below in grounds.items()
        if (ratio := contrast(Color.parse(colour), Color.parse(below))) < least
    ]
    assert poor == []


def test_a_cursor_and_a_note_can_be_told_from_the_background() -> None:
    for theme in TRUE_COLOUR:
        for name in ("cursor-background", "note-background", "selected"):
            assert contrast(Color.parse(theme.variables[name]), Color.parse(theme.background or "")) > 1.1, name


def test_the_terminals_own_colours_stay_its_own() -> None:
    (theme,) = (theme for theme in THEMES if theme.ansi)
    assert all(value.startswith("ansi_") for value in theme.variables.values())


def test_all_themes_name_the_same_things() -> None:
    for theme in THEMES:
        assert set(VARIABLES) <= set(theme.variables)
    assert DEFAULT in {theme.name for theme in THEMES}


@pytest.mark.parametrize("name", [*(theme.name for theme in THEMES), "nord"])
async def test_every_theme_draws(name: str) -> None:
    class Themed(App[None]):
        def get_theme_variable_defaults(self) -> dict[str, str]:
            return VARIABLES

    app = Themed()
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = name
    async with app.run_test():
        lines = Lines()
        await app.mount(lines)
        styles = {lines.ink(ink, ground) for ink in INK_NAMES for ground in GROUND_NAMES}
        assert len(styles) > len(GROUND_NAMES)
        assert all(style.bgcolor is not None for style in styles)

"""The console and what supervisors tell everybody: read when it changes, shown on every screen, put away by a key.

The invariants: it is shown within a second, also while somebody types; whoever may tell nobody anything hears so before
they have written it.
"""

from typing import TYPE_CHECKING

from console.alerting import Alerting
from screens.ask import Question
from screens.desk_screen import DeskScreen

if TYPE_CHECKING:
    from storage.banners import BannerRow
    from storage.deeds.by import Done


class Announcing(Alerting, inherit_bindings=False):
    """What the app does about banners."""

    def read_banners(self) -> None:
        """A banner came or went, or was put away at another console."""
        from storage.banners import standing

        me, now = self.seat.me.id, self.seat.clock()
        self.jobs.read("banners", lambda connection: standing(connection, me, now), self._banners_read)

    def attend_banners(self) -> None:
        """A second has passed: what stood until now stands no more."""
        now = self.seat.clock()
        if any(not row.stands(now) for row in self.seat.banners):
            self._banners_read(tuple(row for row in self.seat.banners if row.stands(now)))

    def _banners_read(self, found: "tuple[BannerRow, ...]") -> None:
        self.seat.banners = found
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.banners_changed()

    def action_banner_noted(self) -> None:
        """Put the newest banner away."""
        from storage.banners import put_away

        front = self.screen
        if not self.seat.banners:
            if isinstance(front, DeskScreen):
                front.notice("Nothing is told to everybody now")
            return
        row, by = self.seat.banners[0], self.seat.by()
        self.jobs.keep(lambda connection: put_away(connection, by, row.id), lambda _: self.read_banners())
        self._banners_read(self.seat.banners[1:])

    def action_banner_tell(self, text: str) -> None:
        """Tell every console something; without words they are asked for."""
        # Nobody needs these before they tell everybody something.
        from desk.banners import meaning
        from desk.roles import Right
        from storage.supervisors import require

        front, me = self.screen, self.seat.me.id or None
        if not isinstance(front, DeskScreen):
            return
        if text:
            self._tell_all(text)
            return

        def ask(_: None) -> None:
            now, zone = self.seat.clock(), self.seat.zone
            front.release_keys()
            front.ask(Question("Tell everybody", self._tell_all, reading=lambda words: meaning(words, now, zone)))

        front.hold_keys()
        self.jobs.read("may tell", lambda connection: require(connection, me, Right.BANNER), ask)

    def _tell_all(self, text: str) -> None:
        from desk.banners import parse_banner
        from storage.deeds.banners import tell_all

        by = self.seat.by()
        wanted = parse_banner(text, by.at)
        self.jobs.deed(lambda session: tell_all(session, by, wanted), self._told_all)

    def _told_all(self, done: "Done") -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.notice(done.title + ".  u undoes", "good")

    def action_go_banners(self) -> None:
        """To what everybody was told."""
        from screens.banners import BannersScreen

        self.open(BannersScreen(self.seat))

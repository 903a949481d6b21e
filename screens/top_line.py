"""The top line of every screen that has one, and what stands below it for as long as the sources are in trouble."""

from desk.times import to_datetime
from screens.seat import Seat
from widgets.bars import HeaderBar, HeaderFacts, NoticeBar


def show_top_line(header: HeaderBar, notices: NoticeBar, seat: Seat, place: tuple[str, ...], waiting: int) -> None:
    """Where we are, how the sources do, what waits in the outbox, who sits here, and the time."""
    synced = seat.standing()
    header.show(
        HeaderFacts(
            place=place,
            synced=synced.words if synced else "",
            mood=synced.mood if synced else "well",
            waiting=waiting,
            agent=seat.me.name,
            time=to_datetime(seat.clock(), seat.zone).strftime("%H:%M"),
        )
    )
    notices.stand(synced.banner if synced else "")

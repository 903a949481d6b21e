"""The top line of every screen that has one, and what stands below it for as long as the sources are in trouble.

Who has a call open sees its clock there, wherever they are.
"""

from desk.times import to_datetime
from screens.phone import stands
from screens.seat import Seat
from widgets.bars import HeaderBar, HeaderFacts, NoticeBar


def show_top_line(
    header: HeaderBar, notices: NoticeBar, seat: Seat, place: tuple[str, ...], waiting: int, *, called: bool = True
) -> None:
    """Where we are, how the sources do, what waits in the outbox, who sits here, and the time.

    Without `called` the agent's own call isn't told: the page does it.
    """
    synced, call = seat.standing(), seat.phone.call
    alarm, waits = _alarm(seat)
    header.show(
        HeaderFacts(
            place=place,
            synced=synced.words if synced else "",
            mood=synced.mood if synced else "well",
            waiting=waiting,
            agent=seat.me.name,
            state=own_state(seat),
            away=seat.company is not None and seat.company.away,
            time=to_datetime(seat.clock(), seat.zone).strftime("%H:%M"),
            alarm=alarm,
            call=stands(call, seat.clock()) if call is not None and called else "",
        )
    )
    notices.stand(" · ".join(each for each in (waits, synced.banner if synced else "") if each))


def own_state(seat: Seat) -> str:
    """What the others see of the agent who sits here; empty until they can."""
    if seat.company is None or not seat.me.id:
        return ""
    return seat.company.own_words(seat.clock(), calls=seat.phone.call is not None)


def _alarm(seat: Seat) -> tuple[str, str]:
    """What the top line says of updates that customers wait for, and what the banner does."""
    if not seat.alarms:
        return "", ""
    # Nobody needs this while no incident is open.
    from screens.incident_lines import banner, top_words

    return top_words(seat.alarms, seat.clock()), banner(seat.alarms, seat.clock())

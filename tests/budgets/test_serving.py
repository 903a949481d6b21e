"""What a front and a tab load: a front is there at once, and no tab pays for the server or the other way round."""

from pathlib import Path

from tests.loaded import loaded

SERVER = {"starlette", "uvicorn", "anyio", "websockets", "textual_serve", "aiohttp", "jinja2"}
SCREENS = {"textual", "rich", "sqlmodel", "sqlalchemy", "alembic", "pydantic", "aiohttp", "jinja2"}


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_a_front_draws_nothing_and_loads_nothing_that_draws(tmp_path: Path) -> None:
    modules = loaded("import console.serving.listen; from console.serving.pages import Files; Files.read()", tmp_path)
    assert packages(modules) & SCREENS == set()
    assert len(modules) <= 320, sorted(modules)


def test_a_tab_loads_no_server(tmp_path: Path) -> None:
    modules = loaded("import console.serving.served, console.serving.lone_board", tmp_path)
    assert packages(modules) & SERVER == set()
    assert packages(modules) & {"sqlmodel", "sqlalchemy", "alembic", "pydantic"} == set()

"""Packages of others that bring along a source, put into a folder as pip would have put them."""

from collections.abc import Mapping
from pathlib import Path

from sync.kinds import GROUP


def install(folder: Path, name: str, points: Mapping[str, str], modules: Mapping[str, str]) -> None:
    """A package with these entry points (name of a kind, and where it stands) and these modules."""
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text, encoding="utf-8")
    notes = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"{kind} = {place}" for kind, place in points.items()]
    (notes / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]), encoding="utf-8")

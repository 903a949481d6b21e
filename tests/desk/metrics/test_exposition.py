"""The numbers for other programs: Prometheus' own reader takes the text, and the JSON has what the contract names."""

import math
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as some
from prometheus_client.parser import text_string_to_metric_families

from desk.metrics.exposition import to_json, to_prometheus
from desk.metrics.registry import METRICS
from desk.metrics.snapshot import Figure, Part, Snapshot
from desk.money import Money
from desk.times import HOUR, SECOND

LATE = Figure("late", 3, 3, 3, parts=(Part("1", "Front line", 2, 2, 2), Part("2", "Billing", 1, 1, 1)))
SLOW = Figure("first_response", 2 * HOUR, 5, 5, mean=3.0 * HOUR, p50=2 * HOUR, p90=6 * HOUR)
NOBODY = Figure("next_response", None, 0, 0)
CAME_SO_FAR = Part("heard/hear", "Hear", 7, 9, 9)
WHOLE_WAY = Figure("checklists", 0.5, 8, 8, parts=(CAME_SO_FAR,))
LEFT = Figure("gestures_left", Money(12_345, "EUR"), 2, 1)


def _read(*figures: Figure) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample as Prometheus reads it, by its name and labels."""
    text = to_prometheus(_snapshot(*figures), METRICS)
    families = list(text_string_to_metric_families(text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    assert len({family.name for family in families}) == len(families)
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def _snapshot(*figures: Figure) -> Snapshot:
    return Snapshot(0, {figure.metric: figure for figure in figures})


def test_a_number_its_parts_and_its_cases_are_gauges() -> None:
    assert _read(LATE) == {
        ("heard_late", ()): 3,
        ("heard_late_by_team", (("key", "1"), ("label", "Front line"))): 2,
        ("heard_late_by_team", (("key", "2"), ("label", "Billing"))): 1,
        ("heard_late_cases", ()): 3,
    }


def test_spans_are_seconds_by_percentile_shares_are_ratios_and_money_has_its_currency() -> None:
    assert _read(SLOW, WHOLE_WAY, LEFT) == {
        ("heard_first_response_seconds", (("percentile", "50"),)): 7_200,
        ("heard_first_response_seconds", (("percentile", "90"),)): 21_600,
        ("heard_first_response_cases", ()): 5,
        ("heard_checklists_ratio", ()): 0.5,
        ("heard_checklists_by_step", (("key", "heard/hear"), ("label", "Hear"))): 7,
        ("heard_checklists_cases", ()): 8,
        ("heard_gestures_left", (("currency", "EUR"),)): 123.45,
        ("heard_gestures_left_cases", ()): 2,
    }


def test_what_has_no_value_is_absent_and_never_a_nought() -> None:
    assert _read(NOBODY) == {("heard_next_response_cases", ()): 0}
    assert to_json(_snapshot(NOBODY), METRICS, UTC)["next_response"]["value"] is None


@given(some.text(), some.text())
def test_no_text_ends_a_label_or_a_line(key: str, label: str) -> None:
    # Prometheus' reader takes lines as Python splits them; those of the text end with a line feed alone.
    figure = Figure("late", 1, 1, 1, parts=(Part(key, label, 1, 1, 1),))
    lines = to_prometheus(_snapshot(figure), METRICS).split("\n")
    (line,) = [line for line in lines if line.startswith("heard_late_by_team{")]
    (family,) = text_string_to_metric_families(line + "\n")
    (sample,) = family.samples
    assert (sample.labels, sample.value) == ({"key": key, "label": label}, 1)


@given(some.floats(0, 1), some.integers(0, 10**6))
def test_values_come_as_they_are(share: float, n: int) -> None:
    found = _read(Figure("checklists", share, n, n))
    assert math.isclose(found["heard_checklists_ratio", ()], share, abs_tol=1e-6)
    assert found["heard_checklists_cases", ()] == n


def test_the_document_says_value_cases_unit_and_formula() -> None:
    found = to_json(_snapshot(LATE, SLOW, WHOLE_WAY, LEFT), METRICS, UTC)
    told = {name: (each["value"], each["n"], each["unit"]) for name, each in found.items()}
    assert told == {
        "late": (3, 3, "count"),
        "first_response": (7_200, 5, "seconds"),
        "checklists": (0.5, 8, "share"),
        "gestures_left": ("123.45", 2, "EUR"),
    }
    assert all(found[name]["formula"] == METRICS[name].formula for name in found)
    assert [found["first_response"][name] for name in ("mean", "p50", "p90")] == [10_800, 7_200, 21_600]
    assert found["checklists"]["parts"] == [
        {"key": "heard/hear", "label": "Hear", "value": 7, "n": 9, "tickets": 9, "p50": None, "p90": None}
    ]


def test_of_a_number_of_tickets_the_spread_is_how_long_they_waited() -> None:
    waiting = Figure("waiting", 2, 2, 2, mean=1.5 * SECOND, p50=SECOND, p90=2 * SECOND)
    told = to_json(_snapshot(waiting), METRICS, UTC)["waiting"]
    assert (told["value"], told["mean"], told["p50"], told["p90"]) == (2, 1.5, 1, 2)

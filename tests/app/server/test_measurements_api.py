"""What the platform measured is asked for over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from fairlead.app.platform import Platform
from fairlead.measurements.observations import Metric, Observation, record

OCTOBER = datetime(2026, 10, 5, tzinfo=UTC).timestamp()
NOVEMBER = datetime(2026, 11, 5, tzinfo=UTC).timestamp()


def observe(platform: Platform, at: float, *waits: float, nature: str = "source") -> None:
    with platform.database.write() as unit:
        record(
            unit,
            [
                Observation(metric=Metric.WAIT, value=wait, at=at, inert=True, nature=nature)
                for wait in waits
            ],
        )


def test_the_median_wait_of_inert_changes_is_compared_month_by_month_with_n(
    client: TestClient, platform: Platform
) -> None:
    observe(platform, OCTOBER, 10.0, 30.0, 20.0)
    observe(platform, NOVEMBER, 4.0)

    answer = client.get(
        "/api/v1/measurements",
        params={
            "metric": "wait",
            "inert": "true",
            "window": ["2026-10", "2026-11", "2026-12"],
        },
    ).json()["items"]

    assert [(one["value"], one["n"]) for one in answer] == [(20.0, 3), (4.0, 1), (None, 0)]
    assert answer[0]["window"] == {"start": "2026-10-01", "end": "2026-10-31"}
    assert (answer[0]["unit"], answer[0]["condition"]) == ("s", "inert changes")


def test_kinds_are_told_apart(client: TestClient, platform: Platform) -> None:
    observe(platform, OCTOBER, 1.0, 3.0, nature="documentation")
    observe(platform, OCTOBER, 9.0)

    answer = client.get(
        "/api/v1/measurements", params={"metric": "wait", "by": "nature", "statistic": "average"}
    ).json()["items"]

    assert [(one["kind"], one["value"], one["n"]) for one in answer] == [
        ("documentation", 2.0, 2),
        ("source", 9.0, 1),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"window": "soon"},
        {"window": "9999-12"},
        {"window": "9999-12-31"},
        {"window": "0000-01"},
        {"window": "0001-01-01T00:00+23:59"},
        {"window": "2026-11-02/2026-11-01"},
        {"statistic": "vibes"},
        {"metric": "mood"},
    ],
)
def test_a_question_that_is_none_says_what_to_ask(
    client: TestClient, platform: Platform, query: dict[str, str]
) -> None:
    observe(platform, OCTOBER, 1.0)

    answer = client.get("/api/v1/measurements", params={"metric": "wait", **query})

    assert answer.status_code in ({200, 422} if "0001" in str(query) else {422})

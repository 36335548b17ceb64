"""What the outside hears of runs: CDEvents' pipelineRun and taskRun, a run and each of its checks."""

from __future__ import annotations

from fairlead.store.outbox import Event
from fairlead.workers.event_types import CHECK_FINISHED
from fairlead.workers.model import Claimed, RunState

PIPELINE = "fairlead"
"""The name that every run's pipeline has."""

_OUTCOMES = {
    RunState.PASSED: "success",
    RunState.BLOCKED: "failure",
    RunState.NOT_EVALUATED: "error",
    RunState.CANCELLED: "cancel",
    RunState.SUPERSEDED: "cancel",
    RunState.FAILED: "error",
    RunState.LOST: "error",
}
_CHECK_OUTCOMES = {"passed": "success", "failed": "failure", "not_evaluated": "error"}


def run_event(
    type_: str,
    *,
    run_id: int,
    revision_id: int,
    change_id: int,
    repository_id: int,
    state: RunState,
    attempt: int,
    at: float,
    because: str = "",
) -> Event:
    """Return what happened to a run; ``state`` is the one that it has from then on."""
    # Where the API is, nobody knows here; a name that is the same everywhere is a URI too.
    content: dict[str, object] = {"pipelineName": PIPELINE, "uri": f"urn:fairlead:runs/{run_id}"}
    if state in _OUTCOMES:
        content["outcome"] = _OUTCOMES[state]
        if because:
            content["errors"] = because
    return Event(
        type=type_,
        subject=f"runs/{run_id}",
        time=at,
        content=content,
        data={
            "run": run_id,
            "revision": revision_id,
            "change": change_id,
            "repository": repository_id,
            "state": str(state),
            "attempt": attempt,
            "because": because,
        },
    )


def check_event(
    type_: str, claimed: Claimed, check: str, *, state: str, doing: str, at: float
) -> Event:
    """Return what happened to a check of a run: it runs, it is at something else, it has an outcome."""
    content: dict[str, object] = {"taskName": check, "pipelineRun": {"id": f"runs/{claimed.run_id}"}}
    if type_ == CHECK_FINISHED:
        content["outcome"] = _CHECK_OUTCOMES.get(state, "success")
    return Event(
        type=type_,
        subject=f"runs/{claimed.run_id}/checks/{check}",
        time=at,
        content=content,
        data={
            "run": claimed.run_id,
            "revision": claimed.revision_id,
            "change": claimed.change_id,
            "repository": claimed.repository_id,
            "attempt": claimed.attempt,
            "check": check,
            "state": state,
            "doing": doing,
        },
    )

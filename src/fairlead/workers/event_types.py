"""The types of what the outside hears of runs: names alone, for those who only listen."""

from __future__ import annotations

QUEUED = "dev.cdevents.pipelinerun.queued.0.3.0"
STARTED = "dev.cdevents.pipelinerun.started.0.3.0"
FINISHED = "dev.cdevents.pipelinerun.finished.0.3.0"
CHECK_STARTED = "dev.cdevents.taskrun.started.0.3.0"
CHECK_PROGRESSED = "dev.cdeventsx.fairlead-check.progressed.0.1.0"
CHECK_FINISHED = "dev.cdevents.taskrun.finished.0.3.0"

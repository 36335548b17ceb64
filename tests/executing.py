"""Checks that execute a project's code, as simple as can be."""

from __future__ import annotations

from bench import Sample
from fairlead.checks import reports
from fairlead.checks.model import Evaluated, Evaluation, Run, Scope, View
from fairlead.checks.ready import confirm_origins, make_ready


def executing(code: str, *, name: str = "execute") -> Sample:
    """Return a check that runs Python code in each project; what that prints is its evidence."""

    def evaluate(view: View, run: Run) -> Evaluated:
        said: list[str] = []
        for environment in view.environments:
            ready = make_ready(environment, view, run)
            done = run([str(ready.python), "-c", code], cwd=ready.folder, extra_env=ready.variables)
            reports.finished(done, tool="python", codes=(0,))
            said.append(done.stdout.decode("utf-8", "replace").strip())
        return Evaluated(findings=(), evidence="\n".join(said))

    return project_check(lambda view, run: reports.evaluation(evaluate, view, run), name=name)


def run_pytest(view: View, run: Run) -> Evaluation:
    """Run each project's tests with pytest and say what they imported."""

    def evaluate(view: View, run: Run) -> Evaluated:
        said: list[str] = []
        for environment in view.environments:
            ready = make_ready(environment, view, run)
            argv = [str(ready.python), "-m", "pytest", "-q", *ready.watch]
            done = run(argv, cwd=ready.folder, extra_env=ready.variables)
            if done.code != 0:
                raise AssertionError((done.stdout + done.stderr).decode())
            said.append(confirm_origins(ready))
        return Evaluated(findings=(), evidence="\n".join(said))

    return reports.evaluation(evaluate, view, run)


def project_check(does, *, name: str = "execute", tool: str = "") -> Sample:
    """Return a check of scope ``project`` made of a function."""
    return Sample(does=does, name=name, tool=tool, scope=Scope.PROJECT, configuration=())

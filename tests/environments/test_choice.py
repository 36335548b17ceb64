"""Which environment a project's code is executed with: found, refused, made, and made out of date."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from bench import Bench, finding
from executing import executing, project_check
from fairlead.checks.model import Evaluated, Evaluation, Outcome, Run, View
from fairlead.environments.model import Declared, Terms
from projects import ROOT, SampleProject, pyproject, uv

WHERE = "import sys; print(sys.base_prefix == sys.prefix, 'environment-top' in sys.prefix)"


@pytest.fixture
def offline(bench: Bench) -> None:
    """Let uv have what it has fetched before, and no network."""
    cache = uv("cache", "dir").strip()
    bench.environ |= {"UV_OFFLINE": "1", "UV_CACHE_DIR": cache, "PATH": os.environ["PATH"]}


@pytest.fixture
def sample(project: SampleProject) -> SampleProject:
    """Return a project with a change and no environment."""
    files = {"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"}
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"}, over=files)
    return project


def test_a_tree_without_a_python_project_has_nothing_to_execute(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"pyproject.toml": "[tool.ruff]\n", "a.py": "x = 1\n"})

    (result,) = bench.run(executing("print(1)"))

    assert (result.outcome, result.because) == (Outcome.SKIPPED, "the tree has no Python project")


@pytest.mark.usefixtures("sample")
def test_a_project_without_an_environment_is_not_evaluated_with_what_gives_it_one(bench: Bench) -> None:
    bench.terms = Terms(create=False)

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == (
        "the project has no environment, and the policy forbids making one (fetch_environments = false)"
    )
    assert result.fix == "make one where fairlead looks for it: uv sync"


def test_an_environment_whose_python_is_gone_is_said_to_be_broken(
    sample: SampleProject, bench: Bench
) -> None:
    sample.make_environment()
    (sample.environment / "bin/python").unlink()
    (sample.environment / "bin/python").symlink_to("/no/python3.11")
    bench.terms = Terms(create=False)

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == (
        "the project's .venv is broken: its Python, /no/python3.11, is not there any more"
    )
    assert result.fix.startswith("make it again: rm -r .venv && uv sync")


def test_an_environment_of_another_python_is_refused(project: SampleProject, bench: Bench) -> None:
    text = pyproject().replace(">=3.11", ">=3.99")
    project.repository.commit({"pyproject.toml": text, "src/sample/__init__.py": "x = 1\n"})
    project.make_environment()
    bench.terms = Terms(create=False)

    (result,) = bench.run(executing("print(1)"))

    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == (
        f"the project's .venv has Python {version}, and the project asks for >=3.99"
    )


def test_an_environment_that_a_commit_holds_is_not_used(project: SampleProject, bench: Bench) -> None:
    project.repository.write(".gitignore", "")
    project.make_environment()
    (project.environment / ".gitignore").unlink()
    project.repository.commit({"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"})
    bench.terms = Terms(create=False)

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "has no environment" in result.because


@pytest.mark.usefixtures("offline")
def test_an_environment_is_made_from_the_lock_once_and_has_no_project_in_it(
    project: SampleProject, bench: Bench
) -> None:
    lock = (ROOT / "uv.lock").read_text()
    text = (ROOT / "pyproject.toml").read_text()
    project.repository.commit(
        {"pyproject.toml": text, "uv.lock": lock, "src/fairlead/__init__.py": "__version__ = 'tree'\n"}
    )
    bench.terms = Terms(declared={"": Declared(groups=("samples",))})

    (made,) = bench.run(executing("import fairlead, pluggy; print(fairlead.__version__)"))
    (again,) = bench.run(executing("import pluggy; print('again')", name="again"))

    assert made.outcome is Outcome.PASSED, made.because
    assert made.evidence == "tree"
    assert again.evidence == "again", again.because
    assert [doing for _, doing in bench.progress.heard if "making" in doing] == []
    assert len([p for p in (bench.folder / "cache/fairlead/environments").iterdir() if p.is_dir()]) == 1


@pytest.mark.usefixtures("offline")
def test_what_could_not_be_made_is_said_in_the_installers_words_and_costs_time_once(
    project: SampleProject, bench: Bench
) -> None:
    asks = 'dependencies = ["no-such-distribution-of-anybody"]\n'
    project.repository.commit(
        {"pyproject.toml": pyproject(more=asks), "src/sample/__init__.py": "x = 1\n"}
    )

    (first,) = bench.run(executing("print(1)"))
    (second,) = bench.run(executing("print(2)", name="second"))

    assert first.outcome is Outcome.NOT_EVALUATED
    assert first.because.startswith("no environment could be made from pyproject.toml: ")
    assert "no-such-distribution-of-anybody" in first.because
    assert second.because == first.because
    assert "making" not in " ".join(doing for _, doing in bench.progress.heard)


def test_where_the_change_alters_the_dependencies_an_environment_without_them_is_not_used(
    project: SampleProject, bench: Bench
) -> None:
    files = {"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"}
    asks = 'dependencies = ["no-such-distribution-of-anybody"]\n'
    project.repository.commit({"pyproject.toml": pyproject(more=asks)}, over=files)
    project.make_environment()
    bench.terms = Terms(create=False)

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == (
        "the change alters what the project depends on, and the project's .venv has "
        "no no-such-distribution-of-anybody in the head"
    )
    assert result.fix.startswith("uv sync, and run again")


def test_an_environment_that_is_behind_its_lock_is_used_and_said_to_be(
    project: SampleProject, bench: Bench
) -> None:
    files = {
        "pyproject.toml": pyproject(),
        "requirements.txt": "pluggy==0.0.1\n",
        "src/sample/__init__.py": "x = 1\n",
    }
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"}, over=files)
    project.make_environment()

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.PASSED, result.because
    assert any("pluggy 1." in note and "(locked: 0.0.1)" in note for note in result.notes)


def test_the_environment_that_the_policy_names_goes_before_all_others(
    sample: SampleProject, bench: Bench, tmp_path: Path
) -> None:
    other = sample.make_environment(tmp_path / "elsewhere")
    bench.terms = Terms(declared={"": Declared(python=str(other))})

    (result,) = bench.run(executing(WHERE))

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "False True"


@pytest.mark.usefixtures("sample")
def test_an_interpreter_that_is_in_no_environment_can_be_named(bench: Bench) -> None:
    bench.terms = Terms(declared={"": Declared(python=sys.executable)})

    (result,) = bench.run(executing("import pytest; print(pytest.__name__)"))

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "pytest"


def test_ignored_files_that_the_policy_names_are_brought_and_count(
    sample: SampleProject, bench: Bench
) -> None:
    sample.make_environment()
    sample.repository.write(".git/info/exclude", "*.local\n")
    sample.repository.write("settings/one.local", "first")
    bench.terms = Terms(declared={"": Declared(files=("settings/*.local",))})
    check = executing("print(open('settings/one.local').read())")

    (first,) = bench.run(check)
    (again,) = bench.run(check)
    sample.repository.write("settings/one.local", "second, which is longer")
    (second,) = bench.run(check)

    assert (first.evidence, again.cached) == ("first", True), first.because
    assert second.evidence == "second, which is longer"


def test_variables_that_the_policy_sets_are_set(sample: SampleProject, bench: Bench) -> None:
    sample.make_environment()
    bench.terms = Terms(declared={"": Declared(variables={"MODE": "testing"})})

    (result,) = bench.run(executing("import os; print(os.environ['MODE'])"))

    assert result.evidence == "testing", result.because


def test_what_was_executed_is_kept_until_the_environment_changes(
    sample: SampleProject, bench: Bench
) -> None:
    sample.make_environment()
    check = executing("print('looked')")

    bench.run(check)
    (kept,) = bench.run(check)
    uv("venv", "--quiet", "--clear", "--no-project", str(sample.environment))
    (again,) = bench.run(check)

    assert (kept.cached, again.cached) == (True, False)


@pytest.mark.usefixtures("offline")
def test_where_the_lock_changes_each_side_has_an_environment_of_its_own(
    project: SampleProject, bench: Bench
) -> None:
    lock = (ROOT / "uv.lock").read_text()
    text = (ROOT / "pyproject.toml").read_text()
    files = {"pyproject.toml": text, "uv.lock": lock, "src/fairlead/__init__.py": "__version__ = '1'\n"}
    project.repository.commit({"uv.lock": lock + "# another\n"}, over=files)
    bench.terms = Terms(declared={"": Declared(groups=("samples",))})

    def look(view: View, run: Run) -> Evaluation:
        prefixes.append(view.environments[0].prefix)
        return Evaluated(findings=(finding(view, "pyproject.toml", 1),), evidence="looked")

    prefixes: list[Path] = []
    (result,) = bench.run(project_check(look))

    assert result.outcome is Outcome.PASSED, result.because
    assert [one.new for one in result.findings] == [False]
    assert len({*prefixes}) == len(prefixes) == 2


@pytest.mark.usefixtures("offline")
def test_nothing_is_fetched_that_only_an_untrusted_change_locks(
    project: SampleProject, bench: Bench
) -> None:
    lock = (ROOT / "uv.lock").read_text()
    files = {"pyproject.toml": (ROOT / "pyproject.toml").read_text(), "uv.lock": lock}
    project.repository.commit({"uv.lock": lock + "# another\n"}, over=files)
    bench.terms = Terms(untrusted=True)

    (result,) = bench.run(executing("print(1)"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "what an untrusted change locks is not fetched" in result.because
    assert not (bench.folder / "cache/fairlead/environments").exists()


WHEEL = {
    "mini/__init__.py": "said = 'mini from its wheel'\n",
    "mini-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: mini\nVersion: 1.0\n",
    "mini-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "mini-1.0.dist-info/RECORD": "",
}


@pytest.fixture
def wheel(bench: Bench, tmp_path: Path) -> Path:
    """Return a wheel of a package ``mini``, in the only folder that uv may install from."""
    place = tmp_path / "wheels" / "mini-1.0-py3-none-any.whl"
    place.parent.mkdir()
    with zipfile.ZipFile(place, "w") as archive:
        for name, text in WHEEL.items():
            archive.writestr(name, text)
    bench.environ |= {"UV_OFFLINE": "1", "UV_FIND_LINKS": str(place.parent)}
    return place


@pytest.mark.parametrize("kind", ["poetry.lock", "pylock.toml", "requirements.txt", "pyproject.toml"])
def test_an_environment_is_made_from_what_a_project_has_instead_of_a_uv_lock(
    project: SampleProject, bench: Bench, wheel: Path, kind: str
) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    place = f'{{ url = "{wheel.as_uri()}", hashes = {{ sha256 = "{digest}" }} }}'
    manifest = pyproject()
    if kind == "pyproject.toml":
        manifest = manifest.replace("[project]\n", '[project]\ndependencies = ["mini"]\n')
    package = '[[package]]\nname = "mini"\nversion = "1.0"\noptional = false\ngroups = ["main"]\n'
    locks = {
        "poetry.lock": f'{package}\n[metadata]\nlock-version = "2.1"\n',
        "pylock.toml": 'lock-version = "1.0"\ncreated-by = "a test"\n\n[[packages]]\nname = "mini"\n'
        f'version = "1.0"\nwheels = [{place}]\n',
        "requirements.txt": "mini==1.0\n",
    }
    files = {"pyproject.toml": manifest, "src/sample/__init__.py": "x = 1\n"}
    files |= {name: text for name, text in locks.items() if name == kind}
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"}, over=files)

    (result,) = bench.run(
        executing("import mini, sys; print(mini.said, sys.prefix != sys.base_prefix)")
    )

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "mini from its wheel True"


BACKEND = """\
import zipfile

def build_wheel(folder, settings=None, metadata=None):
    with zipfile.ZipFile(f"{folder}/raw-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("raw.py", "said = 'raw, built'\\n")
        about = "raw-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\\nName: raw\\nVersion: 1.0\\n")
        tag = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        archive.writestr(f"{about}/WHEEL", tag)
        archive.writestr(f"{about}/RECORD", "")
    return "raw-1.0-py3-none-any.whl"
"""
SOURCE = {
    "raw-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: raw\nVersion: 1.0\n",
    "raw-1.0/backend.py": BACKEND,
    "raw-1.0/pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = 'backend'\n"
    "backend-path = ['.']\n\n[project]\nname = 'raw'\nversion = '1.0'\n",
}


@pytest.fixture
def needing_source(project: SampleProject, bench: Bench, wheel: Path) -> SampleProject:
    """Return a project that asks for one package that has a wheel and one that has none."""
    with tarfile.open(wheel.parent / "raw-1.0.tar.gz", "w:gz") as archive:
        for name, text in SOURCE.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    manifest = pyproject(more='dependencies = ["mini", "raw"]\n')
    project.repository.commit(
        {"src/sample/__init__.py": "x = 2\n"},
        over={"pyproject.toml": manifest, "src/sample/__init__.py": "x = 1\n"},
    )
    return project


@pytest.mark.parametrize("kind", ["pyproject.toml", "uv.lock"])
def test_what_has_no_wheel_is_built_when_the_policy_names_it_and_else_the_line_is_told(
    needing_source: SampleProject, bench: Bench, wheel: Path, kind: str
) -> None:
    if kind == "uv.lock":
        folder = needing_source.repository.folder
        find = ("--no-index", "--find-links", str(wheel.parent))
        uv("lock", "--quiet", "--offline", "--project", str(folder), *find)
        lock = (folder / "uv.lock").read_text()
        needing_source.repository.commit({"src/sample/__init__.py": "x = 3\n"}, over={"uv.lock": lock})
    check = executing("import mini, raw; print(mini.said, raw.said)")

    (refused,) = bench.run(check)
    bench.terms = Terms(declared={"": Declared(from_source=("Raw",))})
    (result,) = bench.run(check)

    assert refused.outcome is Outcome.NOT_EVALUATED
    assert refused.fix.startswith(
        'let it be built, in fairlead.toml: [environment] from_source = ["raw"]; or make one by hand'
    ), refused
    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "mini from its wheel raw, built"

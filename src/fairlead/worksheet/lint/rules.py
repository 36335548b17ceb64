"""The rules with their codes: what each looks at, why it matters and says who, and how to mend it."""

from __future__ import annotations

from fairlead.worksheet.lint import (
    arithmetic,
    conditions,
    consistency,
    figures,
    shape,
    shares,
    targets,
    voice,
)
from fairlead.worksheet.lint.model import Rule, Weight

SWITCH_OFF = "WS001"
"""The code of what is said about a switch-off itself; it can't be switched off."""

_METHOD = "the STAR method as the worksheet gives it"
_INTERVIEW = (
    "Levashina, Hartwell, Morgeson and Campion (2014), The structured employment interview,"
    " Personnel Psychology 67"
)
_RISK = (
    "Gigerenzer, Gaissmaier, Kurz-Milcke, Schwartz and Woloshin (2007), Helping doctors and patients"
    " make"
    " sense of health statistics, Psychological Science in the Public Interest 8"
)
_NEVER_INVENT = '"Unknown" is a good answer: say so, and how one could find out'
_BENCHMARKS = "Hoefler and Belli (2015), Scientific benchmarking of parallel computing systems, SC '15"

RULES = (
    Rule(
        code="WS101",
        name="missing",
        weight=Weight.ERROR,
        title="a part of STAR is missing",
        why="a listener who marks an answer looks for all four parts and marks what is there",
        how="add the section; one sentence is a start",
        source=f"{_METHOD}; {_INTERVIEW}",
        silent="Lesson, Follow-ups, Extra details and Notes may be missing.",
        look=shape.missing_sections,
    ),
    Rule(
        code="WS102",
        name="cut-off",
        weight=Weight.ERROR,
        title="a section ends in mid-sentence",
        why="the end of a section is what is remembered of it",
        how="finish the sentence, or put its full stop",
        source=_METHOD,
        silent="Lists, and stories that leave out full stops throughout.",
        look=shape.cut_off,
    ),
    Rule(
        code="WS103",
        name="repeated",
        weight=Weight.WARNING,
        title="a sentence stands in two sections",
        why="told aloud it sounds like a slip, and costs time that the rest needs",
        how="keep it where it belongs and start the other section with what is new",
        source=_METHOD,
        silent="Sentences of fewer than six words, and what is only alike.",
        look=shape.repeated,
    ),
    Rule(
        code="WS104",
        name="thin-action",
        weight=Weight.WARNING,
        title="Action is a small part of the story",
        why="what you did is what is being assessed; the method gives it most of the time",
        how="shorten the longest part, and say in Action what you did step by step and why",
        source=f"{_METHOD}: 5 to 6 of 7 to 10 minutes",
        silent="Actions of 40 % or more, or that are the longest part; stories under 40 words.",
        look=shape.thin_action,
    ),
    Rule(
        code="WS105",
        name="lesson",
        weight=Weight.WARNING,
        title="the question asks what you learned, and the story doesn't say",
        why="it is a part of the question, and the part that shows judgement",
        how="add ## Lesson: what you would do differently, in one or two sentences",
        source=_METHOD,
        silent="Stories whose front matter names no question, and questions that don't ask for it.",
        look=shape.no_lesson,
    ),
    Rule(
        code="WS201",
        name="we",
        weight=Weight.WARNING,
        title='"we" does the work',
        why="a listener can only credit what you did yourself",
        how='say "I" for what you did, and name who did the rest: "Ana wrote the tests"',
        source=f'{_METHOD}: use the word "I", not "we", when describing actions',
        silent='"So that we could", "which we had", what was done together, "we" that only has or saw.',
        look=voice.we_for_i,
    ),
    Rule(
        code="WS301",
        name="no-number",
        weight=Weight.WARNING,
        title="Result has no figure",
        why="without one the listener can't tell a large result from a small one",
        how=f"say how much, how many or how often. {_NEVER_INVENT}",
        source=f"{_METHOD}: provide examples using metrics or data",
        silent='"None since May", and results that say they are unknown.',
        look=figures.no_number,
    ),
    Rule(
        code="WS302",
        name="baseline",
        weight=Weight.WARNING,
        title="a change in per cent without its before and after",
        why="50 % of two is one; a share without its base makes small and large changes look alike",
        how=f"say from what to what, with the unit. {_NEVER_INVENT}",
        source=_RISK,
        silent="Changes whose before and after stand nearby, or whose thing has a figure elsewhere.",
        look=figures.baseline,
    ),
    Rule(
        code="WS303",
        name="share",
        weight=Weight.NOTE,
        title="a share without how many there were",
        why="85 % of seven answers and of seven hundred are not equally sure",
        how=f'say of how many: "34 of 40". {_NEVER_INVENT}',
        source=_RISK,
        silent="Levels such as uptime or CPU use, shares of time and money, and 99 % or more.",
        look=shares.share,
    ),
    Rule(
        code="WS304",
        name="arithmetic",
        weight=Weight.ERROR,
        title="figures that can't all be right",
        why="a listener who calculates along stops believing the rest",
        how="calculate it again from the two figures, and say which one is right",
        source=_METHOD,
        silent='Rounding, "about", and claims that are about something else in the sentence.',
        look=arithmetic.arithmetic,
    ),
    Rule(
        code="WS305",
        name="faster",
        weight=Weight.WARNING,
        title='"per cent faster" can mean two things',
        why="60 % faster is 60 % less time to one listener and 38 % less to another",
        how=f"say both times: from 50 to 20 minutes. {_NEVER_INVENT}",
        source=_BENCHMARKS,
        silent="Where the two times stand beside it.",
        look=figures.faster,
    ),
    Rule(
        code="WS306",
        name="statistic",
        weight=Weight.WARNING,
        title="before and after are not the same statistic or condition",
        why="a worst case against an average shows a change even where nothing changed",
        how="give both as the same statistic under the same condition, or say that they differ",
        source=_BENCHMARKS,
        silent="Figures that only one side says more about, but for a before at the peak.",
        look=conditions.changed_statistic,
    ),
    Rule(
        code="WS307",
        name="vague",
        weight=Weight.WARNING,
        title="an adverb instead of a figure",
        why='"significantly" means something else to each listener',
        how=f"say how much, or leave the adverb out. {_NEVER_INVENT}",
        source="Moxey and Sanford (1993), Communicating quantities",
        silent="Sentences that have a figure, and sections other than Result.",
        look=voice.vague,
    ),
    Rule(
        code="WS308",
        name="window",
        weight=Weight.NOTE,
        title="figures without their time",
        why="a good week and a good year are different results",
        how=f"say when, or over how long: in the following quarter, since May. {_NEVER_INVENT}",
        source=_BENCHMARKS,
        silent="Results with any date or period, and how long your own work took.",
        look=figures.no_window,
    ),
    Rule(
        code="WS309",
        name="source",
        weight=Weight.NOTE,
        title="figures without their source",
        why='"how do you know?" is the follow-up that is asked most',
        how="say who or what counted: the build server's log, a survey of 40."
        " An estimate that is called one is fine, too",
        source=_INTERVIEW,
        silent="A source in Result, Lesson or the evidence, whatever may be one, or a tool that Action"
        " took figures from; how long your own work took.",
        look=figures.no_source,
    ),
    Rule(
        code="WS310",
        name="target",
        weight=Weight.WARNING,
        title="Task sets a target that Result doesn't come back to",
        why="the listener waits for it; a target missed and told openly is better than one forgotten",
        how="say in Result where it stood against the target, also when it was missed or not measured",
        source=f"{_METHOD}: bring it full circle",
        silent='Targets without a figure, and results that say "on time" or "as planned".',
        look=targets.unanswered_target,
    ),
    Rule(
        code="WS311",
        name="comparator",
        weight=Weight.NOTE,
        title="better than nobody in particular",
        why="a comparison with others counts when one knows who they are and what theirs was",
        how="name them and their figure, or compare with your own before",
        source=_BENCHMARKS,
        silent="Comparisons with a named group or with an earlier time.",
        look=figures.comparator,
    ),
    Rule(
        code="WS312",
        name="contradiction",
        weight=Weight.ERROR,
        title="the same thing has two figures",
        why="a listener who notices asks which one is true, and not about your work",
        how="check both, and keep the right one in both places",
        source=_METHOD,
        silent="Parts of a whole, and things that a word or a clause tells apart.",
        look=consistency.contradiction,
    ),
    Rule(
        code="WS313",
        name="scale",
        weight=Weight.NOTE,
        title="Situation has no figure",
        why="without the scale the listener can't tell how hard it was",
        how=f"say how many, how often or how large. {_NEVER_INVENT}",
        source=f"{_METHOD}: enough detail to understand the complexities",
        silent="Any figure in Situation, a duration or a round one included.",
        look=figures.no_scale,
    ),
    Rule(
        code="WS401",
        name="confidential",
        weight=Weight.ERROR,
        title="a name from your confidential list",
        why="you decided that it must not leave",
        how='say what it is instead: "a retail client", "our largest product"',
        source="your own confidential.txt",
        silent="Notes, which are never spoken or exported.",
        look=voice.confidential,
    ),
)
"""Every rule, in the order of the codes."""

BY_CODE = {rule.code: rule for rule in RULES}

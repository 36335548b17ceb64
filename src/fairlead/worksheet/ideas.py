"""Ideas that interviews turn on, and the words by which a question or a story shows them.

Each idea has wordings that count on both sides, wordings of questions alone ("asked") and of stories
alone ("told"): nobody asks about a rota, and few stories contain the word *conflict*. Wordings are
compared by their stems, so that one form stands for all; a phrase counts when its words follow each
other, common words left out. The list is our own, drawn from what behavioural interviews ask about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One idea by its name, which is also the word that explains a match to a reader."""

    name: str
    both: tuple[str, ...]
    asked: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def _idea(name: str, both: str, *, asked: str = "", told: str = "") -> Idea:
    both_, asked_, told_ = (
        tuple(part.strip() for part in wordings.replace("\n", " ").split(",") if part.strip())
        for wordings in (both, asked, told)
    )
    return Idea(name=name, both=both_, asked=asked_, told=told_)


IDEAS: tuple[Idea, ...] = (
    _idea(
        "a failure",
        "fail, failure, failing, mistake, error of mine, wrong, misjudged, regret, blunder, setback",
        asked="mess up, screw up, went badly, didn't go as planned, disappointment, off the rails, "
        "fell short, weakness, bad judgement, judgement call, learned the hard way, "
        "unsuccessful, do differently, done better, flop, backfire",
        told="should have, hadn't tested, my fault, our mistake, missed, withdrew, late, would "
        "call, had planned without, too tightly, broke, lost, rolled back, =differently, "
        "failed",
    ),
    _idea(
        "owning a mistake",
        "admit, own up, apologise, apologize, apology, sorry, confess, come clean, "
        "=accountable, vulnerable, self-critical, put it right",
        asked="your mistake, mistake, error, take responsibility, responsible for, blame, messed "
        "up, bad light, wrong",
        told="our mistake, my mistake, told my boss, told the board, acknowledge, although nobody "
        "had asked, withdrew my, I sent the wrong, wrong",
    ),
    _idea(
        "a missed date",
        "deadline, late, delay, slip, overrun, behind schedule, missed date, postponed, promised date",
        asked="commitment you could not keep, not meet a commitment, broke a promise, ran over, "
        "keep a promise, didn't deliver, estimate, commitment, schedule, off the rails, off "
        "track, went wrong",
        told="days after, weeks late, weeks later, the date, three weeks late, original deadline, "
        "after the date, later than, opened late, timeline, had promised, slipped, behind, "
        "promised",
    ),
    _idea(
        "planning",
        "plan, schedule, estimate, timeline, milestone, roadmap, reserve, buffer, forecast",
        asked="organise your work, optimistic, prepare",
        told="work packages, trial run, weeks before, sampled",
    ),
    _idea(
        "time pressure",
        "deadline, tight, urgent, quickly, rush, hurry, within days, within minutes, at short "
        "notice, pressure",
        asked="speed, quick, fast, move fast, little time, time to gather, stress, under pressure, "
        "on fire, critical moment",
        told="within days, twenty minutes, weeks before, in ten weeks, on the day, same day, five "
        "weeks, last minute, had to answer",
    ),
    _idea(
        "deciding without all the facts",
        "incomplete, uncertain, uncertainty, ambiguous, ambiguity, unknown, risk, gamble, "
        "bet, reversible, undone",
        asked="calculated risk, decision, without enough information, all the facts, limited data, "
        "gather, unclear, judgement, call, not all options, on your own, guess, decide",
        told="decided, went ahead, without the full, would have taken, trial, undo, knowing that",
    ),
    _idea(
        "acting without permission",
        "without approval, without asking, on my own, took charge, could not be reached, "
        "couldn't be reached, unreachable, superiors, went ahead",
        asked="without your manager, without consulting, manager's approval, autonomy, "
        "independently, decision alone, own initiative, without permission, boss away",
        told="without orders, didn't wait, left the decision",
    ),
    _idea(
        "initiative beyond the role",
        "initiative, volunteer, beyond my role, outside, nobody's job, not my job, wasn't my "
        "job, no team, belonged to no, proactive, ownership",
        asked="above and beyond, proactively, remit, without being asked, extra mile, "
        "responsibility, self-starter, stepped up, took the lead, no one else, not within, "
        "area of responsibility, took on, took ownership, took initiative, not your job",
        told="nobody had asked, nobody was responsible, no one had asked, although nobody, offered "
        "to, took it on beside, wasn't in my goals, nobody owned, took on, not assigned, "
        "wasn't assigned, isn't my, extra hours, beside my usual work",
    ),
    _idea(
        "conflict",
        "conflict, argument, dispute, quarrel, clash, tension, tense, friction, fight, "
        "disagree, hostile, feud",
        asked="mediate, mediator, difficult relationship, difficult person, difficult colleague, "
        "get along, confrontation, opposing, deadlock, stakeholder, differing",
        told="angry, stopped talking, neither would, give way, argue, answer each other, resisted, "
        "refused, distrust, hurt, each of them alone, shouted, frustrated",
    ),
    _idea(
        "agreement between sides",
        "agree, agreement, compromise, consensus, mediate, negotiate, negotiation, settle, "
        "reconcile, common ground, both sides, middle ground, deal",
        asked="bring people together, opposing views, resolve, alignment, align, deadlock, win-win",
        told="brought them together, both wanted, both signed, in return, offered, met each, what "
        "they agreed",
    ),
    _idea(
        "disagreeing openly",
        "disagree, dissent, object, oppose, against, pushed back, push back, challenge, said "
        "no, refuse, contradict, speak up, spoke up, minority, outvoted",
        asked="stood up to, stand up, backbone, unpopular, lose an argument, your boss, difference "
        "of opinion, argue, question a decision, saying no, say no, conviction, resist "
        "pressure, unrealistic",
        told="I kept to it, only one against, holding up, lost the vote, told him openly, turned "
        "down, turning down, argued my case, stopped the shipment, resisted, would not, had "
        "already said yes",
    ),
    _idea(
        "committing after losing",
        "commit, backed it, support it anyway, supported the decision, stood behind, went along",
        asked="disagree and commit, lost an argument, lose an argument, argued against, decision "
        "you did not agree, support it, wasn't your choice, overruled, support anyway, "
        "despite disagreeing",
        told="lost the vote, from then on, worked for the decision, backed it in public, though I "
        "would have, outvoted",
    ),
    _idea(
        "influence without authority",
        "influence, persuade, convince, win over, buy-in, talked into, get on board, "
        "coalition, alliance, =lobbied",
        asked="without authority, don't report to you, sceptical, skeptical, reluctant, "
        "stakeholder, get support, bring along, advocate, sell an idea, pitch, get people to, "
        "=critic, motivate, employees over, critics, winning over, win over",
        told="persuaded, convinced, let them choose, showed it, brought them, let the most, "
        "presented it, showed them, got them",
    ),
    _idea(
        "change and resistance",
        "change, resistance, resist, transition, reorganise, reorganisation, reluctant, "
        "sceptical, skeptical, fear, unpopular, concerns, adoption, adopt",
        asked="change in direction, announce, uncertainty, adapt, adapting, buy-in, roll out, pushback",
        told="new policy, discontinue, feared, afraid, complain, refused, complicated, shift "
        "pattern, hesitant",
    ),
    _idea(
        "bad news",
        "bad news, announce, announcement, disappoint, discontinue, layoff, lose their jobs, "
        "redundancy",
        asked="deliver bad news, difficult message, difficult conversation, hard conversation, "
        "unpopular, slip, shut down, shut something down, sunset, tough conversation, "
        "transparent",
        told="told her, told him, on the same day, would end, was to announce, what I knew, might "
        "be missing, escalated",
    ),
    _idea(
        "candour",
        "candid, honest, transparent, frank, straightforward, truth, plain words, integrity, "
        "openly, openness, honestly, =open",
        asked="earn trust, trust, difficult truth, rebuild, confidence",
        told="told openly, openly, said what I knew, frankly, didn't defend, did not defend, explained",
    ),
    _idea(
        "keeping people informed",
        "inform, communicate, status, update, stakeholder, escalate, escalation, flagged, "
        "early warning",
        asked="communicate, expectations, keep informed, risk early, raise a risk, report, "
        "transparency",
        told="told the, short status, on the same day, documented, showed her, regular updates, "
        "options, closely updated",
    ),
    _idea(
        "feedback received",
        "feedback, criticism, criticise, review, critique, harsh, remarks",
        asked="tough feedback, constructive criticism, stung, weakness, blind spot, improve "
        "yourself, develop yourself, negative feedback, receive feedback, area of "
        "improvement, from a peer, wrong about yourself",
        told="colleague wrote, yearly review, was hurt, asked three people, about myself, my first "
        "attempt",
    ),
    _idea(
        "feedback given",
        "feedback, candidly, frankly, performance review, honest with",
        asked="gave feedback, give feedback, you gave, difficult feedback, hard conversation, tough "
        "conversation, direct report, subordinate, underperform, conversation with",
        told="told her candidly, told him, habits worried me, said frankly, read as contempt, we "
        "rewrote",
    ),
    _idea(
        "self-knowledge",
        "self-aware, weakness, habit, bias, assumption, blind spot, prejudice, reflect, doubt",
        asked="about yourself, wrong about, own assumptions, strengths, your own, discover your, "
        "fair, disprove, improve on, believed",
        told="about myself, whether it was true, why I might be wrong, =counted",
    ),
    _idea(
        "fairness and inclusion",
        "fair, unfair, bias, equal, equity, inclusion, inclusive, diverse, diversity, "
        "discriminate, discrimination",
        asked="quieter people, heard, accessible, accessibility, underrepresented, belong, culture, "
        "justice, quiet",
        told="fair chance, unequal, all voices",
    ),
    _idea(
        "developing people",
        "mentor, coach, develop, teach, train, grow, career, onboard, apprentice, trainee, "
        "promote, promotion",
        asked="helped somebody, junior, underperformer, direct report, delegate, potential, "
        "succeeded, best out of people, team member, developing, employee, raise performance, "
        "written off, believe in, talent, invest in",
        told="newcomer, graduate, probation, paired with, juniors, let her drive, gave him the, "
        "lead the, promoted, struggling, handed her, intern, newer team members, knowledge "
        "transfer, workshops",
    ),
    _idea(
        "a struggling colleague",
        "underperform, struggle, demotivated, low performer, giving up, given up, falling "
        "behind, disengaged, morale",
        asked="turned around, motivate, written off, low performance, junior member, difficult team "
        "member, employee",
        told="close to failing, stopped asking, passed over, only what he was told, probation, "
        "held her back, let him go, exhausted",
    ),
    _idea(
        "hiring",
        "hire, recruit, interview candidates, hiring, headcount, selection, =candidates, =candidate",
        asked="build a team, best people, raise the talent",
        told="engineers hired, new hire, applicants",
    ),
    _idea(
        "wellbeing at work",
        "burnout, exhausted, overwork, workload, wellbeing, well-being, morale, safe, sick "
        "leave, stress, health of the team",
        asked="working life, work-life, employees happy, support your team, empathy, =environment",
        told="overtime, tired, sick, feared being, worn out, on their own, swap, no one does more, "
        "rest, days off",
    ),
    _idea(
        "leading a team",
        "lead, leader, leadership, team, manage, coordinate, delegate, head of",
        asked="led a team, leadership, motivate, people who don't report, direct, organise, "
        "organised a group, align",
        told="my team, led the, handed her, arranged, coordinated, shared the work, paired people",
    ),
    _idea(
        "teamwork",
        "team, collaborate, collaboration, cooperate, cross-functional, partner, joint, "
        "colleagues, jointly",
        asked="teamwork, other departments, other teams, across teams, worked with, team player, "
        "cross team",
        told="worked with, brought together, other departments, five teams, accountants, security and",
    ),
    _idea(
        "organising volunteers",
        "volunteer, unpaid, charity, community, shelter, nonprofit, free time, spare time",
        asked="not paid, outside work, outside your job, extracurricular, give back",
        told="beside my",
    ),
    _idea(
        "staffing",
        "staff, staffing, understaffed, shortage, shifts, rota, capacity, headcount, absent, "
        "fell ill, illness",
        asked="short of people, key person, falls away, lack of people, left the team, sudden absence",
        told="replacement, empty shifts, could not staff, sick",
    ),
    _idea(
        "customers and users",
        "customer, client, user, guest, patient, passenger, subscriber, caller, reader, "
        "visitor, consumer, buyer",
        asked="people you serve, service, audience, end user, customer obsession, people on the phone",
        told="students, audience, staff, children, elderly, members, developers",
    ),
    _idea(
        "a difficult customer",
        "angry, upset, unhappy, furious, rude, complain, complaint, dissatisfied, frustrated, "
        "shout, =demanding",
        asked="difficult customer, difficult client, difficult interaction, difficult guest, calm, "
        "calmed, de-escalate, let a client down, win back, loyalty, recover, complaint, win a "
        "customer back",
        told="apologised, our mistake, frustrated, hung up, client complaints",
    ),
    _idea(
        "understanding needs",
        "need, needs, listen, observe, interview, watch, understand, want, pain points, unmet",
        asked="really need, really want, anticipate, see for yourself, find out what, discover, "
        "empathy, unspoken, =demand, listened to, people use your product, use your product, "
        "how people use",
        told="watched, sat in on, asked what, interviewed, telephoned, ask when, asked them, asked "
        "three, drew three, sort, let the, what they feared, what put them, complaints, "
        "complained, listened",
    ),
    _idea(
        "great service",
        "service, delight, above and beyond, extra mile, care, courtesy, =hospitality, =thoughtful",
        asked="excellent, exceed expectations, satisfied, exceptional, more for a user, did more",
        told="myself, satisfaction, =personally, paid for, went out of my, stayed late, thank-you",
    ),
    _idea(
        "simplifying",
        "simple, simplify, simpler, easier, easy, streamline, reduce steps, lean, leaner, "
        "complicated, complex, remove, removed, fewer, shorten, shorter",
        asked="complexity, usability, complex problem, cluttered, removing features, efficient, "
        "user friendly, bloated, cut steps, cut complexity",
        told="throwing away, all but, nobody reads, found it complicated, shortened, cut the",
    ),
    _idea(
        "bureaucracy",
        "bureaucracy, red tape, paperwork, form, approval, signature, rule, policy, "
        "procedure, script, process",
        asked="hoops, always been done, made sense, outdated, pointless, overhead, challenge the "
        "way, question a rule, way things, tradition, status quo, inefficient",
        told="had to read, required, sign, compliance, never been refused, blocked, mandatory, "
        "overly strict",
    ),
    _idea(
        "process improvement",
        "process, workflow, improve, efficiency, efficient, automate, automation, faster, "
        "optimise, optimize, script",
        asked="save time, saved time, made leaner, waste, better way, improvement, saved people, "
        "manual work, =productivity, =productive",
        told="same day, took weeks, rewrote, wrote a script, minutes instead, by hand, fell from, "
        "went from, =automatically",
    ),
    _idea(
        "status quo",
        "status quo, always been, content with, good enough, satisfied, taken for granted, normal",
        asked="unsatisfied, challenge the way, others were satisfied, everybody else, already good, "
        "comfortable, complacent",
        told="thought normal, praised, formally within, nobody had asked, was considered, "
        "accepted, sufficient, nobody complained, passed our limits, within tolerance",
    ),
    _idea(
        "innovation",
        "innovate, innovation, invent, invention, creative, new idea, novel, original, "
        "prototype, unusual",
        asked="innovative, out of the box, idea of yours, unconventional, creativity, built from "
        "nothing, think differently",
        told="designed, had never been, paradigm, new way, wrote a small, invented, prototype, "
        "from scratch, homemade, =patent, workaround",
    ),
    _idea(
        "thinking big",
        "vision, bold, ambitious, ambition, long-term, strategy, strategic, big picture, "
        "future, transform, large",
        asked="think big, far beyond, beyond your own, opportunity, biggest project, leadership "
        "idea, scale up, long term",
        told="imagined, everybody, opened since, rather than our, =founded, all of the, the whole, "
        "whole company, whole region, every team, millions",
    ),
    _idea(
        "an unseen opportunity",
        "opportunity, gap, unmet, overlooked, potential, untapped, niche",
        asked="nobody else saw, others missed, saw that it could, spot",
        told="nobody knew, nobody was responsible, nobody asked, saw that, data showed, had never",
    ),
    _idea(
        "a trial",
        "trial, pilot, experiment, test group, beta, prototype, proof of concept, try out, tried, test",
        asked="prove a point, hypothesis, validate, running an experiment, run an experiment, a/b, "
        "iterate, experiment",
        told="one group, a week in which, for two months, four weeks, for a week, tried it, first "
        "phase",
    ),
    _idea(
        "quality",
        "quality, standard, bar, defect, excellence, perfection, flaw, tolerance, thorough, craft",
        asked="good enough, compromise, raise the bar, higher standard, settle, highest standards, "
        "uncompromising, attention to detail, mediocre",
        told="not satisfied, within tolerance, refused to settle, far beyond, inspectors",
    ),
    _idea(
        "stopping something",
        "stop, halt, cancel, cancelled, block, refuse, veto, withdraw, shut, call off, turn "
        "down, discontinue",
        asked="say no, said no, hold back a release, shut down, drop, pull the plug, end a project, "
        "walk away",
        told="stopped the shipment, turning down, would not, sent back, sending back, withdrew, "
        "put a stop, called off",
    ),
    _idea(
        "prevention",
        "prevent, safeguard, precaution, recurrence, monitor, alert, catch, caught, recur, "
        "probe, guard, preview",
        asked="come back, coming back, happen again, before it reached, lesson learned, put in "
        "place, never again, fix it for good",
        told="added a, before the next, has stopped, stays fixed, wrote up the cause",
    ),
    _idea(
        "root cause",
        "root cause, cause, diagnose, investigate, trace, track down, dig, digging, analyse, "
        "analyze, debug, reproduce",
        asked="dive deep, get to the bottom, bug, mystery, troubleshoot, complex problem, in-depth, "
        "figure out, intermittent, recurring, issue, details, hardest problem, detective, "
        "explanation, puzzle, hardest bug, tracked down, tricky bug",
        told="compared, line by line, found nothing, found that, saw that, =counted, wrote down "
        "every, discovered, reproduced, only machines, isolated, narrowed down, bisected, "
        "stack trace, profiled, noticed that",
    ),
    _idea(
        "an outage",
        "outage, incident, crash, emergency, crisis, breakdown, on call, downtime, production issue",
        asked="put out a fire, on fire, =production, firefight, disaster, urgent problem, =critical "
        "problem, something broke",
        told="nobody on call knew, restarted, timeouts, broke, stuck, failed",
    ),
    _idea(
        "evidence and data",
        "data, measure, metric, evidence, figures, numbers, statistics, analyse, analyze, "
        "analysis, calculate, logged",
        asked="data-driven, quantify, fact-based, prove, use of data, back up",
        told="=counted, logged, per cent, percent, interviewed, compared, records, study, =timed",
    ),
    _idea(
        "changing one's mind",
        "changed my mind, reconsider, wrong, withdraw, revise, open-minded, second thoughts",
        asked="changed your mind, change your mind, seek out opinions, opinions that differ, "
        "disconfirm, assumptions, right a lot, judgement, disprove, differing perspectives, "
        "believed",
        told="withdrew, looked for reasons, who disagreed, might be wrong, doubt, altered, my "
        "forecast, after hearing",
    ),
    _idea(
        "learning",
        "learn, study, teach myself, taught myself, course, curious, curiosity, self-taught, "
        "skill, practice, =book, =books, tutorial",
        asked="new skill, from scratch, expertise, comfort zone, keep up, up to date, develop "
        "yourself, unfamiliar, knowledge, own time, coolest thing, acquire, become an expert, "
        "subject matter, self-improvement, taught yourself, teach yourself, something new, "
        "learn about, study in your own time",
        told="evening class, evenings, worked through, had never held, no background, manuals, "
        "nobody in the company knew, first attempt, beginners, read about, reading up, a "
        "book, certificate, worked my way",
    ),
    _idea(
        "unfamiliar ground",
        "unfamiliar, unqualified, first time, inexperienced, out of my depth, deep end, "
        "newest, beginner, never done",
        asked="comfort zone, thrown in, felt unqualified, without experience, steep, new area, new "
        "field, no idea, comfort area, outside of your",
        told="no background, had never, for the first time, newest there, nobody knew",
    ),
    _idea(
        "saving money",
        "money, cost, costs, budget, save, saving, cheap, cheaper, expense, expensive, spend, "
        "spending, frugal, bill, price, afford, dollars, euros, pounds",
        asked="frugality, do more with less, shoestring, waste, resources, constraints, "
        "cost-effective, limited resources, economise, costly, financial, cut costs, cut "
        "cost, reduce cost",
        told="halved, halving, hobby, without a new contract, cost nothing, thousand dollars, "
        "cheaper storage, a month",
    ),
    _idea(
        "waste and sustainability",
        "waste, sustainable, sustainability, recycle, energy, climate, carbon, green, solar, "
        "thrown away, =environment, =environmental",
        asked="responsible use, footprint, planet",
        told="threw away, leftover, unused",
    ),
    _idea(
        "revenue and retention",
        "revenue, churn, retention, growth, sell, subscriber, profit, market, competitor, "
        "cancel, business",
        asked="keep customers, commercial, win back, retain, competition, loyalty, loyal",
    ),
    _idea(
        "ethics",
        "ethics, ethical, moral, right thing, conscience, integrity, principle, honest, "
        "responsibility, values",
        asked="dilemma, unpopular, consequences, society, wider public, stood up, broad "
        "responsibility, uncomfortable",
        told="refusing, patients, although nobody had asked, doubt, harm, unfairly, refuse to",
    ),
    _idea(
        "privacy and compliance",
        "privacy, personal data, compliance, legal, law, regulation, gdpr, data protection, "
        "consent, confidential, audit",
        asked="protect people, regulatory, constraint, within the rules, legal constraints, legal "
        "limits",
        told="=officer, the law requires, policy, violations, mandate",
    ),
    _idea(
        "security",
        "security, secure, vulnerability, attack, breach, fraud, encryption, password, "
        "authentication, threat, hack, pentest, encrypt, credentials",
        asked="secure systems, cyber",
        told="vault, scans, firewall, whitelisting, tokens",
    ),
    _idea(
        "safety",
        "safety, safe, danger, dangerous, hurt, injury, accident, hazard, storm, risk to people",
        asked="safety first, protect people, over profit, before revenue",
        told="nobody was hurt",
    ),
    _idea(
        "performance of a system",
        "performance, latency, slow, fast, faster, speed up, throughput, bottleneck, cpu, "
        "memory, response time, scale, scalable, cache, optimise, optimize, load",
        asked="efficient system, scaling, high traffic, performance problem, capacity",
        told="milliseconds, timeouts, concurrent, caching, index, worker pool",
    ),
    _idea(
        "legacy and migration",
        "legacy, migrate, migration, modernise, modernize, replace, rewrite, refactor, "
        "technical debt, old system, convert",
        asked="transform a system, outdated technology, moving systems, upgrade",
        told="old system, new database, duplicates, =phased, rewrote, rolled out",
    ),
    _idea(
        "technology adoption",
        "adopt, adoption, new technology, technology, rollout, roll out, uptake, usage, "
        "tablet, tool, onboarding",
        asked="introduce a tool, get people to use, reluctant, drive adoption",
        told="most sceptical, seamless, workshops, integrate",
    ),
    _idea(
        "documentation and support",
        "documentation, document, manual, guide, support, help desk, tickets, instructions, "
        "knowledge base, wiki",
        asked="load on a support team, writing, share knowledge, self-service, explain",
        told="support mails, rewrote, workshops",
    ),
    _idea(
        "a supplier or partner",
        "supplier, vendor, partner, contractor, third party, external, agency, firm, outsourced",
        asked="work with a vendor, outside company, provider",
        told="supplier, guarantee, agencies, partner company, upstream",
    ),
    _idea(
        "open source and community",
        "open source, =maintainer, contribute, contribution, community, pull request, upstream",
        asked="public project, give back",
        told="merged, maintainers, reviewed my",
    ),
    _idea(
        "presenting to leaders",
        "board, directors, executives, leadership, management, present, presentation, senior, "
        "head office, =founders",
        asked="upper management, senior people, pitch, c-level, vp, executives",
        told="presented, in front of, to the board, director, plant manager, showed this to, "
        "proposed to",
    ),
    _idea(
        "prioritising",
        "prioritise, prioritize, priority, trade-off, drop, focus, scope, essential, "
        "sacrifice, choose between, reorder",
        asked="competing, juggle, too many, save the schedule, what matters, say no, balance, "
        "removing features, protect your team, too much",
        told="cut the, moved the other, two options, first phase, nobody would miss, reordered, "
        "all but",
    ),
    _idea(
        "obstacles overcome",
        "obstacle, hurdle, persevere, perseverance, persist, difficult, despite, blocker, "
        "blocked, resilience, adversity",
        asked="overcome, against the odds, deliver results, challenging project, determination, "
        "setbacks, resilient, deliver something large, proud, achievement, accomplishment, "
        "hardest challenge, hardest project, most challenging, challenge",
        told="three times, refused twice, tried again, kept to it, in small steps, only resistance",
    ),
    _idea(
        "delivering results",
        "deliver, result, goal, target, finish, complete, achieve, accomplish, on time, ahead "
        "of time, go live",
        asked="achievement, proud, success, accomplishment, proudest, exceed, meet a goal, biggest "
        "project",
        told="went live, finished on time, to print, planned day, connected after, with a week to "
        "spare, days early, ready for",
    ),
    _idea(
        "accountability",
        "=accountable, =accountability, owner, owners, responsible, responsibility, follow through",
        asked="hold others, hold people, creating accountability",
        told="with its owner",
    ),
    _idea(
        "scope with a client",
        "scope, requirement, expectation, contract, promise, overcommit, quote, feasible, "
        "realistic, commitment",
        asked="manage expectations, negotiate scope, unrealistic, sales, overpromise, client "
        "expectations, overcommitment, overcommit, too much work",
        told="smaller first phase, work packages, first phase, signed",
    ),
    _idea(
        "accuracy of a judgement",
        "judgement, judgment, forecast, prediction, predict, intuition, instinct, opinion, decision",
        asked="good judgement, right a lot, decision you made, bad call, tough call, wise, assess",
        told="would have done the same, estimate",
    ),
)
"""Every idea, in no order that matters."""

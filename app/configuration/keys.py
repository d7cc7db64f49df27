"""The keys of ``.quartet.yml``, as values that are checked one by one; ``app.configuration.checks`` compares them.

An unknown key is a fault. Every key has a default, and every list a limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from app.configuration.choice import Choice
from app.configuration.own_reviewers import MAX_OWN_REVIEWERS, OwnReviewer
from app.configuration.texts import (
    BranchGlobs,
    FilePath,
    Instructions,
    Labels,
    Language,
    Layer,
    Line,
    Logins,
    Models,
    PathGlob,
    PathGlobs,
)
from reviewers.calibration import DEFAULT_THRESHOLDS
from reviewers.context.retrieval import MAX_TOKENS
from reviewers.findings import Severity
from reviewers.snapshot import GUIDANCE_PATHS

MAX_RULES = 50

_STRICT = ConfigDict(extra="forbid", frozen=True)

SeverityWord = Literal["critical", "high", "medium", "low"]


def _with_cents(dollars: Decimal) -> Decimal:
    """YAML reads 0.50 as the number 0.5, and people read $0.50."""
    cents = dollars.quantize(Decimal("0.01"))
    return cents if cents == dollars else dollars


Dollars = Annotated[
    Decimal,
    Field(gt=0, le=1_000_000),
    AfterValidator(_with_cents),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}),
]


class Paths(BaseModel):
    """Which files are looked at; globs as in `.gitignore`."""

    model_config = _STRICT

    include: Annotated[PathGlobs, Field(description="Only these, when there are any.")] = ()
    ignore: Annotated[
        PathGlobs, Field(description="None of these; `!folder/` looks at one that is skipped for its name.")
    ] = ()


class PathRules(BaseModel):
    """What holds for some paths."""

    model_config = _STRICT

    paths: Annotated[tuple[PathGlob, ...], Field(min_length=1, max_length=50, description="As in `.gitignore`.")]
    instructions: Annotated[
        Instructions | None, Field(max_length=2_000, description="What reviewers are told about these files.")
    ] = None
    floor: Annotated[
        SeverityWord | None, Field(description="Findings there that are less severe are counted, not told.")
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> PathRules:
        if self.instructions is None and self.floor is None:
            msg = "the rule says nothing; give it instructions or a floor"
            raise ValueError(msg)
        return self


class LabelRules(BaseModel):
    """By label."""

    model_config = _STRICT

    only: Annotated[Labels, Field(description="A pull request needs one of these, when there are any.")] = ()
    never: Annotated[Labels, Field(description="A pull request with one of these is left alone.")] = ()


class AuthorRules(BaseModel):
    """By who opened it."""

    model_config = _STRICT

    only: Annotated[Logins, Field(description="Only these people's, when there are any.")] = ()
    never: Annotated[Logins, Field(description="None of these people's.")] = ()


class When(BaseModel):
    """What is reviewed without being asked for; commands ask at any time."""

    model_config = _STRICT

    drafts: Annotated[bool, Field(description="Drafts too.")] = False
    bots: Annotated[bool, Field(description="What bots open too.")] = False
    events: Annotated[
        tuple[Literal["opened", "push", "ready", "reopened"], ...], Field(description="What sets a review off.")
    ] = ("opened", "push", "ready", "reopened")
    on_label: Annotated[
        Line | None, Field(description="Adding this label sets a review off, whatever the other rules say.")
    ] = None
    labels: LabelRules = LabelRules()
    base_branches: Annotated[
        BranchGlobs, Field(description="Pull requests to these branches; `*` stops at a slash, `**` does not.")
    ] = ()
    head_branches: Annotated[BranchGlobs, Field(description="Pull requests from these branches.")] = ()
    authors: AuthorRules = AuthorRules()


class Caps(BaseModel):
    """How much of it."""

    model_config = _STRICT

    findings: Annotated[
        int, Field(ge=0, le=30, description="Inline comments of one review; the rest stands in the summary.")
    ] = 10
    cost_per_review: Annotated[Dollars | None, Field(description="Dollars that one review may cost.")] = None
    cost_per_day: Annotated[
        Dollars | None, Field(description="Dollars that this repository may cost in a day (UTC).")
    ] = None
    cost_per_month: Annotated[
        Dollars | None, Field(description="Dollars that this repository may cost in a month (UTC).")
    ] = None


class Architecture(BaseModel):
    """How the code is built."""

    model_config = _STRICT

    layers: Annotated[
        tuple[Layer, ...],
        Field(max_length=20, description="From the top down, patterns of paths; no layer imports one above it."),
    ] = ()


class EvidenceRules(BaseModel):
    """What tools may say."""

    model_config = _STRICT

    low: Annotated[bool, Field(description="Tell what a tool alone reports at low severity, too.")] = False
    ignore: Annotated[
        tuple[Line, ...],
        Field(max_length=50, description="Tools that are neither run nor heard, by name: `mypy`, `ESLint`."),
    ] = ()


class Check(BaseModel):
    """What the check run says, and the exit status of the command line."""

    model_config = _STRICT

    fail_on: Annotated[
        Literal["critical", "high", "medium", "low", "never"],
        Field(description="Severity from which a finding fails it."),
    ] = "never"
    incomplete: Annotated[
        Literal["neutral", "failure"], Field(description="How the check ends where a question got no answer.")
    ] = "neutral"
    name: Annotated[Line, Field(max_length=60, description="What the check is called.")] = "quartet"

    @property
    def fails_from(self) -> Severity | None:
        """The severity from which it fails, or None."""
        return None if self.fail_on == "never" else Severity.of(self.fail_on)

    @property
    def incomplete_fails(self) -> bool:
        """Whether an unanswered question fails it."""
        return self.incomplete == "failure"


class Verification(BaseModel):
    """Whether findings are put to a second model before they are told."""

    model_config = _STRICT

    enabled: Annotated[bool, Field(description="Put them to a model of another family than their author's.")] = True
    model: Annotated[
        Line | None, Field(description="`provider/name` of the model that looks; by default the furthest at hand.")
    ] = None


class Context(BaseModel):
    """What is shown to models beside the change."""

    model_config = _STRICT

    max_tokens: Annotated[
        int, Field(ge=0, le=20_000, description="Beside one question at most; 0 shows the change alone.")
    ] = MAX_TOKENS


Share = Annotated[float, Field(ge=0, le=1)]


class Thresholds(BaseModel):
    """How sure the review must be to tell a finding, from 0 to 1, by severity."""

    model_config = _STRICT

    critical: Annotated[Share, Field(description="Of critical findings.")] = DEFAULT_THRESHOLDS.critical
    high: Annotated[Share, Field(description="Of high ones.")] = DEFAULT_THRESHOLDS.high
    medium: Annotated[Share, Field(description="Of medium ones.")] = DEFAULT_THRESHOLDS.medium
    low: Annotated[Share, Field(description="Of low ones.")] = DEFAULT_THRESHOLDS.low


class RepoConfig(BaseModel):
    """What a repository wants of its reviews; every key has a default."""

    model_config = _STRICT

    reviewers: Annotated[
        Choice,
        Field(description="Who looks: a list of names, or for a name `true`, `false` or its `enabled` and `models`."),
    ] = ()
    models: Annotated[
        Mapping[str, Models],
        Field(description="For a reviewer's name, or `default`, `provider/name` of a model, then of its stand-ins."),
    ] = {}
    own_reviewers: Annotated[
        tuple[OwnReviewer, ...], Field(max_length=MAX_OWN_REVIEWERS, description="Reviewers beside the four.")
    ] = ()
    paths: Paths = Paths()
    rules: Annotated[
        tuple[PathRules, ...], Field(max_length=MAX_RULES, description="By path; later ones over earlier ones.")
    ] = ()
    guidance: Annotated[
        tuple[FilePath, ...],
        Field(max_length=10, description="Files that tell how this repository wants its code; [] for none."),
    ] = GUIDANCE_PATHS
    language: Annotated[Language, Field(description="In which people are spoken to: a name or a tag.")] = "English"
    when: When = When()
    caps: Caps = Caps()
    check: Check = Check()
    context: Context = Context()
    architecture: Architecture = Architecture()
    evidence: EvidenceRules = EvidenceRules()
    verification: Verification = Verification()
    thresholds: Thresholds = Thresholds()
    ask: Annotated[
        Literal["write", "read", "everyone"],
        Field(description="Who may `/ask`: who may write here, who may read here, or everybody."),
    ] = "write"

    @property
    def max_findings(self) -> int:
        """Inline comments of one review."""
        return self.caps.findings

    @property
    def max_cost(self) -> Decimal | None:
        """Dollars that one review may cost."""
        return self.caps.cost_per_review

    @property
    def max_cost_per_day(self) -> Decimal | None:
        """Dollars that the repository may cost in a day."""
        return self.caps.cost_per_day

    @property
    def max_cost_per_month(self) -> Decimal | None:
        """Dollars that the repository may cost in a month."""
        return self.caps.cost_per_month

    @property
    def fail_on(self) -> SeverityWord | None:
        """The severity from which a finding fails the command and the check."""
        return None if self.check.fail_on == "never" else self.check.fail_on

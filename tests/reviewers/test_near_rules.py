from __future__ import annotations

import pytest

from reviewers.adjudication import adjudicate
from reviewers.findings import Finding
from reviewers.near_rules import NEAR, near
from reviewers.perspectives import REVIEWERS
from tests.builders import finding, location

KNOWN = {f"{reviewer.name}/{rule.name}" for reviewer in REVIEWERS for rule in reviewer.rules}


def test_every_near_rule_exists() -> None:
    assert {rule for group in NEAR for rule in group} <= KNOWN


def test_every_group_joins_at_least_two_rules() -> None:
    assert min(map(len, NEAR)) > 1


def _swallowed(start: int) -> Finding:
    return finding(
        reviewer="bugs",
        rule="exception-swallowed",
        at=location(start_line=start),
        anchor="    except OSError:",
        title="`save` reports success when the disk is full",
        message="The OSError is caught and dropped, so the caller believes that the order was written.",
        models=["openai/gpt-6.1-sol"],
    )


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param(
            finding(
                reviewer="architecture",
                rule="inconsistent-contract",
                at=location(start_line=12),
                anchor="    except OSError:",
                title="`save` promises more than it does",
                message="Nothing is stored on a full disk, although the caller believes it.",
                models=["anthropic/claude-opus-5-5"],
            ),
            1,
            id="a near rule on the same lines, in other words",
        ),
        pytest.param(
            finding(
                reviewer="performance",
                rule="chatty-io",
                at=location(start_line=12),
                anchor="    except OSError:",
                title="`save` promises more than it does",
                message="Nothing is stored on a full disk, although the caller believes it.",
                models=["anthropic/claude-opus-5-5"],
            ),
            2,
            id="another kind of fault on the same lines, in other words",
        ),
        pytest.param(
            finding(
                reviewer="bugs",
                rule="error-path",
                at=location(start_line=14),
                anchor="        pass",
                title="`save` reports success when the disk is full",
                message="The OSError is dropped here, so the caller believes that the order was written.",
                models=["anthropic/claude-opus-5-5"],
            ),
            1,
            id="the next lines, said by another model in the same words",
        ),
        pytest.param(
            finding(
                reviewer="bugs",
                rule="error-path",
                at=location(start_line=14),
                anchor="        pass",
                title="`save` reports success when the disk is full",
                message="The OSError is dropped here, so the caller believes that the order was written.",
                models=["openai/gpt-6.1-sol"],
            ),
            2,
            id="the next lines, said by the same model, which means two places",
        ),
        pytest.param(
            finding(
                reviewer="bugs",
                rule="error-path",
                at=location(start_line=16),
                anchor="        pass",
                title="`save` reports success when the disk is full",
                message="The OSError is dropped here, so the caller believes that the order was written.",
                models=["anthropic/claude-opus-5-5"],
            ),
            2,
            id="lines further away",
        ),
    ],
)
def test_what_is_one_remark(other: Finding, told: int) -> None:
    one = _swallowed(12)

    merged = adjudicate([one, other])

    assert len(merged) == told
    assert {name for each in merged for name in each.models} == {*one.models, *other.models}


def test_nearness_has_no_direction() -> None:
    rules = [(name.split("/")[0], name.split("/")[1]) for name in sorted(KNOWN)]

    assert all(near(one, other) is near(other, one) for one in rules for other in rules)

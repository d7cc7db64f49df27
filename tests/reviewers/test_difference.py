from __future__ import annotations

import pytest

from reviewers.difference import difference, remark_of
from reviewers.findings import Finding, Severity
from tests.builders import finding, location

THEN = finding()


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        pytest.param(finding(title="In other words", confidence=0.2), "same", id="other words"),
        pytest.param(finding(severity=Severity.LOW), "changed", id="another severity"),
        pytest.param(finding(rule="ssrf", aliases=[THEN.fingerprint]), "same", id="merged into another"),
        pytest.param(finding(anchor="two\nlines"), "same", id="a longer quote in the same place"),
        pytest.param(finding(rule="ssrf"), "new", id="another rule"),
        pytest.param(finding(anchor="other", at=location(start_line=13)), "new", id="another line"),
    ],
)
def test_a_remark_is_known_again_by_its_identity_or_its_place(now: Finding, kind: str) -> None:
    found = difference([remark_of(THEN)], [remark_of(now)])

    counts = {"same": len(found.same), "changed": len(found.changed), "new": len(found.new)}
    assert counts == {"same": 0, "changed": 0, "new": 0} | {kind: 1}
    assert len(found.gone) == (kind == "new")


def test_an_identity_goes_before_an_alias_and_an_alias_before_a_place() -> None:
    alias = finding(rule="ssrf", aliases=[THEN.fingerprint])
    itself = finding(severity=Severity.LOW)

    found = difference([remark_of(THEN)], [remark_of(alias), remark_of(itself)])

    assert [now.id for _, now in found.changed] == [itself.fingerprint]
    assert [each.id for each in found.new] == [alias.fingerprint]


def test_each_remark_is_paired_once() -> None:
    found = difference([remark_of(THEN), remark_of(THEN)], [remark_of(THEN)])

    assert (len(found.same), len(found.gone), len(found.new)) == (1, 1, 0)

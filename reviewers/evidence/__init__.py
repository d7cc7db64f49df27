"""Sources of facts on code, one file each: tools that run as processes, and what is computed in this one."""

from __future__ import annotations

from reviewers.computing import Computed
from reviewers.evidence.dependencies import DEPENDENCIES
from reviewers.evidence.patterns import PATTERNS
from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.evidence_source import EvidenceSource

Source = EvidenceSource | Computed
"""What finds facts: a tool, or a function of the change."""

EVIDENCE: tuple[Source, ...] = (RUFF, SECRETS, ZIZMOR, PATTERNS, DEPENDENCIES)
"""Every source, in the order in which their facts are told where they agree."""

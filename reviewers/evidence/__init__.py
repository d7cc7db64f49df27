"""Tools that compute facts from code, one file each."""

from __future__ import annotations

from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.evidence_source import EvidenceSource

EVIDENCE: tuple[EvidenceSource, ...] = (RUFF, SECRETS, ZIZMOR)
"""Every source, in the order in which their facts are told where they agree."""

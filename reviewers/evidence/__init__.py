"""Sources of facts on code, one file each: tools that run as processes, and what is computed in this one."""

from __future__ import annotations

from reviewers.computing import Computed
from reviewers.evidence.actionlint import ACTIONLINT
from reviewers.evidence.bandit import BANDIT
from reviewers.evidence.complexity import COMPLEXITY
from reviewers.evidence.dead_code import DEAD_CODE
from reviewers.evidence.dependencies import DEPENDENCIES
from reviewers.evidence.firewall import FIREWALL
from reviewers.evidence.hadolint import HADOLINT
from reviewers.evidence.imports import IMPORTS
from reviewers.evidence.lizard import LIZARD
from reviewers.evidence.mypy import MYPY
from reviewers.evidence.oxlint import OXLINT
from reviewers.evidence.patterns import PATTERNS
from reviewers.evidence.public_api import PUBLIC_API
from reviewers.evidence.ruff import RUFF
from reviewers.evidence.secrets import SECRETS
from reviewers.evidence.zizmor import ZIZMOR
from reviewers.evidence_source import EvidenceSource

Source = EvidenceSource | Computed
"""What finds facts: a tool, or a function of the change."""

EVIDENCE: tuple[Source, ...] = (
    RUFF,
    SECRETS,
    ZIZMOR,
    PATTERNS,
    DEPENDENCIES,
    COMPLEXITY,
    DEAD_CODE,
    IMPORTS,
    PUBLIC_API,
    FIREWALL,
    OXLINT,
    HADOLINT,
    MYPY,
    BANDIT,
    LIZARD,
    ACTIONLINT,
)
"""Every source, in the order in which their facts are told where they agree."""

"""What PostgreSQL's states mean for whoever runs it, in words with a cure.

The states are those of https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from __future__ import annotations

_CURES = {
    # Who may not use a schema is told that there is none.
    ("42501", "3F000"): "refuses this user; grant it the right to create and write tables",
    ("25006",): "takes no writes; name the primary server, not a replica",
    ("55P03", "57014", "40P01"): "was locked for more than {patience:.0f} s; see who waits in pg_stat_activity",
    ("53100", "53200"): "has no room left; make some",
}


def cure_of(state: str | None, patience_seconds: float) -> str | None:
    """What is wrong and what to do, after the server's name; None where the state is none that a person can mend.

    Args:
        state: SQLSTATE.
        patience_seconds: How long a lock was waited for.

    >>> cure_of("53100", 5.0)
    'has no room left; make some'
    """
    for states, cure in _CURES.items():
        if state in states:
            return cure.format(patience=patience_seconds)
    return None

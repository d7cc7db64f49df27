from __future__ import annotations

from collections.abc import Callable

from tests.app.cli.conftest import Ended, Models, findings
from tests.repositories import Repository

Quartet = Callable[..., Ended]

RATES = "def rate_of(country):\n    return 2 if country else None\n"


def test_a_model_sees_the_definition_of_what_the_change_calls(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    shop.write({"rates.py": RATES})
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--message", "Rates")
    shop.git("branch", "--force", "main")
    shop.write({"till.py": "from rates import rate_of\n\nprint(rate_of('x') * 2)\n"})
    models.openai(findings())

    ended = quartet("review", "--reviewers", "bugs")

    assert ended.status == 0, ended.err
    (asked,) = models.asked
    code, _, context = asked.prompt.partition("Context, for understanding only:")
    assert "+ print(rate_of('x') * 2)" in code
    assert "definition of `rate_of`, called in till.py line 3" in context
    assert "     2 .     return 2 if country else None" in context


def test_a_dry_run_lists_context_with_its_tokens(shop: Repository, models: Models, quartet: Quartet) -> None:
    shop.write({"rates.py": RATES, "AGENTS.md": "Be brief.\n"})
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--message", "Rates")
    shop.git("branch", "--force", "main")
    shop.write({"till.py": "from rates import rate_of\n\nprint(rate_of('x') * 2)\n"})
    models.openai(findings())

    ended = quartet("review", "--dry-run")

    assert "tokens, within each question about it" in ended.out
    assert "tokens  definition of `rate_of`, called in till.py line 3  rates.py" in ended.out


def test_a_repository_may_want_no_context(shop: Repository, models: Models, quartet: Quartet) -> None:
    shop.write({"rates.py": RATES, ".quartet.yml": "context: {max_tokens: 0}\n"})
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--message", "Rates")
    shop.git("branch", "--force", "main")
    shop.write({"till.py": "from rates import rate_of\n\nprint(rate_of('x') * 2)\n"})
    models.openai(findings())

    ended = quartet("review", "--reviewers", "bugs")

    assert ended.status == 0, ended.err
    assert "Context, for understanding only:" not in models.asked[0].prompt

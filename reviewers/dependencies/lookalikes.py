"""A package's name goes in; the very common name that it seems to be a typo of comes out.

The lists are short on purpose: names that nearly every project of an ecosystem knows, long enough that one wrong letter
is no coincidence. Real packages that stand that near to them are named too, and are not suspected.
"""

from __future__ import annotations

_COMMON = {
    "pypi": """
        requests urllib3 setuptools numpy pandas django flask fastapi pydantic sqlalchemy pytest matplotlib scipy
        cryptography python-dateutil beautifulsoup4 selenium tensorflow scikit-learn pillow jinja2 boto3 botocore
        openai anthropic langchain transformers certifi colorama discord.py aiohttp websockets paramiko psycopg2
        psycopg2-binary gunicorn uvicorn celery redis pymongo pyyaml tqdm virtualenv opencv-python
    """,
    "npm": """
        express lodash react-dom react-router webpack typescript axios moment mongoose commander chalk eslint prettier
        cross-env dotenv jsonwebtoken nodemailer electron puppeteer socket.io node-fetch body-parser styled-components
        babel-core esbuild nodemon passport discord.js ethers web3.js underscore bluebird request jquery angular
        bootstrap tailwindcss
    """,
    "crates": "serde serde_json tokio reqwest hyper rust_decimal anyhow thiserror",
    "rubygems": "rails sinatra nokogiri activesupport activerecord devise sidekiq rspec-core faraday bundler",
    "packagist": "symfony/console laravel/framework guzzlehttp/guzzle monolog/monolog phpunit/phpunit",
    "go": """
        github.com/gorilla/mux github.com/sirupsen/logrus github.com/stretchr/testify github.com/spf13/cobra
        github.com/gin-gonic/gin github.com/pkg/errors
    """,
    "maven": "org.apache.commons:commons-lang3 com.fasterxml.jackson.core:jackson-databind org.slf4j:slf4j-api",
}
_REAL = {
    "pypi": "request jinja boto psycopg psycopg3 psycopg-binary "
    "psycopg-pool pyaml websocket scikit-learn-extra pymongo3 pycryptography",
    "npm": "requests bootstrap4 bootstrap5 angular2 webpack4 momentjs passport-jwt lodash4 dotenvx cross-env2 moments",
}

_SHORTEST = 5


def lookalike(name: str, ecosystem: str) -> str | None:
    """The common package that a name is one slip away from: a letter more, less, other, or two exchanged.

    Args:
        name: As the manifest writes it.
        ecosystem: A registry: ``pypi``, ``npm``, ``crates``, ``rubygems``, ``packagist``, ``go``, ``maven``.

    Example:
        >>> lookalike("reqeusts", "pypi"), lookalike("requests", "pypi"), lookalike("redis-om", "pypi")
        ('requests', None, None)
    """
    own = _plain(name)
    common = _COMMON.get(ecosystem, "").split()
    if len(own) < _SHORTEST or own in map(_plain, common) or name.lower() in _REAL.get(ecosystem, "").split():
        return None
    return next((each for each in common if len(each) >= _SHORTEST and one_slip(own, _plain(each))), None)


def one_slip(one: str, other: str) -> bool:
    """Whether two different names are one insertion, deletion, replacement or exchange of neighbours apart."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")

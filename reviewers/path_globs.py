"""Globs for kinds of files that a reviewer may have no business with; ``**`` crosses folders."""

from __future__ import annotations

DOCUMENTATION = (
    "**/*.md",
    "**/*.mdx",
    "**/*.rst",
    "**/*.adoc",
    "**/CHANGELOG*",
    "**/CHANGES*",
    "**/HISTORY*",
    "**/LICENSE*",
    "**/NOTICE*",
    "**/AUTHORS*",
)
TRANSLATIONS = (
    "**/*.po",
    "**/*.pot",
    "**/*.mo",
    "**/*.xlf",
    "**/*.xliff",
    "**/*.arb",
    "**/locales/**",
    "**/i18n/*.json",
)
PICTURES = ("**/*.svg", "**/*.eps", "**/*.drawio", "**/*.excalidraw")
STYLE_SHEETS = ("**/*.css", "**/*.scss", "**/*.sass", "**/*.less", "**/*.styl")
TABLES = ("**/*.csv", "**/*.tsv", "**/*.parquet", "**/*.jsonl", "**/*.ndjson")
TEST_DATA = (
    "**/fixtures/**",
    "**/testdata/**",
    "**/__snapshots__/**",
    "**/*.snap",
    "**/cassettes/**",
    "**/golden/**",
)
TESTS = (
    "**/test/**",
    "**/tests/**",
    "**/__tests__/**",
    "**/spec/**",
    "**/conftest.py",
    "**/test_*.py",
    "**/*_test.*",
    "**/*_spec.*",
    "**/*.test.*",
    "**/*.spec.*",
    "**/*Test.java",
    "**/*Test.kt",
    "**/*Tests.cs",
    "**/*Tests.swift",
)
SETTINGS = ("**/*.json", "**/*.yml", "**/*.yaml", "**/*.toml", "**/*.ini", "**/*.cfg", "**/.env*", "**/*.properties")
AUTOMATION = (".github/**", ".gitlab-ci.yml", ".circleci/**", "**/Dockerfile*", "**/*.tf", "**/Makefile")

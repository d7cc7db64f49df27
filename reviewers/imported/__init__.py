"""Reports that other tools wrote to files, read as evidence: SARIF, checkstyle, and reviewdog's rdjson."""

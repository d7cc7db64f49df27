"""A review goes in; text, Markdown, JSON, SARIF or HTML comes out."""

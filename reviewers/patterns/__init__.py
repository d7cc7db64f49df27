"""Rules over syntax trees, one YAML file each below the folder of their language; see docs/rules.md."""

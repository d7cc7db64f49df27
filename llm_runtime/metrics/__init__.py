"""Figures about the runtime: kept in the process, shown to Prometheus, sent to Datadog."""

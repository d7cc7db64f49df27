"""Manifests on both sides of a change go in; what it makes a project depend on comes out, as facts."""

"""The stages of a build, one module each. Only the pipeline knows their order."""

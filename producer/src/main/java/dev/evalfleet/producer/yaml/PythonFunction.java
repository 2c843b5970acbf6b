package dev.evalfleet.producer.yaml;

/// A value tagged `!function`: the name of a Python function, as `utils.process_docs`.
public record PythonFunction(String name) {}

package dev.evalfleet.local;

import java.util.concurrent.Callable;

/// A subcommand of `evalfleet`: a picocli `@Command` that returns its exit code ([ExitCodes]).
///
/// Subcommands are found by [java.util.ServiceLoader], in the order of
/// `META-INF/services/dev.evalfleet.local.Subcommand`, so a module can bring its own.
public interface Subcommand extends Callable<Integer> {}

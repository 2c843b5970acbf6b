package dev.evalfleet.worker.inference;

/// What a kind of backend must know to open one. Each kind has its own record beside its backend, with
/// `static X from(Settings model)` reading the entry of `worker.models` it was declared in.
public interface BackendSettings {

    /// Opens the backend: cheap for a server (it need not be up yet), loads the model for an in-process one.
    Backend open() throws BackendException;
}

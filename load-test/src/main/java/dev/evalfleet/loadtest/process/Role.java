package dev.evalfleet.loadtest.process;

/// What a process of the fleet does, and the heap it gets for it. The heaps are small on purpose: what is not bounded
/// does not fit.
public enum Role {
    BROKER(256),
    REGISTRY(64),
    PRODUCER(160),
    WORKER(128),
    AGGREGATOR(192);

    /// What a JVM takes beside its heap: code, classes, threads, buffers, RocksDB.
    private static final int BESIDE_HEAP_MIB = 320;

    private final int heapMib;

    Role(int heapMib) {
        this.heapMib = heapMib;
    }

    public int heapMib() {
        return heapMib;
    }

    /// Most memory, in MiB, that a process of this role may have resident.
    public int mostResidentMib() {
        return heapMib + BESIDE_HEAP_MIB;
    }

    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}

package dev.evalfleet.aggregator.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.internals.BlockBasedTableConfigWithAccessibleCache;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// One block cache and one write buffer budget for all stores of the process: dozens of stores, one bound.
public final class BoundedRocksDb implements RocksDBConfigSetter {
    private static final long CACHE_BYTES = 48L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final long BUFFER_PER_STORE = 2L << 20;

    static {
        RocksDB.loadLibrary();
    }

    // Shared by design, and so for the life of the process; Streams makes one setter per store.
    private static final Cache CACHE = new LRUCache(CACHE_BYTES, -1, false, 0.2);
    private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        if (options.tableFormatConfig() instanceof BlockBasedTableConfigWithAccessibleCache table) {
            Cache ofItsOwn = table.blockCache();
            table.setBlockCache(CACHE);
            ofItsOwn.close();
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            options.setTableFormatConfig(table);
        }
        options.setWriteBufferManager(WRITE_BUFFERS);
        options.setWriteBufferSize(BUFFER_PER_STORE);
        options.setMaxWriteBufferNumber(2);
        options.setMaxOpenFiles(64);
    }

    @Override
    public void close(String storeName, Options options) {
        // Cache and buffers belong to the process.
    }
}

package dev.evalfleet.producer.dataset.format;

import com.github.luben.zstd.ZstdInputStream;
import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DatasetException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/// Unpacks files while they are read; how they are packed shows in their first bytes.
final class Compression {
    private static final int BUFFER = 1 << 16;
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] BZIP2 = {'B', 'Z', 'h'};
    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z'};

    private Compression() {}

    static InputStream open(DataFile file) throws IOException, DatasetException {
        var input = new BufferedInputStream(Files.newInputStream(file.path()), BUFFER);
        try {
            input.mark(8);
            byte[] start = input.readNBytes(6);
            input.reset();
            if (starts(start, ZIP) || starts(start, BZIP2) || starts(start, XZ)) {
                throw DatasetException.lasting(
                        file.label(),
                        "is a " + (starts(start, ZIP) ? "zip" : starts(start, XZ) ? "xz" : "bzip2")
                                + " archive; unpack it, or pack it with gzip or zstd");
            }
            if (starts(start, GZIP)) {
                return new Capped(new GZIPInputStream(input, BUFFER), file);
            }
            if (starts(start, ZSTD)) {
                return new Capped(new BufferedInputStream(new ZstdInputStream(input), BUFFER), file);
            }
            return input;
        } catch (IOException | DatasetException | RuntimeException e) {
            input.close();
            throw e;
        }
    }

    private static boolean starts(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }

    /// Ends with an error where a small file unpacks to far too much.
    private static final class Capped extends FilterInputStream {
        private final DataFile file;
        private long total;

        Capped(InputStream in, DataFile file) {
            super(in);
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(bytes);
            count(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(long bytes) throws IOException {
            total += bytes;
            if (total > file.mostBytes()) {
                throw new IOException("unpacks to more than " + file.mostBytes()
                        + " bytes, which is more than producer.download-ratio allows for a file of its size");
            }
        }
    }
}

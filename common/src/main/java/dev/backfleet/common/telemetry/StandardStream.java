package dev.backfleet.common.telemetry;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

/** One of the process's own streams, as it is now; closing the log does not close it. */
final class StandardStream extends OutputStream {

    private final Supplier<PrintStream> stream;

    StandardStream(Supplier<PrintStream> stream) {
        this.stream = stream;
    }

    @Override
    public void write(int octet) {
        stream.get().write(octet);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        stream.get().write(bytes, offset, length);
    }

    @Override
    public void flush() {
        stream.get().flush();
    }

    @Override
    public void close() {
        flush();
    }
}

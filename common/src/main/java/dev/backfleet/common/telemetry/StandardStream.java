package dev.backfleet.common.telemetry;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Writes to one of the process's current standard streams; closing the log does not close the stream. */
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

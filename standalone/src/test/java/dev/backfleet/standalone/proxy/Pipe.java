package dev.backfleet.standalone.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One direction of a connection: one thread reads, another writes what the toxics leave of it, when they let it. */
final class Pipe {
    private static final int CHUNK = 32 * 1024;
    private static final int CHUNKS_UNDER_WAY = 64;
    private static final byte[] END = {};

    private final Link link;
    private final InputStream from;
    private final OutputStream to;
    private final Random random;
    private final BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
    private final Map<Toxic, AtomicLong> toxics = new ConcurrentHashMap<>();
    private volatile boolean robbed;

    /**
     * Creates it.
     *
     * @param link the connection, which it closes at the end
     */
    Pipe(Link link, InputStream from, OutputStream to, Random random) {
        this.link = link;
        this.from = from;
        this.to = to;
        this.random = random;
    }

    void start(String name) {
        daemon(this::read, name + "-read");
        daemon(this::write, name + "-write");
    }

    void afflict(Toxic toxic) {
        toxics.put(toxic, new AtomicLong());
    }

    /** Takes a toxic away; whether bytes were lost through it, so that what is left makes no sense. */
    boolean relieve(Toxic toxic) {
        return toxics.remove(toxic) != null && robbed;
    }

    private void read() {
        try {
            var buffer = new byte[CHUNK];
            for (var length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                underWay.put(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime() + latency()));
            }
        } catch (IOException e) {
            // Any end of a connection is passed on as a normal end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
    }

    private void end() {
        try {
            underWay.put(new Chunk(END, System.nanoTime() + latency()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            passUntilEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        link.close();
    }

    // The reader must never wait for space when the writer has ended.
    private void passUntilEnd() throws InterruptedException {
        var broken = false;
        for (var chunk = underWay.take(); chunk.bytes.length > 0; chunk = underWay.take()) {
            if (!broken) {
                try {
                    sleepUntil(chunk.due);
                    pass(chunk.bytes);
                } catch (IOException e) {
                    broken = true;
                    link.close();
                }
            }
        }
        sleep(number(ToxicType.SLOW_CLOSE, "delay"), TimeUnit.MILLISECONDS);
        // Who is behind a black hole does not see the end either: half of the connection stays open.
        while (has(ToxicType.TIMEOUT) && link.isOpen()) {
            sleep(5, TimeUnit.MILLISECONDS);
        }
    }

    private void pass(byte[] bytes) throws IOException, InterruptedException {
        for (var offset = 0; offset < bytes.length; ) {
            if (has(ToxicType.TIMEOUT)) {
                robbed = true;
                return;
            }
            var length = Math.min(piece(), bytes.length - offset);
            if (length < bytes.length && offset > 0) {
                sleep(number(ToxicType.SLICER, "delay"), TimeUnit.MICROSECONDS);
            }
            var rate = number(ToxicType.BANDWIDTH, "rate");
            if (rate > 0) {
                sleep(length * 1_000L / rate, TimeUnit.MICROSECONDS);
            }
            length = withinLimit(length);
            to.write(bytes, offset, length);
            offset += length;
        }
    }

    private int piece() {
        var rate = number(ToxicType.BANDWIDTH, "rate");
        // A tenth of a second's amount, so that a slow line does not stall.
        var most = rate > 0 ? Math.max(1, rate * 100) : CHUNK;
        var average = number(ToxicType.SLICER, "average_size");
        if (average == 0) {
            return (int) Math.min(most, CHUNK);
        }
        var variation = (int) number(ToxicType.SLICER, "size_variation");
        var size = average + (variation == 0 ? 0 : random.nextInt(2 * variation + 1) - variation);
        return (int) Math.max(1, Math.min(most, size));
    }

    private int withinLimit(int length) throws IOException {
        for (var entry : toxics.entrySet()) {
            if (entry.getKey().type() == ToxicType.LIMIT_DATA) {
                var before = entry.getValue().getAndAdd(length);
                var left = entry.getKey().number("bytes") - before;
                if (left <= 0) {
                    throw new IOException("the limit is reached");
                }
                return (int) Math.min(left, length);
            }
        }
        return length;
    }

    private long latency() {
        var nanos = 0L;
        for (var toxic : toxics.keySet()) {
            if (toxic.type() == ToxicType.LATENCY) {
                var jitter = (int) toxic.number("jitter");
                var millis = toxic.number("latency") + (jitter == 0 ? 0 : random.nextInt(2 * jitter + 1) - jitter);
                nanos += TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
            }
        }
        return nanos;
    }

    private boolean has(ToxicType type) {
        return toxics.keySet().stream().anyMatch(toxic -> toxic.type() == type);
    }

    private long number(ToxicType type, String attribute) {
        return toxics.keySet().stream()
                .filter(toxic -> toxic.type() == type)
                .mapToLong(toxic -> toxic.number(attribute))
                .max()
                .orElse(0);
    }

    private static void sleepUntil(long due) {
        for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void sleep(long time, TimeUnit unit) throws InterruptedException {
        if (time > 0) {
            unit.sleep(time);
        }
    }

    private static void daemon(Runnable work, String name) {
        var thread = new Thread(null, work, name, 128 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    /** Bytes, and when they may arrive. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(byte[] bytes, long due) {}
}

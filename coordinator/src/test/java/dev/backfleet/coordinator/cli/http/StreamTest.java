package dev.backfleet.coordinator.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams of events through the server on a real PostgreSQL: what they cost, and what is left of them. */
@Tag("server")
class StreamTest {
    private static final int AT_ONCE = 200;
    private static final AtomicInteger CHANGES = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ServedFleet served;

    private static long job;

    @BeforeAll
    static void fill() {
        served = new ServedFleet();
        job = served.rows.job("names", "RUNNING");
        served.rows.shard(job, 1, "DONE", 400, 390);
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static int change() {
        var limit = CHANGES.incrementAndGet();
        served.rows.execute("update backfleet.job set rate_limit = ? where id = ?", limit, job);
        return limit;
    }

    @Test
    void viewers_are_told_of_a_change_and_two_hundred_cost_the_database_what_one_does() throws Exception {
        var before = statements();
        var viewers = opened(AT_ONCE);
        try {
            viewers.forEach(viewer -> viewer.await("event: job"));
            assertThat(served.get("/api/v1/jobs/names/stream").statusCode()).isEqualTo(503);
            for (var change = 1; change <= 3; change++) {
                var told = "\"limit\":" + change() + ",";
                viewers.forEach(viewer -> viewer.await(told));
            }
            var after = statements();
            // Each stream has found its job by one statement; connections were opened, and the other test's are counted
            // late.
            assertThat(after.count - before.count).isLessThan(AT_ONCE + 2 * (after.at - before.at) + 150);
        } finally {
            viewers.forEach(Client::kill);
        }
        await().until(StreamTest::gone);
    }

    @Test
    void five_hundred_streams_that_are_killed_leave_nothing() throws Exception {
        await().until(StreamTest::gone);
        for (var round = 0; round < 3; round++) {
            var viewers = opened(round < 2 ? AT_ONCE : 100);
            viewers.forEach(viewer -> viewer.await("event: job"));
            viewers.forEach(Client::kill);
            await().until(StreamTest::gone);
        }
        // Of the server at most 16, three that read, two that look, and one that counts the seconds.
        assertThat(threads()).isLessThanOrEqualTo(22);
        assertThat(served.get("/api/v1/jobs/names").statusCode()).isEqualTo(200);
    }

    // A client that is gone is noticed when it is sent something.
    private static boolean gone() {
        change();
        return served.listening.streams() == 0;
    }

    private static List<Client> opened(int count) throws IOException {
        var viewers = new ArrayList<Client>();
        for (var i = 0; i < count; i++) {
            viewers.add(new Client());
        }
        return viewers;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("http"))
                .count();
    }

    private static Statements statements() {
        return served.rows.database().jdbi().withHandle(handle -> handle.createQuery("""
                        select xact_commit + xact_rollback as statements, extract(epoch from clock_timestamp()) as at
                        from pg_stat_database where datname = current_database()
                        """)
                .map((row, context) -> new Statements(row.getDouble("statements"), row.getDouble("at")))
                .one());
    }

    private record Statements(double count, double at) {}

    /** A connection that has asked for the stream. */
    private static final class Client {
        private final Socket socket;
        private final StringBuilder read = new StringBuilder();

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), served.listening.port());
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/jobs/" + job + "/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(US_ASCII));
        }

        void await(String text) {
            try {
                var buffer = new byte[65_536];
                while (read.indexOf(text) < 0) {
                    var count = socket.getInputStream().read(buffer);
                    assertThat(count).as(read.toString()).isPositive();
                    read.append(new String(buffer, 0, count, US_ASCII));
                }
                read.setLength(0);
            } catch (IOException e) {
                throw new AssertionError(read.toString(), e);
            }
        }

        /** Ends it as a client that crashes: with a reset. */
        void kill() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}

package dev.backfleet.standalone.outage;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.faults.CommandLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After an outage of any server, of any kind and length, every worker is at work again by itself. The kinds run
 * concurrently, each with a fleet of its own, since most of the time is waiting. Without {@code -Pchaos} there are
 * outages of half a minute of those kinds that a client notices last. An outage of more than a minute ({@code -Pchaos}, or
 * {@code -Dbackfleet.outage.seconds=}) has all kinds, and work must be resumed within seconds. The figures go to
 * {@code standalone/target/outages.txt}.
 */
@Tag("long")
@Tag("server")
class LongOutageTest {
    private static final long SECONDS_AWAY = Integer.getInteger("backfleet.outage.seconds", 30);
    /** Whether all kinds are tried, on a machine that does nothing else. */
    private static final boolean FULL = SECONDS_AWAY > 60;
    /** Seconds until every worker is at work again. */
    private static final double BAR = 10;

    private static final int ROWS = 100_000;
    private static final Path FIGURES = Path.of("target", "outages.txt");

    private static final String SPEC = """
            table: public.packages
            set: { n: n + 1 }
            shard: { rows: 1000 }
            rate: { rows-per-second: 1500 }
            throttle: none
            """;

    @TempDir
    private Path folder;

    @Test
    void after_an_outage_of_any_server_every_worker_is_at_work_within_seconds() throws Exception {
        var kinds = kinds();
        var threads = Executors.newFixedThreadPool(kinds.size());
        List<Outage> missed;
        try (var servers = Servers.open(kinds)) {
            var runs = kinds.stream()
                    .map(kind ->
                            CompletableFuture.supplyAsync(() -> unchecked(() -> live(kind, servers.of(kind))), threads))
                    .toList();
            runs.forEach(run -> failure(run).ifPresent(why -> write(String.valueOf(why))));
            missed = IntStream.range(0, kinds.size())
                    .filter(i -> isMissedBar(runs.get(i)))
                    .mapToObj(kinds::get)
                    .toList();
            assertThat(runs).filteredOn(run -> !isMissedBar(run)).allSatisfy(CompletableFuture::join);
        } finally {
            threads.shutdownNow();
        }
        // So many fleets at once keep a small machine busy for longer than the bar: a kind that missed it is tried
        // alone.
        for (var kind : missed) {
            try (var servers = Servers.open(List.of(kind))) {
                live(kind, servers.of(kind));
            }
        }
    }

    private static Optional<Throwable> failure(CompletableFuture<?> run) {
        return run.handle((result, failure) -> Optional.<Throwable>ofNullable(failure))
                .join();
    }

    private static boolean isMissedBar(CompletableFuture<?> run) {
        return failure(run)
                .filter(why -> why instanceof MissedBarError || why.getCause() instanceof MissedBarError)
                .isPresent();
    }

    /** All was well, but it took too long. */
    private static final class MissedBarError extends AssertionError {
        private static final long serialVersionUID = 1L;

        MissedBarError(String message) {
            super(message);
        }
    }

    private static List<Outage> kinds() {
        var only = System.getProperty("backfleet.outage.kinds", "");
        return Arrays.stream(Outage.values())
                .filter(kind -> only.isEmpty()
                        ? FULL || !kind.takesTheServer()
                        : Arrays.asList(only.split(",")).contains(kind.name()))
                .toList();
    }

    private double live(Outage outage, Servers.Site site) throws Exception {
        run(site, "create table packages (id bigint primary key, n int not null default 0)");
        run(site, "insert into packages select i, 0 from generate_series(1, " + ROWS + ") i");
        var commands = new CommandLine(
                List.of(
                        "--database-url", site.url(),
                        "--kafka-bootstrap-servers", site.settings().bootstrapServers(),
                        "--topic-prefix", site.settings().topicPrefix()),
                Files.createDirectories(folder.resolve(site.database())));
        try (var fleet = start(site)) {
            commands.submit("job", SPEC);
            awaitAllAtWork(outage, fleet, 180);

            var threads = clients(site);
            outage.begin(site);
            LockSupport.parkNanos(SECONDS.toNanos(SECONDS_AWAY));
            // Somebody at work would notice by himself that the server is back.
            await("idle slots").atMost(Duration.ofMinutes(3)).until(fleet::isIdle);
            if (!outage.isOfPostgres()) {
                assertThat(commands.run("workers"))
                        .contains("accepts no tasks: control topic unreachable since")
                        .doesNotContain("accepting tasks");
                assertThat(commands.run("status", "job"))
                        .contains("2 of 2 workers accept no tasks: control topic unreachable since");
            }
            outage.end(site);

            var took = awaitAllAtWork(outage, fleet, 60);
            write("%s of %d s: every worker was at work after %.1f s".formatted(outage, SECONDS_AWAY, took));
            await("as many threads as before").atMost(Duration.ofMinutes(1)).until(() -> clients(site) <= threads);
            if (outage != Outage.POSTGRES_BLACK_HOLE) {
                // There the server does not know which sessions are dead.
                assertThat(number(
                                site,
                                "select count(*) from pg_stat_activity where datname = current_database() "
                                        + "and application_name like 'backfleet-%'"))
                        .isLessThanOrEqualTo(Fleet.SESSIONS);
            }
            commands.run("set", "job", "--rate", "none");
            awaitSuccess(site);
            assertThat(number(site, "select count(*) from packages where n <> 1"))
                    .as("rows that were not changed once")
                    .isZero();
            if (FULL && took > BAR) {
                throw new MissedBarError("%s: every worker was at work only after %.1f s".formatted(outage, took));
            }
            return took;
        }
    }

    // One after the other: clients have only seconds for their handshake with a broker, however busy the machine is.
    private static synchronized Fleet start(Servers.Site site) throws InterruptedException {
        return Fleet.start(site);
    }

    /** Waits until every worker has committed another batch; how many seconds it took. */
    private static double awaitAllAtWork(Outage outage, Fleet fleet, double patience) {
        var before = fleet.batches();
        var began = System.nanoTime();
        while (true) {
            var idle = fleet.batches();
            idle.entrySet().removeIf(worker -> worker.getValue() > before.getOrDefault(worker.getKey(), 0L));
            var took = (System.nanoTime() - began) / 1e9;
            if (idle.isEmpty()) {
                return took;
            }
            assertThat(took)
                    .as("%s: seconds that %s idle", outage, idle.keySet())
                    .isLessThan(patience);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** How many threads the fleet's Kafka clients have: their names begin with those of its processes. */
    private static long clients(Servers.Site site) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(site.database()))
                .count();
    }

    private static void awaitSuccess(Servers.Site site) {
        await("the job's end")
                .atMost(Duration.ofMinutes(3))
                .until(() -> number(site, "select count(*) from backfleet.job where state = 'SUCCEEDED'") == 1);
    }

    private static void run(Servers.Site site, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(site.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Servers.Site site, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(site.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static synchronized void write(String line) {
        unchecked(() -> Files.writeString(FIGURES, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    private static <T> T unchecked(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }
}

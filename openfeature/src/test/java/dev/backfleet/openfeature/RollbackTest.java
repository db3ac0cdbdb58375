package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.openfeature.sdk.ImmutableContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rollbacks and growing percentages while applications read, in SQL and through the provider. */
@Tag("server")
class RollbackTest {
    private static final BackfleetOptions OFTEN = BackfleetOptions.defaults().poll(Duration.ofMillis(20));
    private static final int TENANTS = 100;
    private static final int READERS = 2;
    private static final int[] PERCENTS = {0, 5, 25, 50, 75, 100};

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean over;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FlagDatabase db;

    @SuppressWarnings("NullAway.Init") // each test starts one
    private BackfleetProvider provider;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HikariDataSource pool;

    @BeforeEach
    void start() throws Exception {
        db = new FlagDatabase();
        db.grant();
        // As applications have it.
        var settings = new HikariConfig();
        settings.setDataSource(db.application());
        settings.setMaximumPoolSize(3);
        pool = new HikariDataSource(settings);
        db.run("insert into backfleet.flag (name, changed_by) values ('split-names', 'me')");
    }

    private void provider(BackfleetOptions options) throws FlagSourceException {
        provider = new BackfleetProvider(pool, options.instance("app-1"));
        provider.initialize(new ImmutableContext());
    }

    @AfterEach
    void stop() throws Exception {
        over = true;
        threads.shutdownNow();
        provider.shutdown();
        pool.close();
        db.close();
    }

    @Test
    void a_rollback_is_seen_by_the_next_statement_and_by_the_provider_and_is_reported() throws Exception {
        provider(OFTEN);
        load();
        for (var i = 0; i < 3; i++) {
            rollBack();
        }
        var version = db.ask("select version from backfleet.flag");
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> db.ask("select max(version) from backfleet.flag_reader where instance = 'app-1'")
                        .equals(version));
    }

    /** The promise: none later than a second in Java, and in SQL not later than the next statement. */
    @Tag("long")
    @Test
    void two_hundred_rollbacks_under_load_are_each_seen_within_a_second() throws Exception {
        provider(BackfleetOptions.defaults());
        load();
        var slowest = Duration.ZERO;
        for (var i = 0; i < 200; i++) {
            var took = rollBack();
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        assertThat(slowest).as("slowest of 200").isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_reader_never_sees_a_tenant_go_back_while_the_percentage_grows() throws Exception {
        provider(OFTEN);
        var inJava = new ArrayList<Future<boolean[]>>();
        for (var i = 0; i < READERS; i++) {
            inJava.add(threads.submit(() -> watch(this::askProvider)));
        }
        var inSql = threads.submit(() -> {
            try (var connection = db.application().getConnection();
                    var statement =
                            connection.prepareStatement("select array_agg(backfleet.flag('split-names', t::text)"
                                    + " order by t) from generate_series(1, ?) t")) {
                statement.setInt(1, TENANTS);
                return watch(() -> {
                    try (var rows = statement.executeQuery()) {
                        rows.next();
                        return unboxed((Boolean[]) rows.getArray(1).getArray());
                    }
                });
            }
        });
        for (var percent : PERCENTS) {
            db.run("update backfleet.flag set state = 'ON', percent = " + percent);
            var expected = expected(percent);
            await().pollInterval(Duration.ofMillis(20)).until(() -> Arrays.equals(askProvider(), expected));
            var before = reads.get();
            await().pollInterval(Duration.ofMillis(20)).until(() -> reads.get() > before + 10);
        }
        over = true;
        inJava.add(inSql);
        for (var reader : inJava) {
            assertThat(reader.get()).containsOnly(true);
        }
    }

    private boolean[] expected(int percent) {
        var in = new boolean[TENANTS];
        for (var i = 0; i < TENANTS; i++) {
            in[i] = Bucket.of("split-names", Integer.toString(i + 1)) < percent * 100;
        }
        return in;
    }

    /** What each tenant reads at last, if none has gone back. */
    private boolean[] watch(Callable<boolean[]> read) throws Exception {
        var before = new boolean[TENANTS];
        while (!over) {
            var now = read.call();
            for (var i = 0; i < TENANTS; i++) {
                assertThat(now[i] || !before[i]).as("tenant " + (i + 1)).isTrue();
            }
            before = now;
            reads.incrementAndGet();
        }
        return read.call();
    }

    // Switched on, seen, switched off; how long it took until the provider said so.
    private Duration rollBack() throws Exception {
        db.run("update backfleet.flag set state = 'ON', percent = 100");
        await().pollInterval(Duration.ofMillis(5)).until(() -> isOn(7));
        assertThat(db.ask("select backfleet.flag('split-names', '7')")).isEqualTo("t");
        db.run("update backfleet.flag set state = 'OFF'");
        var committed = System.nanoTime();
        try (var connection = db.application().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select backfleet.flag('split-names', '7')")) {
            rows.next();
            assertThat(rows.getBoolean(1)).as("by the next statement").isFalse();
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> !isOn(7));
        return Duration.ofNanos(System.nanoTime() - committed);
    }

    private boolean isOn(int tenant) {
        return provider.getBooleanEvaluation("split-names", false, new ImmutableContext(Integer.toString(tenant)))
                .getValue();
    }

    private boolean[] askProvider() {
        var all = IntStream.rangeClosed(1, TENANTS).mapToObj(this::isOn).toArray(Boolean[]::new);
        return unboxed(all);
    }

    private static boolean[] unboxed(Boolean[] all) {
        var plain = new boolean[all.length];
        for (var i = 0; i < all.length; i++) {
            plain[i] = all[i];
        }
        return plain;
    }

    // Rows read and written by the flag, as an application does.
    private void load() throws Exception {
        db.run("create table people (id int primary key, tenant_id int, n int default 0);"
                + " insert into people select i, i % " + TENANTS + " from generate_series(1, 1000) i");
        for (var statement : List.of(
                "select count(*) from people where backfleet.flag('split-names', tenant_id::text)",
                "update people set n = n + 1 where id % 10 = 0 and not backfleet.flag('split-names', tenant_id::text)")) {
            var unused = threads.submit(() -> {
                try (var connection = FlagDatabase.source(db.url).getConnection();
                        var prepared = connection.prepareStatement(statement)) {
                    while (!over) {
                        prepared.execute();
                    }
                }
                return true;
            });
        }
    }
}

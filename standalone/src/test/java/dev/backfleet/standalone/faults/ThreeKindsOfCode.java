package dev.backfleet.standalone.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An application of three versions at once, which writes names all the time: one that knows only the old shape, one that writes both, and
 * one that writes only the new shape. The last two do so as soon as the sync is there, as their deployment would. Each remembers what it has
 * written, and what it may have written when the server did not answer.
 */
public final class ThreeKindsOfCode implements AutoCloseable {
    /** Creates its table. */
    public static final String TABLE =
            "create table people (id bigint primary key, tenant_id integer not null, full_name text not null)";

    private static final long PAUSE_NANOS = 4_000_000;

    private final String url;
    private final int rows;
    private final Map<Long, Set<String>> written = new ConcurrentHashMap<>();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final Map<Kind, AtomicLong> statements = new EnumMap<>(Kind.class);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Durability durability;
    private volatile boolean synced;

    ThreeKindsOfCode(String url, int rows) {
        this(url, rows, new Durability() {
            @Override
            public long now() {
                return 0;
            }

            @Override
            public boolean isKept(long began) {
                return true;
            }
        });
    }

    /** With a database that may lose what it has acknowledged. */
    public ThreeKindsOfCode(String url, int rows, Durability durability) {
        this.url = url;
        this.rows = rows;
        this.durability = durability;
        for (var kind : Kind.values()) {
            var ended = new AtomicLong();
            statements.put(kind, ended);
            var thread = new Thread(() -> run(kind, ended), "application-" + kind);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** From now on the newer versions write the new shape. */
    public void deploy() {
        synced = true;
    }

    /** Takes the newer versions back; returns when none of their statements is under way, or when the application was stopped. */
    public void retreat() {
        synced = false;
        statements.forEach((kind, ended) -> {
            var before = ended.get();
            while (!stopped.get() && ended.get() == before) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        });
    }

    private void run(Kind kind, AtomicLong ended) {
        var random = new Random(kind.rest);
        Connection connection = null;
        var began = 0L;
        for (var number = 0; !stopped.get(); number++) {
            var id = 3L * random.nextInt(rows / 3) + kind.rest + 1;
            var first = kind.name() + number;
            var name = first + " Name" + random.nextInt(100);
            try {
                if (connection == null) {
                    connection = DriverManager.getConnection(url);
                    began = durability.now();
                }
                write(connection, synced ? kind : Kind.OLD, id, name);
                if (durability.isKept(began)) {
                    written.put(id, Set.of(name));
                } else {
                    mayHold(id, name);
                }
            } catch (SQLException e) {
                // It may have been committed all the same, or not.
                mayHold(id, name);
                if (!isAway(e)) {
                    refused.merge(kind + ": " + e.getMessage(), 1, Integer::sum);
                }
                connection = closed(connection);
            }
            ended.incrementAndGet();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        closed(connection);
    }

    private void mayHold(long id, String name) {
        written.compute(id, (row, before) -> with(before == null ? Set.of(original(row)) : before, name));
    }

    private static boolean isAway(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static void write(Connection connection, Kind kind, long id, String name) throws SQLException {
        try (var statement = connection.prepareStatement(kind.sql)) {
            for (var i = 1; i <= kind.parameters; i++) {
                statement.setString(i, name);
            }
            statement.setLong(kind.parameters + 1, id);
            statement.executeUpdate();
        }
    }

    /** The name that a row has before anybody has written it. */
    public static String original(long id) {
        return "Ada" + id + " Lovelace";
    }

    private static Set<String> with(Set<String> names, String name) {
        var both = new HashSet<>(names);
        both.add(name);
        return both;
    }

    private static @Nullable Connection closed(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is broken.
            }
        }
        return null;
    }

    /** Rows whose writes were acknowledged and are not there, or that hold what nobody has written. */
    public List<String> lost(Map<Long, String> names) {
        return names.entrySet().stream()
                .filter(row -> !written.getOrDefault(row.getKey(), Set.of(original(row.getKey())))
                        .contains(row.getValue()))
                .map(row -> row.getKey() + ": " + row.getValue() + " instead of " + written.get(row.getKey()))
                .toList();
    }

    /** How many rows were written. */
    public int writtenRows() {
        return written.size();
    }

    /** Why writes failed although the server was there, and how often. */
    public Map<String, Integer> refused() {
        return Map.copyOf(refused);
    }

    @Override
    public void close() throws InterruptedException {
        stopped.set(true);
        for (var thread : threads) {
            thread.join();
        }
    }

    /** Which acknowledgements of the database can be relied on. */
    public interface Durability {
        /** A mark of now. */
        long now();

        /** Whether what a connection of that time acknowledges now cannot be lost. */
        boolean isKept(long began);
    }

    private enum Kind {
        OLD(0, "update people set full_name = ? where id = ?", 1),
        DUAL(
                1,
                "update people set full_name = ?, first_name = split_part(?, ' ', 1), last_name = split_part(?, ' ', 2)"
                        + " where id = ?",
                3),
        NEW(
                2,
                "update people set first_name = split_part(?, ' ', 1), last_name = split_part(?, ' ', 2) where id = ?",
                2);

        // Each writes rows of its own.
        private final int rest;
        private final String sql;
        private final int parameters;

        Kind(int rest, String sql, int parameters) {
            this.rest = rest;
            this.sql = sql;
            this.parameters = parameters;
        }
    }
}

package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.throttle.CounterRate;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.SignalSource;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Reads signals from the target database, in a read-only session of its own with a timeout of a second for each statement: a
 * signal that takes longer cannot be read.
 */
public final class PostgresHealth implements SignalSource, AutoCloseable {
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final List<String> SESSION = List.of(
            "set statement_timeout = '1s'", "set lock_timeout = '200ms'", "set default_transaction_read_only = on");

    static final String HIDDEN = "the server hides other sessions: grant pg_read_all_stats to the coordinator's role";

    private final Database database;
    private final SpecQueries queries;
    private final Ticker ticker;
    private final StatementLatency application;
    private final RollbackRatio rollbacks;
    private final LockQueue locks;
    private final Map<Signal, CounterRate> counters = new EnumMap<>(Signal.class);
    private int serverVersion;

    private PostgresHealth(Database database, SpecQueries queries, Ticker ticker) {
        this.database = database;
        this.queries = queries;
        this.ticker = ticker;
        this.application = new StatementLatency(ticker);
        this.rollbacks = new RollbackRatio(ticker);
        this.locks = new LockQueue(ticker);
        counters.put(Signal.WAL_RATE, new CounterRate(Duration.ofMillis(1_500)));
        counters.put(Signal.CHECKPOINTS, new CounterRate(Duration.ofMinutes(1)));
    }

    /**
     * Opens the session when it is needed, on the current primary as far as the process knows it.
     *
     * @param queries the connection of the role that runs queries of specs; nothing: they run in the coordinator's session
     */
    public static PostgresHealth open(
            DatabaseSettings settings,
            Optional<DatabaseSettings> queries,
            String coordinator,
            Ticker ticker,
            Timelines timelines) {
        var profile = new Database.Profile("backfleet-health/" + coordinator, 1, SESSION, SILENCE);
        return new PostgresHealth(
                Database.open(settings, profile, timelines), SpecQueries.open(queries, profile, timelines), ticker);
    }

    @Override
    public List<Sample> server(Set<Signal> wanted) {
        return reading(wanted, connection -> {
            var samples = new ArrayList<Sample>();
            for (var gauge : ServerSignals.ALL) {
                if (gauge.fits(version(connection)) && gauge.signals().stream().anyMatch(wanted::contains)) {
                    samples.addAll(read(connection, gauge));
                }
            }
            if (wanted.contains(Signal.APPLICATION_LATENCY)) {
                application.read(connection).ifPresent(samples::add);
            }
            if (wanted.contains(Signal.ROLLBACK_RATIO)) {
                samples.add(rollbacks.read(connection));
            }
            return samples;
        });
    }

    @Override
    public List<Sample> job(ThrottledJob job, Set<Signal> wanted) {
        return reading(TableSignals.of(wanted), connection -> new TableSignals(connection, queries, job, locks, ticker)
                .read(wanted));
    }

    /** Closes the session: the next statement uses a new connection. Call this after an outage. */
    public void abort() {
        database.abort();
        queries.abort();
    }

    @Override
    public void close() {
        database.close();
        queries.close();
    }

    private List<Sample> read(Connection connection, ServerSignals gauge) {
        var samples = new ArrayList<Sample>();
        try (var statement = connection.prepareStatement(gauge.sql());
                var row = statement.executeQuery()) {
            row.next();
            var hidden = row.getBoolean(gauge.signals().size() + 1);
            for (var i = 0; i < gauge.signals().size(); i++) {
                var signal = gauge.signals().get(i);
                var value = row.getObject(i + 1) == null ? null : row.getDouble(i + 1);
                if (hidden) {
                    samples.add(Sample.unreadable(signal, HIDDEN));
                } else if (value != null) {
                    grown(signal, value).ifPresent(now -> samples.add(Sample.of(signal, now)));
                }
            }
        } catch (SQLException e) {
            gauge.signals().forEach(signal -> samples.add(Sample.unreadable(signal, why(e))));
        }
        return samples;
    }

    private OptionalDouble grown(Signal signal, double value) {
        var counter = counters.get(signal);
        if (counter == null) {
            return OptionalDouble.of(value);
        }
        counter.add(ticker.now(), value);
        return signal == Signal.CHECKPOINTS ? OptionalDouble.of(counter.total()) : counter.perSecond();
    }

    private int version(Connection connection) throws SQLException {
        if (serverVersion == 0) {
            serverVersion = connection.getMetaData().getDatabaseMajorVersion();
        }
        return serverVersion;
    }

    // Without a session every signal is unreadable.
    private List<Sample> reading(Set<Signal> wanted, Work work) {
        try {
            return database.jdbi().withHandle(handle -> work.with(handle.getConnection()));
        } catch (SQLException | ConnectionException e) {
            return wanted.stream()
                    .map(signal -> Sample.unreadable(signal, why(e)))
                    .toList();
        }
    }

    /** The cause of a failure, without values of rows: the error of a query in the spec may quote one. */
    static String why(@Nullable Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return SqlStateCodes.CANCELLED.equals(sql.getSQLState()) ? "it took longer than a second" : words(sql);
            }
        }
        return "the database cannot be asked";
    }

    private static String words(SQLException sql) {
        var isServers = sql instanceof PSQLException refused && refused.getServerErrorMessage() != null;
        return isServers
                ? sql.getSQLState() + ": " + SafeErrorMessage.words(ServerErrors.ofRows(sql), null)
                : String.valueOf(sql.getMessage()).lines().findFirst().orElse("");
    }

    private interface Work {
        List<Sample> with(Connection connection) throws SQLException;
    }
}

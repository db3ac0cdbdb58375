package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.Ending;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys of deleted rows that vacuum cannot remove yet take time to walk over, and are taken for no slow row. */
class DeadKeysTest {
    private TestFleet fleet;

    @BeforeEach
    void aTableWithManyDeadKeys() throws SQLException {
        var url = SharedServers.freshDatabase();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            // So that the time limit of a batch, 0.8 of it, is far too short for the walk.
            statement.execute("do $$ begin execute format('alter database %I set deadlock_timeout = ''120ms''', "
                    + "current_database()); end $$");
        }
        fleet = TestFleet.openOn(url);
        fleet.run("alter table backfleet.job alter row_timeout set default 0.1");
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 600000) i");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    @Test
    void they_are_crossed_and_every_row_behind_them_is_changed_once() throws SQLException {
        try (var old = fleet.connect()) {
            old.setAutoCommit(false);
            try (var statement = old.createStatement()) {
                statement.execute("set transaction isolation level repeatable read");
                statement.execute("select count(*) from t");
            }
            fleet.run("delete from t where id between 6 and 599990");
            var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{600000}");
            var ending = ErrorOriginTest.work(claim, fleet.store);
            assertThat(ending).isEqualTo(new Ending.Done());
            old.rollback();
        }
        assertThat(fleet.ask("select count(*), sum(n), max(n), (select count(*) from backfleet.quarantine) from t"))
                .isEqualTo("15 15 1 0");
    }
}

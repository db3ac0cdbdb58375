package dev.backfleet.coordinator.postgres.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Who builds an index or validates a constraint is seen from another session, whoever it is. */
@Tag("server")
class TableWorkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void a_build_and_a_drop_are_seen_with_whom_they_wait_for_and_a_validation_with_its_time() throws Exception {
        try (var db = TestDatabase.open()) {
            db.run(
                    "create table worked (id int, v int) partition by list (id); create table worked_1 partition of worked for values in (1)");
            db.run("insert into worked select 1, i from generate_series(1, 100) i");
            assertThat(work(db)).isEmpty();
            CompletableFuture<Void> build;
            try (var old = db.connect();
                    var statement = old.createStatement()) {
                statement.execute("set application_name = 'report'; begin isolation level repeatable read; select 1");
                build = CompletableFuture.runAsync(() -> run(db, "create index concurrently worked_v on worked_1 (v)"));
                await().atMost(PATIENCE).until(() -> work(db).stream().anyMatch(one -> one.waitsFor() != null));

                assertThat(work(db)).singleElement().satisfies(one -> {
                    assertThat(one.table()).isEqualTo("worked_1");
                    assertThat(one.what()).startsWith("waiting for");
                    assertThat(one.waitsFor()).contains("application report");
                    assertThat(one.words()).contains("pid " + one.pid(), "waits for the transaction of pid ");
                    assertThat(one.wordsWithTime()).startsWith(one.words() + ", for ");
                });
            }
            build.join();
            aDropIsSeenWithWhomItWaitsFor(db);
            db.run(
                    "create function worked_slow(int) returns boolean language plpgsql as"
                            + " 'begin perform pg_advisory_lock_shared(17); perform pg_advisory_unlock_shared(17); return true; end'");
            db.run("alter table worked_1 add constraint worked_check check (worked_slow(v)) not valid");
            try (var holder = db.connect();
                    var statement = holder.createStatement()) {
                statement.execute("select pg_advisory_lock(17)");
                build = CompletableFuture.runAsync(
                        () -> run(db, "alter table worked_1 validate constraint worked_check"));
                await().atMost(PATIENCE).until(() -> !work(db).isEmpty());
                assertThat(work(db)).singleElement().satisfies(one -> assertThat(one.what())
                        .isEqualTo("validating a constraint: reads the table"));
            }
            build.join();
        }
    }

    // PostgreSQL has no view with its progress.
    private static void aDropIsSeenWithWhomItWaitsFor(TestDatabase db) throws SQLException {
        CompletableFuture<Void> drop;
        try (var old = db.connect();
                var statement = old.createStatement()) {
            statement.execute("set application_name = 'report'; begin; select from worked_1");
            drop = CompletableFuture.runAsync(() -> run(db, "drop index concurrently worked_v"));
            await().atMost(PATIENCE).until(() -> work(db).stream().anyMatch(one -> one.waitsFor() != null));

            assertThat(work(db)).singleElement().satisfies(one -> {
                assertThat(one.words())
                        .contains(" on worked_1: dropping an index, waits for the transaction of pid ")
                        .endsWith("application report");
                assertThat(new StatementProgress(db.database).of(one.pid()))
                        .hasValueSatisfying(words -> assertThat(words)
                                .startsWith("waits for the transaction of pid ")
                                .endsWith("application report"));
                assertThat(new StatementProgress(db.database)
                                .of(old.unwrap(PGConnection.class).getBackendPID()))
                        .as("a session that waits for nobody")
                        .isEmpty();
            });
        }
        drop.join();
    }

    private static List<TableWork> work(TestDatabase db) throws SQLException {
        try (var connection = db.connect()) {
            return TableWorkStore.of(connection, "public.worked");
        }
    }

    private static void run(TestDatabase db, String sql) {
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose a step is: an abort takes back only what this migration has made, since anything else may hold what cannot be made again. */
@Tag("server")
class StepOwnersTest {
    private static TestDatabase db;
    private static List<Step> steps;
    private static long migration;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create table owned (id integer primary key, v integer)");
        var file = new MigrationBench.Draft("owned", "owned")
                .from("v")
                .to("w", "integer", "v")
                .finish(List.of(new Element.Index(
                        name("owned_w"), List.of("w"), false, Optional.empty(), List.of(), Optional.empty())))
                .migration();
        steps = new MigrationBench(db).steps(file);
        migration = new MigrationStore(db.database)
                .create(file, "public.owned", steps, Actor.commandLine("ann"))
                .id();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void one_that_was_in_the_way_or_was_only_begun_is_not_ours() throws SQLException {
        var column = step(Execution.INSTANT);
        var store = new StepStore(db.database, migration, "ann");

        assertThat(store.isOurs(column)).isFalse();
        store.failed(column, "", "it has the type text");
        assertThat(store.isOurs(column)).as("in the way").isFalse();
        store.begun(column);
        assertThat(store.isOurs(column))
                .as("what is executed in a transaction is stored in it")
                .isFalse();
        store.found(column);
        assertThat(db.ask("select state from backfleet.migration_step where step = '" + column.id() + "'"))
                .isEqualTo("FOUND_DONE");
        assertThat(store.isOurs(column)).isFalse();
    }

    @Test
    void a_concurrent_one_that_was_begun_is_ours() throws SQLException {
        var index = step(Execution.CONCURRENT);
        var store = new StepStore(db.database, migration, "ann");

        store.begun(index);
        assertThat(store.isOurs(index)).isTrue();
        store.found(index);
        assertThat(db.ask("select state from backfleet.migration_step where step = '" + index.id() + "'"))
                .isEqualTo("DONE");
        assertThat(store.isOurs(index)).isTrue();
    }

    private static Step step(Execution execution) {
        return steps.stream()
                .filter(step -> step.execution() == execution)
                .findFirst()
                .orElseThrow();
    }
}

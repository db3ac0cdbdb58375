package dev.backfleet.standalone.demo;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;

/** The spec that the demo submits, as a person would write it. */
final class DemoSpec {

    // The last column is what makes it hard: changing a row twice cannot be undone, and cannot be hidden.
    private static final String TEXT = """
            name: split-names
            table: public.customers
            tenant: tenant_id
            set:
              first_name: "nullif(split_part(full_name, ' ', 1), '')"
              last_name: "nullif(substr(full_name, length(split_part(full_name, ' ', 1)) + 2), '')"
              times_changed: "times_changed + 1"
            shard: { rows: 20000 }
            concurrency: %d
            """;

    private DemoSpec() {}

    /** The spec, for so many slots at once. */
    static String text(int slots) {
        return TEXT.formatted(slots);
    }

    /** Submits it, as the command {@code submit} does, and gives the job's id. */
    static long submit(Database database, String file, String text) {
        return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                .run(Actor.commandLine("demo"), SpecParser.parse(file, text))
                .id();
    }
}

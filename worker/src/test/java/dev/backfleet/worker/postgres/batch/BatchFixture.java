package dev.backfleet.worker.postgres.batch;

import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A database for the tests of a class. Each test finds it without tables, jobs and kept values. */
@Tag("server")
abstract class BatchFixture {
    private static final String FORGET = """
            do $$ declare one text;
            begin
              for one in select oid::regclass from pg_class
                         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition loop
                execute 'drop table if exists ' || one || ' cascade';
              end loop;
              for one in select oid::regtype from pg_type t
                         where typnamespace = 'public'::regnamespace
                           and (typtype in ('d', 'e')
                                or typtype = 'c' and (select relkind from pg_class c where c.oid = t.typrelid) = 'c') loop
                execute 'drop type if exists ' || one || ' cascade';
              end loop;
              delete from backfleet.job;
              truncate backfleet.kept_row;
            end $$
            """;

    static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run(FORGET);
    }

    /** Batches of random sizes to the end of the shard, of which none is rejected; how many rows they changed or judged. */
    static long inBatches(Claim claim, Random random, int most) {
        var cursor = claim.cursor();
        var rows = 0L;
        for (var done = false; !done; ) {
            var result = fleet.ranges
                    .batch(claim, new Step.Batch(cursor, 1 + random.nextInt(most)))
                    .orElseThrow();
            cursor = result.cursor();
            done = result.done();
            rows += result.changed();
        }
        return rows;
    }
}

package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.worker.postgres.TestFleet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of a table's triggers, on a real server. */
@Tag("server")
class TriggersTest {
    private final TestFleet fleet = TestFleet.open();

    @BeforeEach
    void aTableWithTriggers() throws SQLException {
        fleet.run("create table t (id integer primary key, n integer default 0, touched integer default 0)");
        fleet.run("create table log (id integer, how text)");
        fleet.run("create function touch() returns trigger language plpgsql as "
                + "'begin new.touched := old.touched + 1; return new; end'");
        fleet.run("create function note() returns trigger language plpgsql as "
                + "'begin insert into public.log values (new.id, tg_argv[0]); return null; end'");
        fleet.run("create trigger touch before update on t for each row execute function touch()");
        fleet.run("create trigger note after update on t for each row execute function note('after')");
        fleet.run("create trigger always after update on t for each row execute function note('always')");
        fleet.run("alter table t enable always trigger always");
        fleet.run("create constraint trigger late after update on t deferrable initially deferred "
                + "for each row execute function note('deferred')");
        fleet.run("insert into t select i from generate_series(1, 10) i");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    private JobDefinition job(Triggers triggers) throws SQLException {
        var firing = fleet.definition("t", null, List.of("id"), "n=n + 1");
        return firing.working(new UpdateRows(firing.work().set(), null, triggers));
    }

    private String fired() throws SQLException {
        return fleet.ask("select (select sum(touched) from t), count(*) filter (where how = 'after'), "
                + "count(*) filter (where how = 'always'), count(*) filter (where how = 'deferred') from log");
    }

    @Test
    void they_fire_by_default() throws SQLException {
        fleet.finish(fleet.claim(job(Triggers.FIRE), "{10}"), 4);
        assertThat(fired()).isEqualTo("10 10 10 10");
    }

    @Test
    void suppressed_ones_do_not_fire_but_those_that_always_do_do() throws SQLException {
        assertThat(fleet.finish(fleet.claim(job(Triggers.SUPPRESS), "{10}"), 4)).isEqualTo(10);
        assertThat(fired()).isEqualTo("0 0 10 0");
        assertThat(fleet.ask("select sum(n) from t")).isEqualTo("10");
    }

    @Test
    void they_are_suppressed_for_the_batch_only_and_not_for_what_the_session_does_next() throws SQLException {
        var quiet = fleet.claim(job(Triggers.SUPPRESS), "{10}");
        var loud = fleet.claim(job(Triggers.FIRE), "{10}");
        fleet.finish(quiet, 1);
        fleet.finish(loud, 1);
        assertThat(fired()).isEqualTo("10 10 20 10");
    }

    @Test
    void the_sync_of_a_jobs_own_migration_does_not_fire_and_that_of_another_one_does() throws SQLException {
        for (var migration : List.of("mine", "other")) {
            fleet.run("create trigger " + migration + " before update on t for each row when ("
                    + "current_setting('backfleet.sync', true) is distinct from '" + migration
                    + "') execute function note('" + migration + "')");
        }
        fleet.run("drop trigger note on t; drop trigger always on t; drop trigger late on t");
        fleet.run("create or replace function note() returns trigger language plpgsql as "
                + "'begin insert into public.log values (new.id, tg_argv[0]); return new; end'");
        var firing = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var mine = firing.working(new UpdateRows(firing.work().set(), null, Triggers.FIRE, OldValues.LOST, "mine"));
        var batches = fleet.claim(mine, "{10}");
        var none = fleet.claim(firing, "{10}");
        fleet.finish(batches, 4);
        assertThat(fleet.ask("select string_agg(distinct how, ' '), count(*) from log"))
                .isEqualTo("other 10");
        fleet.finish(none, 4);
        assertThat(fleet.ask("select count(*) filter (where how = 'mine'), count(*) from log"))
                .isEqualTo("10 30");
    }
}

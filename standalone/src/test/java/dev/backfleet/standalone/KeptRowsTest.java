package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A BEFORE trigger that returns NULL keeps rows unchanged: the status of the running job says so, with their number. */
@Tag("server")
class KeptRowsTest {

    @Test
    void rows_for_which_a_trigger_returns_null_are_a_problem_with_their_exact_number() {
        var settings = DatabaseSettings.ofUrl(SharedServers.freshDatabase());
        ControlSchema.migrate(settings);
        var silence = Duration.ofSeconds(30);
        try (var coordinator = Database.open(settings, new Database.Profile("coordinator", 3, List.of(), silence));
                var worker = Database.open(
                        settings, new Database.Profile("backfleet-worker/w", 3, WorkerSession.statements(), silence))) {
            run(coordinator, "create table t (id int primary key, n int not null default 0)");
            run(coordinator, "insert into t select i from generate_series(1, 100) i");
            var plain = submit(coordinator, "name: plain\ntable: t\nset: { n: n + 1 }\n");
            var chosen = submit(coordinator, "name: chosen\ntable: t\nset: { n: n + 1 }\nwhere: id > 10\n");
            var queries = new PostgresQueries(coordinator);
            // Without a trigger: rows that were deleted between two statements are not a trigger's.
            batch(worker, plain, 20);
            assertThat(problems(queries, plain)).isEmpty();

            run(
                    coordinator,
                    "create function veto() returns trigger language plpgsql as "
                            + "'begin if new.id % 10 = 7 then return null; end if; return new; end'");
            run(coordinator, "create trigger \"No\" before update on t for each row execute function veto()");
            assertThat(problems(queries, plain)).isEmpty();
            batch(worker, plain, 30);
            assertThat(problems(queries, plain)).singleElement().satisfies(problem -> assertThat(problem.message())
                    .isEqualTo("3 of 50 scanned rows were neither changed nor quarantined: the BEFORE trigger "
                            + "\"No\" has returned NULL, or the application has deleted them in the meantime"));
            // Which rows a condition excludes is not counted.
            batch(worker, chosen, 50);
            assertThat(problems(queries, chosen)).isEmpty();

            run(coordinator, "alter table t disable trigger \"No\"");
            assertThat(problems(queries, plain)).isEmpty();
        }
    }

    private static List<Problem> problems(PostgresQueries queries, long job) {
        return JobProblems.of(queries.snapshot(job).orElseThrow()).stream()
                .filter(problem -> problem.code() == ProblemCode.ROWS_LEFT_OUT)
                .toList();
    }

    // Forced, since two jobs of the test set the same column.
    private static long submit(Database database, String spec) {
        var job = new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                .run(Actor.commandLine("me"), SpecParser.parse("s.yaml", spec), new Intake.How(false, false, true))
                .id();
        new PostgresPlans(database).plan(job);
        return job;
    }

    private static void batch(Database worker, long job, int rows) {
        run(
                worker,
                "update backfleet.shard set state = 'DISPATCHED', dispatch = dispatch + 1, dispatched_at = now(), "
                        + "worker = null, lease_until = null where job_id = " + job);
        var dispatch = worker.jdbi()
                .withHandle(handle -> handle.createQuery("select dispatch from backfleet.shard where job_id = " + job)
                        .mapTo(Long.class)
                        .one());
        var silence = Duration.ofSeconds(60);
        var claim = new PostgresShardLeases(worker, "w", silence)
                .claim(new Task(new ShardId(job, 1), dispatch))
                .orElseThrow();
        assertThat(new PostgresRangeWorker(worker, "w", silence).batch(claim, new Step.Batch(claim.cursor(), rows)))
                .isPresent();
    }

    private static void run(Database database, String sql) {
        database.jdbi().useHandle(handle -> handle.execute(sql));
    }
}

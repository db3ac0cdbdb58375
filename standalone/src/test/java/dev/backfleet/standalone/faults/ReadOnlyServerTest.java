package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that takes no writes, as after a failover to which the address has not moved: the fleet says so and waits for it. */
@Tag("long")
@Tag("staged")
class ReadOnlyServerTest {
    @RegisterExtension
    private static final SharedStage SHARED = new SharedStage();

    private Stage stage;
    private Table table;

    @BeforeEach
    void start() throws Exception {
        stage = SHARED.ready();
        table = stage.table();
    }

    @AfterEach
    void calm() throws Exception {
        readOnly(false);
        stage.calm();
    }

    private void readOnly(boolean on) throws SQLException {
        table.run("set default_transaction_read_only = off");
        table.run("alter system set default_transaction_read_only = " + (on ? "on" : "off"));
        table.run("select pg_reload_conf()");
    }

    @Test
    void its_workers_accept_no_tasks_say_why_and_resume_by_themselves() throws Exception {
        var job = stage.submit("read-only", """
                set: { n: n + 1 }
                shard: { rows: 2000 }
                rate: { rows-per-second: 40000 }
                throttle: none
                """);
        // One that a test before has killed counts until its last heartbeat is old.
        Stage.awaitTrue(() -> stage.table()
                        .number("select count(*) from backfleet.worker where seen_at > now() - interval '6 seconds'")
                == SharedStage.WORKERS);
        stage.awaitChanged(job, 1);
        var said = stage.said("the database is read-only: no tasks are accepted");
        readOnly(true);
        Stage.awaitTrue(
                () -> stage.said("the database is read-only: no tasks are accepted") == said + SharedStage.WORKERS);
        Stage.awaitTrue(
                () -> stage.commands().run("workers").contains("accepts no tasks: the database is read-only since"));
        assertThat(stage.commands().run("status", "read-only"))
                .contains("the server is read-only")
                .contains(SharedStage.WORKERS + " of " + SharedStage.WORKERS + " workers accept no tasks: ")
                .doesNotContain("no worker is alive")
                .doesNotContain("no active coordinator");
        readOnly(false);
        stage.awaitEveryRowOnce(job);
    }
}

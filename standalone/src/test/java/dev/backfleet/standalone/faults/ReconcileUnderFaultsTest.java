package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers are killed while a reconcile runs: each wrong row is counted once all the same. */
@Tag("long")
@Tag("staged")
class ReconcileUnderFaultsTest {
    private static final int KILLS = 2;

    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = SHARED.ready();
    }

    @AfterEach
    void calm() throws SQLException {
        stage.calm();
    }

    @Test
    void each_wrong_row_is_counted_once() throws Exception {
        var job = stage.submit(
                "spoiled", "tenant: tenant_id\nset: { n: src + 1 }\nshard: { rows: 8000 }\nthrottle: none\n");
        stage.awaitState(job, "SUCCEEDED");
        stage.table().run("update packages set n = 5 where id % 171 = 0");
        var wrong = stage.table().number("select count(*) from packages where n = 5");
        var reconcile = Long.parseLong(stage.commands()
                .run("reconcile", "spoiled", "--no-wait", "--rate", "2000")
                .strip());
        for (var kill = 1; kill <= KILLS; kill++) {
            // So slow that it cannot end before the last worker is killed.
            stage.awaitChanged(reconcile, kill * 2_000L);
            stage.busy().kill();
            stage.restoreStrength();
        }
        // On a busy machine, the fleet may be done before the last worker has been replaced.
        stage.commands().runUnlessConflict("set", "spoiled.reconcile", "--rate", "none");
        stage.awaitState(reconcile, "SUCCEEDED");
        assertThat(number("select sum(rows) from backfleet.reconcile_tenant", reconcile))
                .isEqualTo(wrong);
        assertThat(number("select different from backfleet.reconcile_verdict", reconcile))
                .isEqualTo(wrong);
        assertThat(number("select scanned from backfleet.reconcile_verdict", reconcile))
                .isEqualTo(SharedStage.ROWS);
        assertThat(number("select sum(dispatch - 1) from backfleet.shard", reconcile))
                .as("shards that another worker has gone on with")
                .isPositive();
    }

    private long number(String query, long job) throws SQLException {
        return stage.table().number(query + " where job_id = " + job);
    }
}

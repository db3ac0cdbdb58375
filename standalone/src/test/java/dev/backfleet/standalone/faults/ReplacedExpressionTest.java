package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The expression of a job that workers are busy with is replaced: from the end of the command on, no row gets the old one. */
@Tag("long")
@Tag("staged")
class ReplacedExpressionTest {
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
    void after_the_command_no_row_gets_the_old_expression() throws Exception {
        var job = stage.submit("replaced", """
                set: { n: "1 + case when id % 4 = 0 then (pg_sleep(0.001) is null)::int else 0 end" }
                shard: { rows: 20000 }
                throttle: none
                """);
        stage.awaitChanged(job, 2_000);
        var before = stage.table().number("select count(*) from backfleet.shard where state = 'RUNNING'");
        stage.commands().run("quarantine", "replaced", "--set", "n=2");
        var old = stage.table().number("select count(*) from packages where n = 1");
        stage.awaitState(job, "SUCCEEDED");
        assertThat(before).as("shards that workers were busy with").isPositive();
        assertThat(stage.table().number("select count(*) from packages where n = 1"))
                .as("rows with the old expression")
                .isEqualTo(old)
                .isLessThan(SharedStage.ROWS);
        assertThat(stage.table().number("select count(*) from packages where n = 2"))
                .isEqualTo(SharedStage.ROWS - old);
    }
}

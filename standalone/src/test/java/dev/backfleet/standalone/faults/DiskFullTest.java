package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.embedded.process.Command;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A table on a disk that is full: the job pauses by itself, and no row is lost. Needs the right to mount a file system. */
@Tag("staged")
class DiskFullTest {
    private static final int ROWS = 40_000;
    private static final String DISK_FULL = "53100";

    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    @TempDir
    private Path disk;

    private Stage stage;
    private Table table;

    @BeforeEach
    void mount() throws Exception {
        stage = SHARED.ready();
        table = stage.table();
        var mounted = Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", disk.toString()));
        assumeTrue(mounted.succeeded(), "no small disk can be mounted here, which takes root: " + mounted.output());
    }

    /** A test that failed must not spoil the next: a tablespace whose disk is gone can be neither used nor dropped. */
    @AfterEach
    void unmount() throws Exception {
        stage.calm();
        table.run("drop table if exists crowded, filler");
        table.run("drop tablespace if exists small");
        Command.run(List.of("umount", disk.toString()));
    }

    @Test
    void a_job_pauses_by_itself_when_the_disk_is_full_and_ends_when_there_is_room() throws Exception {
        table.run("create tablespace small location '" + disk + "'");
        table.run("create table crowded (id integer primary key using index tablespace small, n integer not null) "
                + "tablespace small");
        table.run("insert into crowded select i, 0 from generate_series(1, " + ROWS + ") i");
        table.run("create table filler tablespace small as select repeat('x', 1000) as x");
        fill(table);

        var job = stage.commands()
                .submit("crowded", "table: crowded\nset: { n: n + 1 }\nshard: { rows: 8000 }\nthrottle: none\n");
        stage.awaitState(job, "PAUSED");
        assertThat(table.texts("select reason from backfleet.job where id = " + job))
                .singleElement()
                .asString()
                .contains(DISK_FULL);
        assertThat(table.number("select sum(rows_changed) - (select sum(n) from crowded) from backfleet.shard "
                        + "where job_id = " + job))
                .as("rows counted, less rows changed")
                .isZero();
        assertThat(table.number("select count(*) from crowded where n = 0")).isPositive();

        table.run("drop table filler");
        stage.commands().runUnlessConflict("resume", "crowded");
        stage.awaitState(job, "SUCCEEDED");
        assertThat(table.number("select count(*) from crowded where n <> 1"))
                .as("rows that were not changed once")
                .isZero();
    }

    private static void fill(Table table) throws SQLException {
        try {
            while (true) {
                table.run("insert into filler select repeat('x', 1000) from generate_series(1, 50)");
            }
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo(DISK_FULL);
        }
    }
}

package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.embedded.process.Command;
import dev.backfleet.standalone.stack.StackOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table on a disk that is full: the job pauses by itself, and no row is lost. Needs the right to mount a file system. */
@Tag("server")
class DiskFullTest {
    private static final int ROWS = 40_000;
    private static final String DISK_FULL = "53100";

    @TempDir
    private Path disk;

    @BeforeEach
    void mount() {
        var mounted = Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", disk.toString()));
        assumeTrue(mounted.succeeded(), "no small disk can be mounted here, which takes root: " + mounted.output());
    }

    @AfterEach
    void unmount() {
        Command.run(List.of("umount", disk.toString()));
    }

    @Test
    void a_job_pauses_by_itself_when_the_disk_is_full_and_ends_when_there_is_room() throws Exception {
        try (var stage = Stage.open(StackOptions.temporary(), 1, ROWS)) {
            var table = stage.table();
            table.run("create tablespace small location '" + disk + "'");
            table.run("alter table packages set tablespace small");
            table.run("create table filler tablespace small as select repeat('x', 1000) as x");
            fill(table);

            var job = stage.submit("crowded", "set: { n: n + 1 }\nshard: { rows: 8000 }\nthrottle: none\n");
            stage.awaitState(job, "PAUSED");
            assertThat(table.texts("select reason from backfleet.job where id = " + job))
                    .singleElement()
                    .asString()
                    .contains(DISK_FULL);
            table.assertCountedAsChanged(job);
            assertThat(table.number("select count(*) from packages where n = 0"))
                    .isPositive();

            table.run("drop table filler");
            stage.commands().runUnlessConflict("resume", "crowded");
            stage.awaitEveryRowOnce(job);
            table.run("alter table packages set tablespace pg_default");
            table.run("drop tablespace small");
        }
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

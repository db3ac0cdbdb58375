package dev.backfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.standalone.postgres.DemoTable;
import dev.backfleet.standalone.postgres.DemoTable.Verdict;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo at a small size, and what its check can see. */
@Tag("server")
class DemoTest {

    @Test
    void a_small_demo_is_clean_though_its_only_worker_is_killed() throws Exception {
        var lost = new CopyOnWriteArrayList<String>();
        var said = new StringWriter();
        var out = new PrintWriter(said, true);
        var fleet = new ArrayList<FleetProcess>();
        var options = Demo.options(process -> lost.add(process.name())).with(PostgresOptions.fast());
        Path logs;
        try (var stack = LocalStack.open(options);
                var display = Display.asLines(out, Ticker.system())) {
            var outcome = Demo.run(stack, new DemoSize(300_000, 40, 1, true), out, display);

            assertThat(outcome.lines()).isNotEmpty();
            assertThat(outcome.clean()).as(said + "\n" + outcome.lines()).isTrue();
            assertThat(outcome.kill().orElseThrow()).isNotEmpty();
            fleet.addAll(stack.coordinators());
            fleet.addAll(stack.workers());
            logs = stack.logs();
        }
        assertThat(fleet).isNotEmpty().noneMatch(FleetProcess::isAlive);
        assertThat(logs).doesNotExist();
        assertThat(lost).isEmpty();
        assertThat(said.toString()).contains("times_changed + 1", "SUCCEEDED");
    }

    @Test
    void the_check_sees_rows_that_are_missing_doubled_wrong_or_gone() throws Exception {
        try (var database = table(1000, 10)) {
            var table = new DemoTable(database);
            run(database, "update public.customers set times_changed = 1, " + DemoTest.SPLIT);
            assertThat(table.check(1000)).isEqualTo(new Verdict(1000, 0, 0, 0));

            run(database, "update public.customers set times_changed = 0 where id in (1, 2, 3)");
            run(database, "update public.customers set times_changed = 2 where id in (4, 5)");
            run(database, "update public.customers set last_name = 'Somebody' where id = 6");
            run(database, "update public.customers set first_name = null where id = 7");
            run(database, "delete from public.customers where id = 8");

            assertThat(table.check(1000)).isEqualTo(new Verdict(999, 4, 2, 2));
        }
    }

    @Test
    void one_tenant_is_large_most_are_tiny_and_each_has_a_row() throws Exception {
        try (var database = table(20_000, 200)) {
            var sizes = new DemoTable(database).sizes();

            assertThat(sizes.tenants()).isEqualTo(200);
            assertThat(sizes.largest()).isBetween(5_000L, 8_000L);
            assertThat(sizes.smallest()).isBetween(1L, 10L);
        }
    }

    @Test
    void more_tenants_than_rows_and_no_rows_at_all_are_possible() throws Exception {
        try (var database = table(7, 100)) {
            assertThat(new DemoTable(database).sizes()).isEqualTo(new DemoTable.Sizes(7, 1, 1));
        }
        try (var database = table(0, 100)) {
            assertThat(new DemoTable(database).sizes()).isEqualTo(new DemoTable.Sizes(0, 0, 0));
            assertThat(new DemoTable(database).check(0)).isEqualTo(new Verdict(0, 0, 0, 0));
        }
    }

    private static final String SPLIT = """
            first_name = nullif(split_part(full_name, ' ', 1), ''),
            last_name = nullif(substr(full_name, length(split_part(full_name, ' ', 1)) + 2), '')
            """;

    private static Database table(long rows, int tenants) throws InterruptedException {
        var database = Database.open(
                DatabaseSettings.ofUrl(SharedServers.freshDatabase()),
                new Database.Profile("test", 2, List.of(), Duration.ofSeconds(30)));
        new DemoTable(database).fill(rows, tenants);
        return database;
    }

    private static void run(Database database, String statement) {
        database.jdbi().useHandle(handle -> handle.execute(statement));
    }
}

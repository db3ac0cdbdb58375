package dev.backfleet.standalone.demo.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.standalone.Main;
import dev.backfleet.standalone.demo.DemoSize;
import dev.backfleet.standalone.stack.LocalStack;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo of a migration at a small size. */
@Tag("server")
@Tag("long")
class MigrationDemoTest {

    @Test
    void it_goes_from_the_file_to_the_dropped_column_and_the_application_does_not_notice() throws Exception {
        var lost = new CopyOnWriteArrayList<String>();
        var said = new StringWriter();
        var options = MigrationDemo.options(PostgresOptions.fast(), process -> lost.add(process.name()));
        try (var stack = LocalStack.open(options)) {
            var terminal = new Terminal(stack, MigrationDemoTest::run, new PrintWriter(said, true));

            var outcome = MigrationDemo.run(stack, new DemoSize(20_000, 40, 1, false), terminal);

            assertThat(outcome.clean()).as(said + "\n" + outcome.lines()).isTrue();
        }
        assertThat(said.toString())
                .contains("all reads were taken back")
                .contains("contract split-names --rename", "split-names RENAMED", "split-names CONTRACTED");
        assertThat(lost).isEmpty();
    }

    private static int run(List<String> arguments, PrintWriter out) {
        var commands = Main.commandLine(arguments.toArray(String[]::new));
        commands.picocli().setOut(out).setErr(out);
        return commands.execute(arguments.toArray(String[]::new));
    }
}

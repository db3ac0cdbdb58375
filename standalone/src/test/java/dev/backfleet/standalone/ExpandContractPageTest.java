package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.standalone.faults.CommandLine;
import dev.backfleet.standalone.reconcile.ComparingFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every block of the worked example is executed in its order, and gives what the page says. */
@Tag("server")
class ExpandContractPageTest {
    private static final Pattern BLOCK =
            Pattern.compile("^```(sql|yaml|sh)\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern ANSWER = Pattern.compile("; -- (.*)\\s*$");

    @TempDir
    Path folder;

    @Test
    void the_page_is_true() throws Exception {
        var executed = new ArrayList<String>();
        try (var fleet = ComparingFleet.open(folder)) {
            var commands = new CommandLine(fleet.flags(), folder);
            var blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "expand-contract.md")));
            while (blocks.find()) {
                var text = blocks.group(2);
                switch (blocks.group(1)) {
                    case "sql" -> sql(fleet.application(), text);
                    case "yaml" -> Files.writeString(folder.resolve("split-names.yaml"), text);
                    default -> text.lines().forEach(line -> command(commands, line));
                }
                executed.add(blocks.group(1));
            }
        }
        assertThat(executed).contains("sql", "yaml", "sh").hasSizeGreaterThan(20);
    }

    private static void sql(Connection database, String text) throws SQLException {
        var answer = ANSWER.matcher(text);
        try (var statement = database.createStatement()) {
            if (answer.find()) {
                try (var row = statement.executeQuery(text.substring(0, answer.start()))) {
                    row.next();
                    assertThat(row.getString(1)).as(text).isEqualTo(answer.group(1));
                }
            } else {
                statement.execute(text);
            }
        }
    }

    private void command(CommandLine commands, String line) {
        var words = new ArrayList<>(List.of(line.split(" ")));
        assertThat(words.remove(0)).isEqualTo("backfleet");
        words.replaceAll(word -> word.endsWith(".yaml") ? folder.resolve(word).toString() : word);
        // The job may be done before it is paused, or its rate changed.
        if (List.of("set", "pause", "resume").contains(words.get(0))) {
            commands.runUnlessConflict(words.remove(0), words.toArray(String[]::new));
        } else {
            commands.run(words.toArray(String[]::new));
        }
    }
}

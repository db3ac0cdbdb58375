package dev.backfleet.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first block of commands in README, run as it is. */
@Tag("server")
class ReadmeTest {
    private static final Pattern BLOCK =
            Pattern.compile("## A first job on your own database\\n.*?```sh\\n(.*?)```", Pattern.DOTALL);
    private static final int TIMEOUT_SECONDS = 240;

    private final String url = SharedServers.freshDatabase();

    @TempDir
    Path folder;

    @Test
    void the_first_job_of_the_readme_succeeds_as_it_is_pasted() throws Exception {
        execute("create table customers (id bigint primary key, full_name text, first_name text, last_name text)");
        execute("insert into customers select i, 'Ada Lovelace', null, null from generate_series(1, 2000) i");
        var launcher = folder.resolve("backfleet");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '" + ChildJvm.java() + "' -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 '"
                        + String.join("' '", ChildJvm.options()) + "' -cp '" + ChildJvm.classPath() + "' "
                        + Main.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        var script = folder.resolve("pasted.sh");
        // What runs in the background ends with the shell that it was pasted into.
        Files.writeString(script, "trap 'kill $(jobs -p); wait' EXIT\n" + block() + "\nended=$?\nexit $ended\n");

        var output = folder.resolve("output").toFile();
        var shell = new ProcessBuilder("bash", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            var ended = shell.waitFor(TIMEOUT_SECONDS, SECONDS);
            assertThat(ended).as(said()).isTrue();
        } finally {
            shell.descendants().forEach(ProcessHandle::destroy);
            shell.destroy();
        }
        assertThat(shell.exitValue()).as(said()).isZero();
        assertThat(Files.readString(output.toPath())).contains("SUCCEEDED");
        assertThat(ask("select count(*) from customers where first_name = 'Ada' and last_name = 'Lovelace'"))
                .isEqualTo("2000");
    }

    /** What the shell and the processes in the background wrote. */
    private String said() throws IOException {
        var all = new StringBuilder();
        for (var name : List.of("output", "coordinator.log", "worker-1.log", "worker-2.log")) {
            var file = folder.resolve(name);
            all.append("== ").append(name).append('\n').append(Files.exists(file) ? Files.readString(file) : "");
        }
        return all.toString();
    }

    /** The block with the addresses of the servers in place of its own, and nothing else changed. */
    private String block() throws IOException {
        var found = BLOCK.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(found.find()).isTrue();
        var database = "postgresql://" + SharedServers.postgres().user() + "@127.0.0.1:"
                + SharedServers.postgres().port() + "/" + url.replaceFirst(".*/([^/?]+).*", "$1");
        var text = found.group(1)
                .replaceFirst("(?<=BACKFLEET_DATABASE_URL=)\\S+", Matcher.quoteReplacement(database))
                .replaceFirst(
                        "(?<=BOOTSTRAP_SERVERS=)\\S+", SharedServers.kafka().bootstrapServers());
        return text.stripTrailing();
    }

    private void execute(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(url);
                var statement = server.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(url);
                var statement = server.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}

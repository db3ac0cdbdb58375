package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;

/** The example of the documents compiles, and does what its page says. */
@Tag("server")
class FlagExampleTest {
    private static final Path SOURCE = Path.of("../docs/examples/openfeature/SplitNames.java");
    private static final int TENANTS = 20;

    @TempDir
    Path classes;

    @Test
    void each_tenant_changes_once_while_the_percentage_grows_and_once_by_a_rollback() throws Exception {
        var printed = new ByteArrayOutputStream();
        try (var db = new FlagDatabase();
                var loader = compile()) {
            db.grant();
            db.run(
                    "create table customers (id int primary key, tenant_id int, full_name text, first_name text, last_name text);"
                            + " insert into customers select i, i % " + TENANTS
                            + " + 1, 'Ada ' || i, 'Ada', i::text from generate_series(1, 200) i;"
                            + " grant select on customers to " + db.app + ";"
                            + " insert into backfleet.flag (name, state, percent, changed_by) values ('split-names', 'ON', 0, 'me')");
            var type = loader.loadClass("SplitNames");
            var application = (AutoCloseable)
                    type.getConstructor(DataSource.class, String.class).newInstance(db.application(), "example");
            var run = type.getMethod("run", PrintStream.class);
            var thread = new Thread(() -> {
                try {
                    run.invoke(application, new PrintStream(printed, true, StandardCharsets.UTF_8));
                } catch (ReflectiveOperationException e) {
                    // Interrupted at the end.
                }
            });
            thread.start();
            try {
                await().until(() -> lines(printed).size() == TENANTS);
                for (var percent : List.of(25, 75, 100)) {
                    db.run("update backfleet.flag set percent = " + percent);
                    var in = IntStream.rangeClosed(1, TENANTS)
                            .filter(tenant -> Bucket.of("split-names", Integer.toString(tenant)) < percent * 100)
                            .count();
                    await().until(() -> lines(printed).size() == TENANTS + in);
                }
                db.run("update backfleet.flag set state = 'OFF'");
                await().until(() -> lines(printed).size() == 3 * TENANTS);
            } finally {
                thread.interrupt();
                thread.join();
                application.close();
            }
        }
        var byTenant = lines(printed).stream()
                .collect(Collectors.groupingBy(
                        line -> line.split(" ")[1],
                        Collectors.mapping(line -> line.split(" ")[4], Collectors.toList())));
        assertThat(byTenant).hasSize(TENANTS);
        assertThat(byTenant.values()).allSatisfy(shapes -> assertThat(shapes).containsExactly("old", "new", "old"));
    }

    private static List<String> lines(ByteArrayOutputStream printed) {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private URLClassLoader compile() throws Exception {
        var libraries = Stream.of(BackfleetProvider.class, OpenFeatureAPI.class, PGSimpleDataSource.class, Logger.class)
                .map(type -> new File(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath())
                        .getPath())
                .collect(Collectors.joining(File.pathSeparator));
        var errors = new ByteArrayOutputStream();
        var status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        errors,
                        "--release",
                        "11",
                        "-proc:none",
                        "-cp",
                        libraries,
                        "-d",
                        classes.toString(),
                        SOURCE.toString());
        assertThat(status).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        return new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
    }
}

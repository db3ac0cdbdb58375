package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.cli.submit.Rehearsal;
import dev.backfleet.standalone.postgres.copy.CopyFailure;
import dev.backfleet.standalone.postgres.copy.CsvHeader;
import dev.backfleet.standalone.postgres.copy.Definition;
import dev.backfleet.standalone.postgres.copy.DefinitionReader;
import dev.backfleet.standalone.postgres.copy.TableCopy;
import dev.backfleet.standalone.rehearsal.RehearsalReport;
import dev.backfleet.standalone.rehearsal.RehearsedJob;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rehearses a job on embedded servers: copies the definition of its table, makes rows, and runs the job with a fleet. */
public final class EmbeddedRehearsal implements Rehearsal {
    private static final Duration SILENCE = Duration.ofMinutes(10);

    @Override
    public ExitCode run(Request request) throws Exception {
        var file = request.rowsFrom();
        if (file != null && !Files.isReadable(file)) {
            throw new CommandException(ExitCode.USAGE, "--rows-from " + file + " cannot be read: check the path");
        }
        return Interruptible.run(() -> rehearse(request));
    }

    private static ExitCode rehearse(Request request) throws InterruptedException, IOException {
        if (request.spec().spec().change().copy().isPresent()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "nothing can be rehearsed: a rehearsal has one table, and the job copies rows into another one; 'backfleet plan' tries"
                            + " batches of it, and rolls them back");
        }
        var definition = definition(request);
        say(request, "starting PostgreSQL, Kafka, a coordinator and a worker for the rehearsal");
        try (var stack = LocalStack.open(StackOptions.temporary())) {
            stack.addCoordinator();
            stack.startWorker();
            var profile = new Database.Profile("backfleet-rehearsal", 2, List.of(), SILENCE);
            try (var database = Database.open(DatabaseSettings.ofUrl(stack.jdbcUrl()), profile)) {
                var copy = new TableCopy(database, request.spec().spec().table());
                var failed = copy.make(definition);
                var filled = filled(request, copy);
                stack.awaitReady();
                var report = new RehearsedJob(stack, database, request.spec()).run(filled, definition, failed);
                print(request, report);
                return code(report);
            }
        } catch (CopyFailure e) {
            throw new CommandException(ExitCode.USAGE, "nothing can be rehearsed: " + e.getMessage(), e);
        }
    }

    private static Definition definition(Request request) throws IOException {
        var where = DatabaseSettings.from(request.options().settings());
        PoolerCheck.refuse(where);
        var table = request.spec().spec().table();
        try (var source = Database.ofCommand(
                where, new Database.Profile("backfleet", 1, List.of("set statement_timeout = '25s'"), SILENCE))) {
            var reader = new DefinitionReader(source);
            var definition = reader.read(table, names(request))
                    .orElseThrow(() -> new CommandException(ExitCode.USAGE, "there is no table " + table));
            requireColumns(request.rowsFrom(), reader.columns(table));
            return definition;
        }
    }

    // Before the servers are started, which takes seconds.
    private static void requireColumns(@Nullable Path file, List<String> columns) throws IOException {
        if (file == null) {
            return;
        }
        try (var lines = Files.newBufferedReader(file)) {
            CsvHeader.read(lines).requireIn(columns);
        } catch (CopyFailure e) {
            throw new CommandException(ExitCode.USAGE, "--rows-from " + file + ": " + e.getMessage(), e);
        }
    }

    private static Set<String> names(Request request) {
        var names = new HashSet<String>();
        expressions(request).forEach(expression -> names.addAll(expression.names()));
        return names;
    }

    private static Stream<SqlExpression> expressions(Request request) {
        var change = request.spec().spec().change();
        return Stream.concat(change.set().values().stream(), change.where().stream());
    }

    private static TableCopy.Filled filled(Request request, TableCopy copy) throws IOException {
        var file = request.rowsFrom();
        if (file != null) {
            return copy.fill(file);
        }
        var change = request.spec().spec().change();
        var read = change.set().values().stream()
                .flatMap(expression -> expression.names().stream())
                .toList();
        var filled = copy.fill(
                request.rows(),
                change.set().keySet().stream().map(Identifier::name).toList(),
                read);
        if (filled.rows() == 0) {
            throw new CopyFailure("no row could be made (" + filled.why() + "): give some with --rows-from");
        }
        return filled;
    }

    private static void print(Request request, RehearsalReport report) {
        if (request.json()) {
            request.out().print(JsonOutput.render(report));
        } else {
            report.lines().forEach(request.out()::println);
        }
        request.out().flush();
    }

    private static ExitCode code(RehearsalReport report) {
        if (report.state() != JobState.SUCCEEDED) {
            return ExitCode.JOB_FAILED;
        }
        return report.rejected() > 0 ? ExitCode.QUARANTINED : ExitCode.DONE;
    }

    private static void say(Request request, String text) {
        request.err().println("backfleet: " + text);
        request.err().flush();
    }
}

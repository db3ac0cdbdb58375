package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.spec.parse.ParsedSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs a whole job, small, beside the database that it is for. It needs servers of its own, which not every build has. */
@FunctionalInterface
public interface Rehearsal {

    /** Runs it, and prints what happened. */
    ExitCode run(Request request) throws Exception;

    /**
     * What to rehearse.
     *
     * @param options where the database is whose table is copied
     * @param spec the job
     * @param rows how many rows to make
     * @param rowsFrom a CSV file with a header, which has the rows instead; null: rows are made
     * @param json whether the output is JSON
     * @param out for the report
     * @param err for what is said meanwhile
     */
    record Request(
            SettingsOptions options,
            ParsedSpec spec,
            int rows,
            @Nullable Path rowsFrom,
            boolean json,
            PrintWriter out,
            PrintWriter err) {}
}

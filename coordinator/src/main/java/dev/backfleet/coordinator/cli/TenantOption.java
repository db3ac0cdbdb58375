package dev.backfleet.coordinator.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What {@code --tenant} asks of the rest of the command line. */
final class TenantOption {
    private TenantOption() {}

    /** The job, without which a tenant means nothing. */
    static String job(@Nullable String job, CommandSpec spec) {
        if (job == null) {
            throw new ParameterException(spec.commandLine(), "--tenant needs the JOB that it belongs to");
        }
        return job;
    }
}

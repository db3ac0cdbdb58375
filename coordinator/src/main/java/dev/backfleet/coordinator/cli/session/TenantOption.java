package dev.backfleet.coordinator.cli.session;

import dev.backfleet.coordinator.operation.ControlSubject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks {@code --tenant}: it needs a JOB. */
public final class TenantOption {
    private TenantOption() {}

    /** The target that JOB and {@code --tenant} name. */
    public static ControlSubject target(@Nullable String job, @Nullable String tenant, CommandSpec spec) {
        if (job == null && tenant != null) {
            throw new ParameterException(spec.commandLine(), "--tenant needs the JOB that it belongs to");
        }
        return new ControlSubject(job, tenant);
    }
}

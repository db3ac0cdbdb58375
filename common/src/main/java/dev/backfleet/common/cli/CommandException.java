package dev.backfleet.common.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what was asked. The message is one line: what is wrong and what to do about it. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    /** Without a cause worth a stack trace. */
    public CommandException(ExitCode exitCode, String message) {
        this(exitCode, message, null);
    }

    /** With the cause, which {@code --verbose} shows. */
    public CommandException(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}

package dev.backfleet.common.cli;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.unit.NearestName;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The only place that turns an exception into a message and an exit code. */
public final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final List<FailureTranslator> translators;
    private final GlobalOptions options;

    ErrorReport(List<FailureTranslator> translators, GlobalOptions options) {
        this.translators = List.copyOf(translators);
        this.options = options;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        var command = failure.getCommandLine();
        // A settings file, for example, can be wrong before the command runs.
        var known = ofCauses(failure);
        if (known != null) {
            return report(command.getErr(), known, failure);
        }
        var err = command.getErr();
        say(err, message(failure));
        suggestions(failure).ifPresent(err::println);
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return ExitCode.USAGE.code();
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        return report(command.getErr(), failure, settings(parsed));
    }

    /** Prints what went wrong and returns the exit code. */
    int report(PrintWriter err, Throwable failure, Optional<Settings> settings) {
        return report(err, translate(failure, settings), failure);
    }

    private int report(PrintWriter err, CommandException known, Throwable failure) {
        say(err, String.valueOf(known.getMessage()));
        if (options.verbose()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return known.exitCode().code();
    }

    private CommandException translate(Throwable failure, Optional<Settings> settings) {
        var own = ofCauses(failure);
        if (own != null) {
            return own;
        }
        return translators.stream()
                .flatMap(translator -> translator.translate(failure, settings).stream())
                .findFirst()
                .map(ErrorReport::command)
                .orElseGet(() -> internal(failure));
    }

    /** The first exception in the chain of causes that was made to be shown to a person. */
    private static @Nullable CommandException ofCauses(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CommandException known) {
                return known;
            }
            if (cause instanceof ExplainedFailure explained) {
                return command(explained);
            }
            if (cause instanceof SettingsException) {
                return new CommandException(ExitCode.USAGE, String.valueOf(cause.getMessage()), cause);
            }
            if (cause instanceof InterruptedException) {
                return new CommandException(ExitCode.INTERRUPTED, "interrupted", cause);
            }
        }
        return null;
    }

    private static CommandException command(ExplainedFailure failure) {
        return new CommandException(exitCode(failure.kind()), String.valueOf(failure.getMessage()), failure);
    }

    private static ExitCode exitCode(ExplainedFailure.Kind kind) {
        return switch (kind) {
            case INVALID -> ExitCode.USAGE;
            case NOT_FOUND -> ExitCode.NOT_FOUND;
            case CONFLICT -> ExitCode.CONFLICT;
            case RISKY -> ExitCode.PROBLEMS_FOUND;
            case ALREADY_DONE -> ExitCode.REFUSED_BY_GATE;
            case UNUSABLE -> ExitCode.CANNOT_CONNECT;
            case OTHER_VERSION -> ExitCode.OTHER_VERSION;
            case TIMED_OUT -> ExitCode.TIMED_OUT;
            case GATE_CLOSED -> ExitCode.REFUSED_BY_GATE;
            case LOCKED -> ExitCode.LOCK_NOT_OBTAINED;
        };
    }

    private CommandException internal(Throwable failure) {
        var remedy = options.verbose() ? "please report it" : "run with --verbose to see where, and report it";
        var message = "internal error: " + firstLine(failure) + "; " + remedy;
        return new CommandException(ExitCode.INTERNAL_ERROR, message, failure);
    }

    private static String firstLine(Throwable failure) {
        return failure.toString().lines().findFirst().orElse("");
    }

    /** The message of a parse error, without the value: after a misspelt flag it may be a password. */
    private static String message(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            var first = unmatched.getUnmatched().get(0);
            if (first.startsWith("-")) {
                return "there is no option " + first.replaceFirst("=.*", "");
            }
            var takesCommand = !failure.getCommandLine().getSubcommands().isEmpty();
            return takesCommand ? "there is no command " + first : "the argument " + first + " is one too many";
        }
        return unknownTopic(failure)
                .map(name -> "there is no command " + name)
                .orElse(String.valueOf(failure.getMessage()));
    }

    /** The command whose help was asked for, if there is none of that name. */
    private static Optional<String> unknownTopic(ParameterException failure) {
        var unknown = failure.getArgSpec() == null
                && String.valueOf(failure.getMessage()).startsWith("Unknown subcommand ");
        return unknown ? Optional.ofNullable(failure.getValue()) : Optional.empty();
    }

    private static Optional<String> suggestions(ParameterException failure) {
        var topic = unknownTopic(failure);
        if (topic.isPresent()) {
            return nearestCommand(failure, topic.get());
        }
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        var command = failure.getCommandLine();
        var first = unmatched.getUnmatched().get(0);
        return first.startsWith("-")
                ? NearestName.of(
                                first.replaceFirst("=.*", ""),
                                command.getCommandSpec().optionsMap().keySet())
                        .map(ErrorReport::didYouMean)
                : nearestCommand(failure, first);
    }

    private static Optional<String> nearestCommand(ParameterException failure, String written) {
        return NearestName.of(written, failure.getCommandLine().getSubcommands().keySet())
                .map(ErrorReport::didYouMean);
    }

    private static String didYouMean(String name) {
        return "Did you mean " + name + "?";
    }

    private static Optional<Settings> settings(ParseResult parsed) {
        return GlobalOptions.settingsOptions(
                        BackfleetCommandLine.innermost(parsed).commandSpec())
                .flatMap(SettingsOptions::loaded);
    }

    private static void say(PrintWriter err, String message) {
        err.println("backfleet: " + message);
    }
}

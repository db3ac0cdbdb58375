package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.spec.SpecException;
import java.util.Optional;

/** Says what is wrong with a spec. */
public final class SpecFailureTranslator implements FailureTranslator {

    @Override
    public Optional<CommandException> translate(Throwable failure, Optional<Settings> settings) {
        return failure instanceof SpecException refused
                ? Optional.of(
                        new CommandException(ExitCode.USAGE, refused.problem().message(), refused))
                : Optional.empty();
    }
}

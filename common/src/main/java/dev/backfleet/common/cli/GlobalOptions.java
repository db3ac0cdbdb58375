package dev.backfleet.common.cli;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The flags that every command has: {@code --verbose}, {@code --help}, {@code --version}. */
final class GlobalOptions {

    /** The flag may be given to any command of the chain. */
    private final Set<CommandSpec> verbose = new HashSet<>();

    void install(CommandSpec command) {
        command.mixinStandardHelpOptions(true);
        command.addOption(OptionSpec.builder("--verbose")
                .type(boolean.class)
                .arity("0")
                .description("Log to standard error what is done, and show the stack trace of an error.")
                .setter(new Remembering<Boolean>(on -> {
                    if (Boolean.TRUE.equals(on)) {
                        verbose.add(command);
                    } else {
                        verbose.remove(command);
                    }
                }))
                .build());
    }

    boolean verbose() {
        return !verbose.isEmpty();
    }

    static Optional<SettingsOptions> settingsOptions(CommandSpec command) {
        return command.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(SettingsOptions.class::isInstance)
                .map(SettingsOptions.class::cast)
                .findFirst();
    }
}

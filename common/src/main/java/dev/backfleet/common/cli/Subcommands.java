package dev.backfleet.common.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The subcommands of a root command. To make all of them takes longer than most commands take to run, so a run makes only
 * the one that it needs.
 */
public final class Subcommands {
    private final Map<String, Supplier<?>> commands = new LinkedHashMap<>();
    private final Set<String> aboutAll = new HashSet<>();

    /** Adds a command, an object of a class with picocli's {@code @Command}. */
    public Subcommands with(String name, Supplier<?> command) {
        commands.put(name, command);
        return this;
    }

    /** Adds a command that is about all others: a run of it makes them all. */
    public Subcommands aboutAll(String name, Supplier<?> command) {
        aboutAll.add(name);
        return with(name, command);
    }

    /**
     * Adds subcommands to the root: the one that the first argument names, otherwise all, for help and for suggestions.
     *
     * @param root an object of a class with picocli's {@code @Command}
     */
    public CommandSpec of(Object root, String... arguments) {
        var spec = CommandSpec.forAnnotatedObject(root);
        var named = arguments.length == 0 || aboutAll.contains(arguments[0]) ? null : commands.get(arguments[0]);
        if (named != null) {
            spec.addSubcommand(arguments[0], new CommandLine(named.get()));
        } else {
            commands.forEach((name, command) -> spec.addSubcommand(name, new CommandLine(command.get())));
        }
        return spec;
    }
}

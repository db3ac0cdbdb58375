package dev.backfleet.standalone.demo.migration;

import java.io.PrintWriter;
import java.util.List;

/** Runs a command of the command line in this process, and gives its exit code. */
@FunctionalInterface
public interface CommandRunner {

    /** Runs it; what it prints, errors too, goes to {@code out}. */
    int run(List<String> arguments, PrintWriter out);
}

package dev.backfleet.coordinator.operation.derived;

import java.util.Locale;

/** How a job follows from another one. */
public enum Derivation {
    /** It compares the rows with what the other one should have made of them. */
    RECONCILE("comparison", "backfleet reconcile"),
    /** It gives wrong rows the values of the other one's expressions. */
    REPAIR("repair", "backfleet reconcile --repair"),
    /** It puts back the values that the other one has overwritten. */
    UNDO("undo", "backfleet undo");

    private final String noun;
    private final String command;

    Derivation(String noun, String command) {
        this.noun = noun;
        this.command = command;
    }

    /** What it does, as a noun. */
    String noun() {
        return noun;
    }

    /** The command that submits it. */
    String command() {
        return command;
    }

    /** The name of such jobs: {@code JOB.undo}. One of them can be unfinished at a time. */
    public String nameOf(String job) {
        return job + "." + word();
    }

    /** As the audit has it: {@code undo of job 7}. */
    public String of(long job) {
        return word() + " of job " + job;
    }

    /** Its name in messages. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

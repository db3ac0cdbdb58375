package dev.backfleet.coordinator.query.detail;

import java.util.List;

/** The query for the names of jobs, as a shell offers them: cheaper than a list of jobs. */
public final class ListJobNames {
    private final Names names;

    public ListJobNames(Names names) {
        this.names = names;
    }

    /** The names of the unfinished jobs and of those that finished last, each once. */
    public List<String> run() {
        return names.names();
    }

    /** The stored jobs. */
    @FunctionalInterface
    public interface Names {
        /** The names of the unfinished jobs and of those that finished last, each once. */
        List<String> names();
    }
}

package dev.backfleet.coordinator.review;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.coordinator.pin.state.RelationState;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.TableState;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is reviewed.
 *
 * @param job the job
 * @param computed the generated columns that change with those that it sets
 * @param table the state of its table
 * @param server the state of the server
 */
public record Subject(JobDefinition job, List<String> computed, TableState table, ServerState server) {
    /** From this size on, a table is worth a thought: 8 MB. */
    public static final long LARGE_PAGES = 1_000;

    private static final long PAGE = 8_192;
    private static final int NAMED = 5;

    public Subject {
        computed = List.copyOf(computed);
    }

    /** The tables that hold rows. */
    List<RelationState> leaves() {
        return table.relations().stream().filter(RelationState::leaf).toList();
    }

    /** The pages of all of them. */
    long pages() {
        return leaves().stream().mapToLong(RelationState::pages).sum();
    }

    /** The name of the table, as a person writes it. */
    String name() {
        return job.table().shown();
    }

    /** Some names in a row. */
    static String named(List<String> names) {
        var more = names.size() - NAMED;
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** Some columns in a row, quoted where they must be. */
    static String columns(List<String> names) {
        return names.stream().map(name -> Identifier.of(name).toString()).collect(Collectors.joining(", "));
    }

    /** The size of some pages, in words. */
    static String size(long pages) {
        return bytes(pages * PAGE);
    }

    /** An amount of data, in words. */
    static String bytes(long bytes) {
        return HumanSize.rounded(bytes);
    }
}

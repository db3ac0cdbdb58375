package dev.backfleet.coordinator.migration.contract;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known before the old columns of a migration go: what the lines of the report judge. */
public record ContractFacts(Moment moment, Change change, Uses uses) {

    /** The same with a person's word of this moment. */
    ContractFacts said(String version, String by) {
        return new ContractFacts(
                new Moment(moment.now(), moment.renamedAt(), new Deployed(version, by, moment.now())), change, uses);
    }

    /**
     * When it is asked.
     *
     * @param now the database's time
     * @param renamedAt since when the old columns have other names; null: they have not
     * @param deployed what a person has said for the next step; null: nothing
     */
    public record Moment(
            Instant now,
            @Nullable Instant renamedAt,
            @Nullable Deployed deployed) {}

    /**
     * How far the change is, by what Backfleet has stored.
     *
     * @param syncDifference what is different about the sync, as a clause; null: it is as it was made
     * @param jobs unfinished jobs of the table, each with its state
     */
    public record Change(
            Reads reads, Instances instances, @Nullable String syncDifference, Passes passes, List<String> jobs) {
        public Change {
            jobs = List.copyOf(jobs);
        }
    }

    /**
     * What uses the old columns.
     *
     * @param dependents what hangs on them
     * @param functions functions whose text names one
     */
    public record Uses(List<Dependent> dependents, List<String> functions, Statements statements, Writers writers) {
        public Uses {
            dependents = List.copyOf(dependents);
            functions = List.copyOf(functions);
        }
    }

    /**
     * Who reads the new shape.
     *
     * @param on whether anybody does
     * @param percent the share of all tenants
     * @param without how many tenants by name do not
     * @param since when this was changed last; null: there is no flag
     */
    public record Reads(
            boolean on,
            BigDecimal percent,
            long without,
            @Nullable Instant since) {}

    /**
     * What reconciles have found.
     *
     * @param last when the last one ended; null: none has
     * @param wrong how many wrong rows it has found
     * @param cleanSince when the first one ended of those without a wrong row up to the last one; null: the last one has found some
     * @param objections why the gate refuses; none if it says SAFE, or is not asked any more
     */
    public record Passes(
            @Nullable Instant last, long wrong, @Nullable Instant cleanSince, List<String> objections) {
        public Passes {
            objections = List.copyOf(objections);
        }
    }

    /**
     * What pg_stat_statements has counted of statements that name an old column.
     *
     * @param unknown why it cannot be told, as a clause; null: it can
     * @param since since when none was counted; null: it cannot be told
     * @param called those that were counted since the last look
     * @param stars how many statements over the table ask for all its columns
     */
    public record Statements(
            @Nullable String unknown, @Nullable Instant since, List<String> called, long stars) {
        public Statements {
            called = List.copyOf(called);
        }
    }

    /**
     * Who writes the old shape alone.
     *
     * @param unknown why it cannot be told, as a clause; null: it can
     * @param since since when they are noted; null: it cannot be told
     * @param seen those who did so in the time that counts
     */
    public record Writers(
            @Nullable String unknown, @Nullable Instant since, List<String> seen) {
        public Writers {
            seen = List.copyOf(seen);
        }
    }

    /**
     * Instances of applications that report which version of the flag they evaluate.
     *
     * @param known how many have reported within the last hour
     * @param behind those that evaluate an older version
     */
    public record Instances(int known, List<String> behind) {
        public Instances {
            behind = List.copyOf(behind);
        }
    }

    /** A person's word that a version of the application, which does not know the old shape, runs everywhere. */
    public record Deployed(String version, String by, Instant at) {}
}

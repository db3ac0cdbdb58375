package dev.backfleet.simulation.row;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyKey;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.CopyTarget;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.worker.execute.PaceModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A job and the rows of its table. Row {@code i} has key {@code i}; where tenants lead, each has a run of them. */
public final class JobRow {
    /** How many undos of a job there are at most. */
    private static final int UNDOS = 2;

    public final long id;
    public final Table table;
    final int concurrency;
    public final int weight;
    public final JobDefinition definition;
    public final List<ShardRow> shards = new ArrayList<>();
    public final RateMeter meter = new RateMeter();

    /** In how many passes it walks over each shard. */
    public int passes = 1;
    /** Whether a shard begins no further pass. */
    public boolean mergePasses;
    /** After how many claims passes win nothing any more. */
    public int claimsInPasses;

    /** Whether it compares rows: it counts those that are wrong, and changes none. */
    public final boolean compares;

    /** The column that it sets, if it keeps the values that it overwrites, or puts kept ones back; none: they are lost. */
    @Nullable
    public final KeptValues kept;

    /** The column that it copies, and the copies; none: it changes the rows themselves. */
    @Nullable
    public final CopiedValues copies;

    /** The job whose kept values it puts back; none: it is no undo. */
    @Nullable
    public final JobRow undoes;

    /** The jobs that put back what this one has kept. */
    public final List<JobRow> undos = new ArrayList<>();

    /** How many times each row was changed; or of a comparison, how many times it was counted as wrong. */
    public final int[] changes;
    /** The application's own column. */
    public final int[] application;
    /** The values that the application had acknowledged. */
    public final int[] acknowledged;
    /** Which rows the application holds locked. */
    public final boolean[] held;
    /** The rows that the database rejects. */
    public final Quarantine quarantine;

    public final RowLock lock = new RowLock();
    /** The lock for tenant isolation. */
    public final RowLock isolations = new RowLock();

    public JobState state = JobState.RUNNING;
    public long controlOffset = -1;
    /** How many times it stopped being RUNNING. */
    public int stops;
    /** How many are about to end it. */
    public int finishing;
    /** Whether another table has the name of the job's. */
    public boolean tableReplaced;
    /** Whether it has come to its end. */
    public boolean over;
    /** Whether a pause was acknowledged: no row can change. */
    public boolean pauseProven;

    /** Rows per second of the whole fleet; none: no limit. */
    @Nullable
    public Double rate;
    /** The clock of the rate; none: not started since the last crash. */
    @Nullable
    public PaceModel pace;

    /** Up to which wave shards may be dispatched. */
    public int wave = 1;
    /** Since when none of these shards is open; none: some are open, or it was not checked. */
    @Nullable
    public Long waveDoneAt;

    @Nullable
    public Promotion promotion;

    /** The paused tenants, as they were written. */
    public final Set<String> pausedTenants = new TreeSet<>();

    public final Map<String, Long> tenantOffsets = new HashMap<>();

    public JobRow(long id, Table table, Kind kind, int concurrency, int weight, int largestBatch) {
        this(id, table, kind, null, concurrency, weight, largestBatch);
    }

    /** An undo of a job, on the same rows. */
    public static JobRow undoing(long id, JobRow undone, int concurrency, int weight, int largestBatch) {
        return new JobRow(id, undone.table, Kind.UNDOES, undone, concurrency, weight, largestBatch);
    }

    private JobRow(
            long id, Table table, Kind kind, @Nullable JobRow undone, int concurrency, int weight, int largestBatch) {
        this.id = id;
        this.table = table;
        this.compares = kind == Kind.COMPARES;
        this.undoes = undone;
        this.concurrency = concurrency;
        this.weight = weight;
        var rows = table.rows();
        this.kept = undone != null ? undone.kept : kind == Kind.KEEPS ? new KeptValues(rows) : null;
        this.copies = kind == Kind.COPIES ? new CopiedValues(rows) : null;
        this.changes = new int[rows + 1];
        this.application = undone != null ? undone.application : new int[rows + 1];
        this.acknowledged = undone != null ? undone.acknowledged : new int[rows + 1];
        this.held = undone != null ? undone.held : new boolean[rows + 1];
        this.quarantine = new Quarantine(rows);
        var id64 = new KeyColumn("id", 1, "bigint");
        var tenant = new KeyColumn("tenant", 3, "integer");
        this.definition = new JobDefinition(
                new JobDefinition.Table(1, "public", "t"),
                table.tenantLed() ? List.of(tenant, id64) : List.of(id64),
                table.tenantLed(),
                work(kind),
                10,
                Duration.ofMillis(100),
                largestBatch);
    }

    /** In which pass a row is changed: it follows from its key. */
    public int classOf(int row) {
        return passes == 1 ? 0 : new Random(row).nextInt(1000) % passes;
    }

    private Work work(Kind kind) {
        return switch (kind) {
            case COMPARES -> comparison();
            case COPIES -> copy();
            case UPDATES -> update("n + 1", OldValues.LOST);
            case KEEPS -> update("n + 1", OldValues.KEPT);
            case UNDOES -> update("old", OldValues.undoing(1));
        };
    }

    private static UpdateRows update(String value, OldValues old) {
        return new UpdateRows(List.of(new Assignment("n", 2, value)), "wanted", Triggers.FIRE, old);
    }

    private static CopyRows copy() {
        var into = new CopyTarget(2, "public", "u", List.of(new CopyKey("id", 1, "operator(pg_catalog.=)", null)));
        var values = List.of(new CopiedColumn("id", 1, "id", "bigint"), new CopiedColumn("n", 2, "n", "integer"));
        var back = List.of(new WriteBack("u_id", 4, "bigint", "id"));
        return new CopyRows(into, values, "wanted", OnConflict.UPDATE, back, Triggers.FIRE, null);
    }

    private static CompareRows comparison() {
        var column = new ComparedColumn("n", 2, "m + 1", "integer", ComparedColumn.Equality.VALUE, null);
        return new CompareRows(1, List.of(column), true, null, List.of(), null, null, null, null, null, null, null);
    }

    public int rows() {
        return table.rows();
    }

    /** The jobs that change rows of the same table: the job and its undos, or the job that is undone and its undos. */
    public List<JobRow> ofSameTable() {
        var first = undoes == null ? this : undoes;
        var all = new ArrayList<>(first.undos);
        all.add(first);
        return all;
    }

    /** Whether it keeps values, none of which any job is to put back: no undo was begun, or the last one was cancelled. */
    public boolean isToBeUndone() {
        return kept != null
                && undoes == null
                && (undos.isEmpty()
                        || (undos.size() < UNDOS && undos.get(undos.size() - 1).state == JobState.CANCELLED));
    }

    /** As {@code backfleet.slots_now}. */
    public int slots() {
        return rate == null ? concurrency : Math.min(concurrency, Math.max(1, (int) (rate / 10)));
    }

    public int count(ShardState state) {
        var count = 0;
        for (var shard : shards) {
            if (shard.state == state) {
                count++;
            }
        }
        return count;
    }

    /** Whether a shard of the waves that have begun is still to be done. */
    public boolean isWaveOpen() {
        for (var shard : shards) {
            if (shard.wave <= wave && shard.isOpen()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a tenant is paused, however it is written. */
    public boolean isPaused(int tenant) {
        for (var name : pausedTenants) {
            if (Table.parse(name) == tenant) {
                return true;
            }
        }
        return false;
    }

    /** Moves from one of some states; false if it is in none of them. */
    public boolean move(List<JobState> from, JobState to) {
        if (!from.contains(state)) {
            return false;
        }
        if (!state.mayBecome(to)) {
            throw new Violation("job " + id + " went from " + state + " to " + to);
        }
        state = to;
        stops += to == JobState.RUNNING ? 0 : 1;
        over = to.isTerminal();
        pauseProven = to == JobState.PAUSED || to == JobState.CANCELLED;
        return true;
    }

    /** What a job does to rows. */
    public enum Kind {
        UPDATES,
        COPIES,
        KEEPS,
        UNDOES,
        COMPARES
    }

    /**
     * How a job advances from wave to wave.
     *
     * @param auto automatically, after the soak time; otherwise by a promotion
     * @param soak in microseconds
     */
    public record Promotion(boolean auto, long soak) {}
}

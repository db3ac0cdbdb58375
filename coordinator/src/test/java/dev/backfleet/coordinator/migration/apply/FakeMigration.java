package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A database with one table and one migration, as the operations see it: what is stored, what is there, and its jobs. */
final class FakeMigration implements StepExecutor, MigrationLog, MigrationJobs, StepTables {
    static final String FILE = """
            migration: split-names
            table: public.customers
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
            """;

    final Set<String> there = new HashSet<>();
    final Set<String> ours = new HashSet<>();
    final Map<String, String> standings = new HashMap<>();
    final List<String> executed = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    final List<String> waits = new ArrayList<>();
    final List<MigrationState> moves = new ArrayList<>();
    final List<Step> steps = new ArrayList<>(List.of(
            step(Phase.EXPAND, "first"),
            step(Phase.EXPAND, "second"),
            step(Phase.SYNC, "trigger"),
            step(Phase.FINISH, "index")));
    final List<Long> submitted = new ArrayList<>();
    JobState jobEnds = JobState.SUCCEEDED;
    Optional<NewOnly> newOnly = Optional.empty();
    Optional<Instant> takenBack = Optional.empty();
    long quarantined;
    boolean busy;
    GateVerdict verdict = GateVerdict.SAFE;
    boolean locked;
    private @Nullable Stored stored;
    private boolean reconciled;
    JobState reconcileEnds = JobState.SUCCEEDED;
    Optional<SqlExpression> judgedBy = Optional.empty();
    int reconciles;
    private int percent;

    @Nullable
    String waitsFor;

    @Nullable
    String refusal;

    @Nullable
    RuntimeException refusesSteps;

    @Nullable
    OperationRefused unfit;

    int derived;
    int created;
    boolean dropped;
    final List<String> foundDone = new ArrayList<>();
    Duration repeated = Duration.ZERO;

    static ParsedMigration file(String text) {
        return MigrationParser.parse("m.yaml", text);
    }

    /** An apply of this database by these ports. */
    static ApplyMigration apply(MigrationLog log, MigrationJobs jobs, StepTables tables, FakeMigration world) {
        return new ApplyMigration(log, jobs, tables, world::require, duration -> {});
    }

    ApplyMigration apply() {
        return apply(this, this, this, this);
    }

    private void require(ParsedMigration file) {
        if (unfit != null) {
            throw unfit;
        }
    }

    @Override
    public StepTable of(ParsedMigration file, Actor actor) {
        return table(this);
    }

    @Override
    public Optional<StepTable> toTakeBack(Migration migration, Actor actor) {
        return dropped ? Optional.empty() : Optional.of(table(this));
    }

    static StepTables tables(StepTable table) {
        return new StepTables() {
            @Override
            public StepTable of(ParsedMigration file, Actor actor) {
                return table;
            }

            @Override
            public Optional<StepTable> toTakeBack(Migration migration, Actor actor) {
                return Optional.of(table);
            }
        };
    }

    StepTable table(StepExecutor executor) {
        return new StepTable() {
            @Override
            public String name() {
                return "public.customers";
            }

            @Override
            public List<Step> steps() {
                derived++;
                if (refusesSteps != null) {
                    throw refusesSteps;
                }
                return List.copyOf(steps);
            }

            @Override
            public StepExecutor executor(long migration) {
                return executor;
            }
        };
    }

    static Step step(Phase phase, String name) {
        var lock = List.of(new TableLock(TableName.parse("public.customers"), LockMode.ACCESS_EXCLUSIVE));
        return new Step(
                phase.name().toLowerCase(java.util.Locale.ROOT) + "." + name,
                phase,
                "makes " + name,
                Execution.INSTANT,
                lock,
                List.of("make " + name),
                "select " + name,
                List.of("clean " + name),
                List.of("drop " + name),
                lock);
    }

    MigrationState state() {
        return stored().state();
    }

    Stored stored() {
        var known = stored;
        if (known == null) {
            throw new IllegalStateException("nothing is stored");
        }
        return known;
    }

    @Override
    public String standing(Step step) {
        return standings.getOrDefault(step.id(), there.contains(step.id()) ? "done" : "open");
    }

    @Override
    public Result run(Step step, Progress progress, Consumer<String> news) {
        if (locked) {
            return new Result(false, Reason.OLD_TRANSACTION, LockCost.NONE, List.of());
        }
        executed.addAll(step.statements());
        there.add(step.id());
        ours.add(step.id());
        return done();
    }

    @Override
    public Result cleanUp(Step step, Progress progress, Consumer<String> news) {
        executed.addAll(step.cleanup());
        standings.remove(step.id());
        return done();
    }

    @Override
    public Result undo(Step step, Progress progress, Consumer<String> news) {
        executed.addAll(step.undo());
        there.remove(step.id());
        return done();
    }

    private static Result done() {
        return new Result(true, null, LockCost.NONE, List.of());
    }

    @Override
    public List<String> atWork(Step step) {
        return List.of("pid 4711 on public.customers: building index, " + ++percent + " %");
    }

    @Override
    public boolean isOurs(Step step) {
        return ours.contains(step.id());
    }

    @Override
    public void found(Step step) {
        foundDone.add(step.id());
    }

    @Override
    public void failed(Step step, String code, String message) {
        failures.add(step.id() + " " + message);
    }

    @Override
    public Optional<Stored> live(String name) {
        return Optional.ofNullable(stored).filter(known -> known.state() != MigrationState.ABORTED);
    }

    @Override
    public Stored create(Migration migration, String table, List<Step> all, Actor actor) {
        var created =
                new Stored(1, migration.name(), migration.source(), table, MigrationState.PLANNED, Optional.empty());
        stored = created;
        this.created++;
        return created;
    }

    @Override
    public void replace(long migration, String source, List<Step> all) {
        var known = stored();
        refusal = null;
        stored = new Stored(known.id(), known.name(), source, known.table(), known.state(), known.job());
    }

    @Override
    public void move(long migration, MigrationState from, MigrationState to, Actor actor) {
        move(from, to, stored().job());
    }

    @Override
    public void submitted(long migration, MigrationState from, long job, Actor actor) {
        move(from, MigrationState.BACKFILLING, Optional.of(job));
    }

    private void move(MigrationState from, MigrationState to, Optional<Long> job) {
        var known = stored();
        if (known.state() != from) {
            throw new IllegalStateException(known.state() + " instead of " + from);
        }
        moves.add(to);
        stored = new Stored(known.id(), known.name(), known.source(), known.table(), to, job);
    }

    @Override
    public CommandLock begin(long migration) {
        if (busy) {
            throw new OperationRefused(OperationRefused.Code.NOT_NOW, "another command is at work", null);
        }
        return () -> {};
    }

    @Override
    public Optional<Long> submittedBefore(long migration, String name, String spec) {
        return submitted.stream().findFirst();
    }

    @Override
    public void waits(long migration, @Nullable String what) {
        waitsFor = what;
        if (what != null) {
            waits.add(what);
        }
    }

    @Override
    public void refused(long migration, Kind kind, String what, @Nullable String remedy) {
        refusal = kind + " " + what + "; " + remedy;
    }

    @Override
    public long submit(Actor actor, Migration migration) {
        var id = 10L + submitted.size();
        submitted.add(id);
        return id;
    }

    @Override
    public long reconcile(Actor actor, Migration migration, long backfill) {
        reconciles++;
        if (reconcileEnds == JobState.SUCCEEDED) {
            reconciled = true;
            judgedBy = migration.backfill().spec().different();
        }
        return 20;
    }

    @Override
    public void repeatReconcile(Actor actor, Migration migration, long backfill) {
        repeated = migration.proof().every();
    }

    @Override
    public Optional<JobProgress> progress(long job) {
        var state = job == 20 ? reconcileEnds : jobEnds;
        return Optional.of(new JobProgress(job, "split-names", state, 100, quarantined, null));
    }

    @Override
    public GateAnswer gate(Migration migration, long backfill) {
        var rule = migration.backfill().spec().different();
        var says = reconciled && (rule.isEmpty() || rule.equals(judgedBy)) ? verdict : GateVerdict.INCOMPLETE;
        return new GateAnswer(backfill, "split-names", null, says, List.of("because"), List.of(), null, null);
    }

    @Override
    public Optional<NewOnly> newOnly(long backfill) {
        return newOnly;
    }

    @Override
    public void cancel(Actor actor, long backfill) {
        jobEnds = JobState.CANCELLED;
    }
}

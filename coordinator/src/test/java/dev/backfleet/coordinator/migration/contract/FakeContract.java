package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.RecordedProgress;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Change;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Deployed;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Instances;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Moment;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Passes;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Reads;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Statements;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Uses;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Writers;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.operation.Actor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A migration at its end, as the operation sees it; a process may crash before or after any call of a port. */
final class FakeContract extends RecordedProgress implements ContractLog, ContractCatalog, StepExecutor {
    static final String FILE = """
            migration: split-names
            table: public.customers
            from: [full_name]
            to: { first_name: { type: text, up: "split_part(full_name, ' ', 1)" } }
            """;

    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(100));

    MigrationState state = MigrationState.CUT;
    String file = FILE;
    boolean red;
    Set<Integer> reconciling = Set.of();
    int lasts;
    int looks;
    Runnable passing = () -> {};
    boolean unsaid;
    boolean flag = true;
    final List<String> kept = new ArrayList<>();
    private @Nullable String given;

    /** Why a step is taken back by the last command. */
    @Nullable
    String reason;

    final List<String> executed = new ArrayList<>();
    int crashAt = -1;
    int calls;
    private final Set<String> there = new HashSet<>();
    private final Set<String> ours = new HashSet<>();
    private @Nullable Renaming prepared;

    /** The process is killed. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    ContractMigration contract() {
        return new ContractMigration(
                port(MigrationLog.class, lock()),
                port(ContractLog.class, this),
                port(ContractCatalog.class, this),
                source -> MigrationParser.parse("m.yaml", file).migration(),
                (stored, migration, words) -> {
                    given = words.deployed();
                    reason = words.reason();
                    return port(StepExecutor.class, this);
                },
                duration -> passing.run());
    }

    private static MigrationLog lock() {
        return (MigrationLog) Proxy.newProxyInstance(
                FakeContract.class.getClassLoader(),
                new Class<?>[] {MigrationLog.class},
                (proxy, method, arguments) -> {
                    MigrationLog.CommandLock lock = () -> {};
                    return lock;
                });
    }

    private <T> T port(Class<T> type, Object real) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    var call = calls++;
                    crash(2 * call);
                    try {
                        var result = method.invoke(real, arguments);
                        crash(2 * call + 1);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void crash(int moment) {
        if (moment == crashAt) {
            throw new Crash();
        }
    }

    @Override
    public Optional<Stored> last(String idOrName) {
        return Optional.of(new Stored(1, "split-names", file, "public.customers", state, Optional.of(7L)));
    }

    @Override
    public Optional<Renaming> renaming(long migration) {
        return Optional.ofNullable(prepared);
    }

    @Override
    public void prepare(long migration, Renaming renaming) {
        prepared = renaming;
    }

    @Override
    public void add(long migration, List<Step> steps) {}

    @Override
    public List<String> reconciles(long migration) {
        return reconciling.contains(executed.size()) && looks++ < lasts ? List.of("r (id 9) RUNNING") : List.of();
    }

    @Override
    public boolean hasFlag(String name) {
        return flag;
    }

    @Override
    public void deployed(Stored migration, String version, Actor actor) {
        kept.add(version);
    }

    @Override
    public Step observe(Migration migration) {
        return step("observe", List.of());
    }

    @Override
    public ContractFacts facts(Stored stored, Migration migration, Optional<Renaming> renamed) {
        return new ContractFacts(
                new Moment(NOW, renamed.isPresent() ? LONG_AGO : null, unsaid ? null : new Deployed("2", "ann", NOW)),
                new Change(
                        new Reads(true, BigDecimal.valueOf(100), 0, LONG_AGO),
                        new Instances(0, List.of()),
                        null,
                        new Passes(NOW, 0, LONG_AGO, List.of()),
                        red ? List.of("j") : List.of()),
                new Uses(
                        List.of(),
                        List.of(),
                        new Statements(null, LONG_AGO, List.of(), 0),
                        new Writers(null, LONG_AGO, List.of())));
    }

    @Override
    public Prepared rename(Migration migration) {
        var step = step("rename", List.of("rename back"));
        return new Prepared(
                new Renaming(
                        Map.of(Identifier.of("full_name"), Identifier.of("old_full_name_deprecated")), step.undo()),
                step);
    }

    @Override
    public Step renamed(Migration migration, Renaming renaming) {
        return step("rename", renaming.wayBack());
    }

    @Override
    public List<Step> drops(Migration migration, Optional<Renaming> renamed) {
        return List.of(step("drop index", List.of()), step("drop", List.of()));
    }

    private static Step step(String name, List<String> undo) {
        return new Step(
                "contract." + name,
                Phase.CONTRACT,
                name,
                Execution.INSTANT,
                List.of(),
                List.of(name),
                "select " + name,
                List.of(),
                undo,
                List.of());
    }

    @Override
    public String standing(Step step) {
        return there.contains(step.id()) ? "done" : "open";
    }

    // The state changes in the transaction of the step.
    @Override
    public Result run(Step step, Progress progress, Consumer<String> news) {
        executed.addAll(step.statements());
        there.add(step.id());
        ours.add(step.id());
        if (given != null && (step.title().equals("rename") || step.title().equals("drop"))) {
            kept.add(given);
        }
        if (step.title().equals("rename")) {
            state = MigrationState.RENAMED;
        } else if (step.title().equals("drop")) {
            state = MigrationState.CONTRACTED;
        }
        return new Result(true, null, LockCost.NONE, List.of());
    }

    @Override
    public Result undo(Step step, Progress progress, Consumer<String> news) {
        executed.addAll(step.undo());
        there.remove(step.id());
        state = MigrationState.CUT;
        return new Result(true, null, LockCost.NONE, List.of());
    }

    @Override
    public Result cleanUp(Step step, Progress progress, Consumer<String> news) {
        throw new IllegalStateException("nothing is half done");
    }

    @Override
    public List<String> atWork(Step step) {
        return List.of();
    }

    @Override
    public boolean isOurs(Step step) {
        return ours.contains(step.id());
    }

    @Override
    public void failed(Step step, String code, String message) {}
}

package dev.backfleet.coordinator.migration.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.migration.TenantValue.Rows;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.cutover.CutOver.Switched;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When reads may be switched, to whom, and that they come back. */
class CutOverTest {
    private static final Actor ANN = Actor.commandLine("ann");
    private static final CutoverRequest NEXT = new CutoverRequest(null, OptionalInt.empty(), false);
    private static final String FILE = """
            migration: split-names
            table: public.customers
            from: [full_name]
            to: { first_name: { type: text, up: "split_part(full_name, ' ', 1)" } }
            down: { full_name: first_name }
            cutover: { steps: [{ tenants: [7, 42] }, 25, 100], soak: 1h }
            """;

    private final World world = new World();
    private boolean synced = true;
    private StepSignals.Found signals = StepSignals.Found.NOTHING;

    @Test
    void each_step_of_the_file_comes_after_the_soak_time_of_the_one_before() {
        assertThat(next().flag().tenants()).isEqualTo(Map.of("7", true, "42", true));
        assertThat(world.state).isEqualTo(MigrationState.CUTTING);
        assertThat(world.marked).as("no abort can be under way").isTrue();
        assertRefused(Code.GATE_CLOSED, this::next, "step 1 is on for 1m 00s", "has to be for 1h 00m");

        world.since = Duration.ofHours(2);
        var second = next();
        assertThat(second.flag().percent()).isEqualByComparingTo("25");
        assertThat(second.flag().tenants()).containsEntry("42", true);
        world.since = Duration.ofHours(2);
        assertThat(next().state()).isEqualTo(MigrationState.CUT);
        world.since = Duration.ofHours(2);
        assertRefused(Code.ALREADY_DONE, this::next, "all 3 steps of split-names are on");
    }

    @Test
    void a_share_by_hand_never_gets_smaller() {
        assertThat(percent(30).flag().percent()).isEqualByComparingTo("30");
        assertRefused(Code.INVALID, () -> percent(20), "30 % of the tenants read the new shape already");
        world.since = Duration.ofHours(2);
        assertThat(next().flag().percent()).as("the first step names tenants").isEqualByComparingTo("30");
        assertThat(percent(100).state()).isEqualTo(MigrationState.CUT);
    }

    @Test
    void a_share_by_hand_includes_the_steps_below_it() {
        assertThat(percent(30).step())
                .as("the first step names tenants, which may be out")
                .isZero();
        assertThat(percent(100).step()).isEqualTo(3);
        assertRefused(Code.ALREADY_DONE, this::next, "all 3 steps of split-names are on");

        rollBack().run(ANN, "split-names", null, "again");
        tenant("7");
        tenant("42");
        assertThat(percent(30).step()).as("7 and 42, then 25 %").isEqualTo(2);
        rollBack().run(ANN, "split-names", "42", "ticket");
        percent(100);
        assertRefused(Code.ALREADY_DONE, this::next, "all 3 steps", "switched by its name: --tenant T");
    }

    @Test
    void a_tenant_with_wrong_rows_is_held_back_and_cannot_be_switched_by_name() {
        world.verdict = GateVerdict.DRIFT;
        world.wrong = Map.of("13", "3 wrong rows");

        var switched = percent(100);
        assertThat(switched.state()).as("not everybody").isEqualTo(MigrationState.CUTTING);
        assertThat(switched.heldBack()).isEqualTo(Map.of("13", "3 wrong rows"));
        assertThat(switched.flag().tenants()).containsEntry("13", false);
        assertRefused(Code.GATE_CLOSED, () -> tenant("13"), "the gate refuses the tenant 13: 3 wrong rows");
    }

    @Test
    void the_tenants_that_a_step_names_are_counted_once_more_before_the_flag_moves() {
        world.wrongNow = Map.of("42", "3 wrong rows, counted just now");
        assertRefused(Code.GATE_CLOSED, this::next, "the gate refuses the tenant 42: 3 wrong rows, counted just now");
        assertThat(world.changes).isZero();
        assertThat(world.counted).containsExactly("7", "42");
        assertRefused(Code.GATE_CLOSED, () -> tenant("42"), "the tenant 42");

        world.counted.clear();
        assertThat(percent(30).flag().percent()).as("a share names nobody").isEqualByComparingTo("30");
        assertThat(world.counted).isEmpty();
        assertThat(tenant("8").flag().tenants()).containsEntry("8", true);
    }

    @Test
    void what_it_would_say_is_told_without_switching_or_counting() {
        assertThat(ask(NEXT).refusal()).isEmpty();
        world.verdict = GateVerdict.DRIFT;
        world.wrong = Map.of("42", "3 wrong rows");
        assertThat(ask(NEXT).refusal().orElseThrow()).hasMessageContaining("the gate refuses the tenant 42");
        assertThat(ask(new CutoverRequest(null, OptionalInt.of(50), false)).heldBack())
                .isEqualTo(Map.of("42", "3 wrong rows"));
        world.verdict = GateVerdict.SAFE;
        next();
        assertThat(ask(NEXT).refusal().orElseThrow()).hasMessageContaining("step 1 is on for");
        assertThat(world.changes).isEqualTo(1);
        assertThat(world.counted).as("by the step that was taken").containsExactly("7", "42");
    }

    private CutOver.Verdict ask(CutoverRequest request) {
        return cutover().ask("split-names", request);
    }

    @Test
    void without_a_verdict_nobody_is_switched() {
        world.verdict = GateVerdict.INCOMPLETE;
        assertRefused(Code.GATE_CLOSED, this::next, "says INCOMPLETE: because");
        world.verdict = GateVerdict.DRIFT;
        assertRefused(Code.GATE_CLOSED, this::next, "says DRIFT: because");
        assertThat(world.on).isFalse();
    }

    @Test
    void what_must_be_so_before() {
        world.state = MigrationState.FINISHED;
        assertRefused(Code.GATE_CLOSED, this::next, "is FINISHED", "when it is READY");
        world.state = MigrationState.READY;
        synced = false;
        assertRefused(Code.NOT_NOW, this::next, "the sync of split-names is no longer as it was made");
        synced = true;
        world.source = FILE.replaceAll("down: .*\n", "");
        assertRefused(Code.GATE_CLOSED, this::next, "a rollback would show old values");
        assertThat(run(new CutoverRequest(null, OptionalInt.empty(), true)).state())
                .isEqualTo(MigrationState.CUTTING);
    }

    @Test
    void a_rollback_takes_back_all_or_one_and_a_second_one_is_told() {
        percent(100);
        var one = rollBack().run(ANN, "split-names", "42", "ticket");
        assertThat(one.flag().tenants()).containsEntry("42", false);
        assertThat(world.state).isEqualTo(MigrationState.CUTTING);

        assertThat(percent(100).state()).as("42 reads the old shape").isEqualTo(MigrationState.CUTTING);
        var all = rollBack().run(ANN, "split-names", null, "errors");
        assertThat(all.flag().on()).isFalse();
        assertThat(all.flag().tenants()).isEmpty();
        assertThat(world.state).isEqualTo(MigrationState.READY);

        world.state = MigrationState.RENAMED;
        for (var tenant : new String[] {null, "42"}) {
            assertRefused(
                    Code.GATE_CLOSED,
                    () -> rollBack().run(ANN, "split-names", tenant, "errors"),
                    "the old columns of split-names are renamed",
                    "contract split-names --undo");
        }
        world.state = MigrationState.READY;
        assertThat(rollBack().run(ANN, "split-names", null, "again").flag().on())
                .as("once more, in a hurry")
                .isFalse();
        assertThat(next().step()).as("from the first step on").isEqualTo(1);
    }

    private Switched next() {
        return run(NEXT);
    }

    private Switched percent(int percent) {
        return run(new CutoverRequest(null, OptionalInt.of(percent), false));
    }

    private Switched tenant(String tenant) {
        return run(new CutoverRequest(tenant, OptionalInt.empty(), false));
    }

    private Switched run(CutoverRequest request) {
        return cutover().run(ANN, "split-names", request);
    }

    private CutOver cutover() {
        return new CutOver(
                world,
                world,
                world,
                migration -> synced ? Optional.empty() : Optional.of("a trigger is missing"),
                migration -> signals,
                tenants(),
                source -> MigrationParser.parse("m.yaml", source).migration());
    }

    private RollBack rollBack() {
        return new RollBack(world, world, tenants(), source -> MigrationParser.parse("m.yaml", source)
                .migration());
    }

    // A column of integers, of which 404 has no rows.
    private static TenantsOfTable tenants() {
        return new TenantsOfTable((migration, tenant) -> Optional.of(new TenantValue(
                tenant,
                "tenant_id",
                "integer",
                tenant.matches("[0-9]+") ? tenant.replaceFirst("^0+", "") : null,
                tenant.equals("404") ? Rows.NONE : Rows.SOME)));
    }

    @Test
    void no_step_is_taken_while_a_signal_is_at_its_hard_threshold_and_what_cannot_be_judged_is_said() {
        signals = new StepSignals.Found(List.of("failures is 7, at its hard threshold 5"), List.of());
        assertRefused(Code.GATE_CLOSED, this::next, "failures is 7, at its hard threshold 5");
        assertRefused(Code.GATE_CLOSED, () -> percent(30), "failures is 7");
        assertRefused(Code.GATE_CLOSED, () -> tenant("8"), "failures is 7");
        assertThat(ask(NEXT).refusal().orElseThrow()).hasMessageContaining("failures is 7");
        assertThat(world.changes).isZero();

        signals = new StepSignals.Found(List.of(), List.of("failures cannot be judged: no such table"));
        assertThat(ask(NEXT).warnings()).containsExactly("failures cannot be judged: no such table");
        assertThat(next().warnings()).containsExactly("failures cannot be judged: no such table");

        signals = new StepSignals.Found(List.of("failures is 7"), List.of());
        world.since = Duration.ofHours(2);
        assertRefused(Code.GATE_CLOSED, this::next, "failures is 7");
        assertThat(rollBack().run(ANN, "split-names", null, "it").flag().on())
                .as("the way back is always open")
                .isFalse();
    }

    @Test
    void a_tenant_that_no_row_can_have_is_never_named() {
        assertRefused(Code.INVALID, () -> tenant("seven"), "the tenant \"seven\" is no value of the type integer");
        assertRefused(Code.INVALID, () -> tenant("007"), "the tenant \"007\" is not as the column tenant_id");
        assertRefused(Code.NOT_FOUND, () -> tenant("404"), "no row of public.customers has the tenant \"404\"");
        percent(30);
        assertRefused(Code.NOT_FOUND, () -> rollBack().run(ANN, "split-names", "404", "x"), "no row of");
        assertRefused(Code.INVALID, () -> rollBack().run(ANN, "split-names", "seven", "x"), "\"seven\"");
        assertThat(world.tenants).isEmpty();

        world.tenants.put("404", false);
        assertThat(tenant("404").flag().tenants())
                .as("its rows have gone since: it must not be in the way for ever")
                .containsEntry("404", true);

        rollBack().run(ANN, "split-names", null, "again");
        world.source = FILE.replace("[7, 42]", "[7, seven]");
        assertRefused(Code.INVALID, this::next, "the tenant \"seven\"");
        world.source = FILE.replace("[7, 42]", "[7, 404]");
        assertThat(next().flag().tenants()).as("one that is yet to come").containsEntry("404", true);
    }

    private static void assertRefused(Code code, ThrowingCallable call, String... words) {
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(call)
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(code))
                .satisfies(refused -> assertThat(refused.getMessage()).contains(words));
    }

    /** One migration with its flag. */
    private static final class World implements MigrationLog, FlagLog, CutOver.Gate {
        private String source = FILE;
        private MigrationState state = MigrationState.READY;
        private boolean on;
        private BigDecimal percent = BigDecimal.ZERO;
        private final Map<String, Boolean> tenants = new HashMap<>();
        private int step;
        private Duration since = Duration.ofMinutes(1);
        private GateVerdict verdict = GateVerdict.SAFE;
        private Map<String, String> wrong = Map.of();
        private Map<String, String> wrongNow = Map.of();
        private final List<String> counted = new ArrayList<>();
        private int changes;
        private int marks;
        private boolean marked;

        @Override
        public Optional<Stored> live(String name) {
            return Optional.of(new Stored(1, name, source, "public.customers", state, Optional.of(10L)));
        }

        @Override
        public Optional<FlagState> flag(String name) {
            return Optional.of(new FlagState(name, on, percent, tenants, 1, Instant.EPOCH, "ann", null));
        }

        @Override
        public Optional<StepOn> step(long migration) {
            return step == 0 ? Optional.empty() : Optional.of(new StepOn(step, since));
        }

        @Override
        public FlagState change(long migration, MigrationState from, MigrationState to, Change change, Actor actor) {
            assertThat(from).isEqualTo(state);
            changes++;
            marked = marks == 1;
            state = to;
            on = change.on();
            percent = change.percent();
            step = change.step();
            since = Duration.ofMinutes(1);
            if (!on) {
                tenants.clear();
            }
            change.tenants().forEach((tenant, named) -> tenants.put(tenant, named.value()));
            return flag("split-names").orElseThrow();
        }

        @Override
        public Optional<Map<String, String>> wrongTenants(long job) {
            return wrong.isEmpty() ? Optional.empty() : Optional.of(wrong);
        }

        @Override
        public List<Reader> readers(String flag) {
            return List.of();
        }

        @Override
        public Map<String, String> wrongNow(long backfill, List<String> tenants) {
            counted.addAll(tenants);
            var found = new HashMap<>(wrongNow);
            found.keySet().retainAll(tenants);
            return found;
        }

        @Override
        public GateAnswer ask(Migration migration, long backfill) {
            return new GateAnswer(backfill, "split-names", null, verdict, List.of("because"), List.of(), null, null);
        }

        @Override
        public Stored create(Migration migration, String table, List<Step> steps, Actor actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void replace(long migration, String text, List<Step> steps) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void move(long migration, MigrationState from, MigrationState to, Actor actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void submitted(long migration, MigrationState from, long job, Actor actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CommandLock begin(long migration) {
            marks++;
            return () -> marks--;
        }

        @Override
        public Optional<Long> submittedBefore(long migration, String name, String spec) {
            return Optional.empty();
        }

        @Override
        public void waits(long migration, @Nullable String what) {}

        @Override
        public void refused(long migration, Kind kind, String what, @Nullable String remedy) {}
    }
}

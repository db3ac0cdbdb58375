package dev.backfleet.coordinator.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Change;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Deployed;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Instances;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Moment;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Passes;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Reads;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Statements;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Uses;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Writers;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each precondition is red once, with its remedy; all others are green then. */
class ContractChecksTest {
    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
    private static final ContractRules RULES =
            new ContractRules(Duration.ofDays(14), Duration.ofDays(7), true, Duration.ofDays(10));

    /** Facts that speak for the next step, to be changed. */
    private static final class World {
        @Nullable
        Instant renamed;

        Reads reads = new Reads(true, BigDecimal.valueOf(100), 0, ago(15));

        @Nullable
        String sync;

        Passes passes = new Passes(ago(0), 0, ago(8), List.of());
        List<String> jobs = List.of();
        List<Dependent> dependents = List.of(new Dependent(Dependent.Kind.INDEX, "names", false));
        List<String> functions = List.of();
        Statements statements = new Statements(null, ago(7), List.of(), 0);
        Writers writers = new Writers(null, ago(7), List.of());
        Instances instances = new Instances(2, List.of());

        @Nullable
        Deployed deployed = new Deployed("4.2", "ann", ago(1));

        ContractFacts facts() {
            return new ContractFacts(
                    new Moment(NOW, renamed, deployed),
                    new Change(reads, instances, sync, passes, jobs),
                    new Uses(dependents, functions, statements, writers));
        }

        World with(UnaryOperator<World> change) {
            return change.apply(this);
        }
    }

    private static Instant ago(int days) {
        return NOW.minus(Duration.ofDays(days));
    }

    private static World renamed() {
        var world = new World();
        world.renamed = ago(10);
        world.passes = new Passes(ago(10), 0, ago(30), List.of());
        return world;
    }

    @Test
    void green_is_what_nothing_speaks_against() {
        assertThat(lines(new World(), Next.RENAME))
                .allMatch(Line::green)
                .extracting(Line::what)
                .doesNotContain(Precondition.KEPT);
        assertThat(lines(renamed(), Next.DROP))
                .allMatch(Line::green)
                .extracting(Line::what)
                .contains(Precondition.KEPT);
        assertThat(lines(new World(), Next.RENAME))
                .filteredOn(line -> line.certainty() == Certainty.CANNOT_BE_KNOWN)
                .singleElement()
                .satisfies(line -> assertThat(line.says()).contains("ann has said that 4.2 is deployed everywhere"));
    }

    static Stream<Arguments> red() {
        return Stream.concat(redByWhatIsStored(), redByWhatUsesTheColumns());
    }

    private static Stream<Arguments> redByWhatIsStored() {
        return Stream.of(
                red(Precondition.READS, "75 % of the tenants read the new shape", w -> {
                    w.reads = new Reads(true, BigDecimal.valueOf(7500, 2), 0, ago(15));
                    return w;
                }),
                red(Precondition.READS, "0 % of the tenants read the new shape", w -> {
                    w.reads = new Reads(false, BigDecimal.valueOf(100), 0, ago(15));
                    return w;
                }),
                red(Precondition.READS, "1 tenant reads the old shape by name", w -> {
                    w.reads = new Reads(true, BigDecimal.valueOf(100), 1, ago(15));
                    return w;
                }),
                red(Precondition.READS, "for 13d 00h; required: 14d 00h", w -> {
                    w.reads = new Reads(true, BigDecimal.valueOf(100), 0, ago(13));
                    return w;
                }),
                red(Precondition.SYNC, "no longer as it was made: a trigger is missing", w -> {
                    w.sync = "a trigger is missing";
                    return w;
                }),
                red(Precondition.RECONCILE, "no reconcile has compared the rows", w -> {
                    w.passes = new Passes(null, 0, null, List.of());
                    return w;
                }),
                red(Precondition.RECONCILE, "has found 3 wrong rows", w -> {
                    w.passes = new Passes(ago(0), 3, null, List.of());
                    return w;
                }),
                red(Precondition.RECONCILE, "the gate refuses: TOO_OLD", w -> {
                    w.passes = new Passes(ago(2), 0, ago(8), List.of("TOO_OLD"));
                    return w;
                }),
                red(Precondition.RECONCILE, "for 6d 00h; required: 7d 00h", w -> {
                    w.passes = new Passes(ago(0), 0, ago(6), List.of());
                    return w;
                }),
                red(Precondition.JOBS, "unfinished jobs of the table: j (id 3) RUNNING", w -> {
                    w.jobs = List.of("j (id 3) RUNNING");
                    return w;
                }));
    }

    private static Stream<Arguments> redByWhatUsesTheColumns() {
        return Stream.of(
                red(Precondition.CATALOG, "the view v needs an old column", w -> {
                    w.dependents = List.of(new Dependent(Dependent.Kind.VIEW, "v", true));
                    return w;
                }),
                red(Precondition.FUNCTIONS, "the text of the function f() names an old column", w -> {
                    w.functions = List.of("f()");
                    return w;
                }),
                red(Precondition.STATEMENTS, "executed since the last look: 2 × select full_name", w -> {
                    w.statements = new Statements(null, null, List.of("2 × select full_name"), 0);
                    return w;
                }),
                red(Precondition.STATEMENTS, "for 6d 00h; required: 7d 00h", w -> {
                    w.statements = new Statements(null, ago(6), List.of(), 0);
                    return w;
                }),
                red(Precondition.WRITERS, "the old shape alone was written by a, b, c, d, e and 1 more", w -> {
                    w.writers = new Writers(null, ago(7), List.of("a", "b", "c", "d", "e", "f"));
                    return w;
                }),
                red(Precondition.WRITERS, "transactions go on that have begun before", w -> {
                    w.writers = new Writers(null, null, List.of());
                    return w;
                }),
                red(Precondition.WRITERS, "for 6d 00h; required: 7d 00h", w -> {
                    w.writers = new Writers(null, ago(6), List.of());
                    return w;
                }),
                red(Precondition.VERSIONS, "instances that evaluate an older version of the flag: web-1", w -> {
                    w.instances = new Instances(2, List.of("web-1"));
                    return w;
                }),
                red(Precondition.VERSIONS, "whether an old version of the application runs; all 2 instances", w -> {
                    w.deployed = null;
                    return w;
                }));
    }

    private static Arguments red(Precondition what, String says, UnaryOperator<World> change) {
        return Arguments.of(what, says, change);
    }

    @ParameterizedTest
    @MethodSource("red")
    void each_precondition_is_red_alone_and_has_a_remedy(Precondition what, String says, UnaryOperator<World> change) {
        assertThat(lines(new World().with(change), Next.RENAME).stream().filter(line -> !line.green()))
                .singleElement()
                .satisfies(line -> assertThat(line.what()).isEqualTo(what))
                .satisfies(line -> assertThat(line.says()).contains(says))
                .satisfies(line -> assertThat(line.remedy()).isNotBlank());
    }

    @Test
    void what_cannot_be_known_is_never_green_by_itself() {
        var world = new World();
        world.statements = new Statements("not installed", null, List.of(), 0);
        world.writers = new Writers("it was lost", null, List.of());
        assertThat(lines(world, Next.RENAME)).allMatch(Line::green);
        world.deployed = null;
        assertThat(lines(world, Next.RENAME).stream().filter(line -> !line.green()))
                .allMatch(line -> line.certainty() == Certainty.CANNOT_BE_KNOWN)
                .extracting(Line::what)
                .containsExactly(Precondition.STATEMENTS, Precondition.WRITERS, Precondition.VERSIONS);
    }

    // Between the two, a version may have been taken back.
    @Test
    void a_word_that_was_given_before_the_renaming_does_not_count_for_the_drop() {
        var world = renamed();
        world.deployed = new Deployed("4.2", "ann", ago(11));
        assertThat(lines(world, Next.DROP).stream().filter(line -> !line.green()))
                .singleElement()
                .satisfies(line -> assertThat(line.what()).isEqualTo(Precondition.VERSIONS));
    }

    @Test
    void renamed_columns_are_kept_for_a_while_and_their_rows_are_not_compared_any_more() {
        var world = renamed();
        world.renamed = ago(9);
        assertThat(lines(world, Next.DROP).stream().filter(line -> !line.green()))
                .singleElement()
                .satisfies(line ->
                        assertThat(line.says()).isEqualTo("the old columns are renamed for 9d 00h; required: 10d 00h"));
        assertThat(lines(renamed(), Next.DROP))
                .filteredOn(line -> line.what() == Precondition.RECONCILE)
                .singleElement()
                .satisfies(line -> assertThat(line.certainty()).isEqualTo(Certainty.EVIDENCE));
    }

    private static List<Line> lines(World world, Next next) {
        return ContractChecks.lines("split-names", next, RULES, world.facts());
    }
}

package dev.backfleet.standalone.faults;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The tests that share a stage, in one JVM one after the other: each class by itself would start servers, a coordinator and workers
 * anew, for sixteen seconds of processor time. A class is tagged {@code staged} and has its place here; {@code -Dtest=} runs it alone.
 */
@Tag("server")
class SharedStageTest {
    /** {@link DiskFullTest}. */
    @Nested
    class DiskFull extends DiskFullTest {}

    /** {@link FleetUnderFaultsTest}. */
    @Nested
    class FleetUnderFaults extends FleetUnderFaultsTest {}

    /** {@link LifecycleTest}. */
    @Nested
    class Lifecycle extends LifecycleTest {}

    /** {@link MigrationUnderFaultsTest}. */
    @Nested
    class MigrationUnderFaults extends MigrationUnderFaultsTest {}

    /** {@link NeverTheVictimTest}. */
    @Nested
    class NeverTheVictim extends NeverTheVictimTest {}

    /** {@link PoisonedStepTest}. */
    @Nested
    class PoisonedStep extends PoisonedStepTest {}

    /** {@link RateOverFleetTest}. */
    @Nested
    class RateOverFleet extends RateOverFleetTest {}

    /** {@link ReadOnlyServerTest}. */
    @Nested
    class ReadOnlyServer extends ReadOnlyServerTest {}

    /** {@link ReconcileUnderFaultsTest}. */
    @Nested
    class ReconcileUnderFaults extends ReconcileUnderFaultsTest {}

    /** {@link ReplacedExpressionTest}. */
    @Nested
    class ReplacedExpression extends ReplacedExpressionTest {}
}

package dev.backfleet.standalone.faults;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * The tests that share a stage, in one JVM one after the other: each class by itself would start servers, a coordinator and workers
 * anew, for sixteen seconds of processor time. A class is tagged {@code staged} and has its place here; {@code -Dtest=} runs it alone.
 */
@Tag("server")
class SharedStageTest {
    @Nested
    class FleetUnderFaults extends FleetUnderFaultsTest {}

    @Nested
    class NeverTheVictim extends NeverTheVictimTest {}

    @Nested
    class RateOverFleet extends RateOverFleetTest {}

    @Nested
    class ReadOnlyServer extends ReadOnlyServerTest {}

    @Nested
    class ReconcileUnderFaults extends ReconcileUnderFaultsTest {}

    @Nested
    class ReplacedExpression extends ReplacedExpressionTest {}
}

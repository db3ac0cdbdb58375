package dev.backfleet.standalone.reconcile;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The tests that share a fleet which compares, one class after the other; {@code -Dtest=} runs one alone. */
@Tag("server")
class SharedComparingFleetTest {
    /** {@link ComparedTypesTest}. */
    @Nested
    class ComparedTypes extends ComparedTypesTest {}

    /** {@link CopiesTest}. */
    @Nested
    class Copies extends CopiesTest {}

    /** {@link IntoMigrationTest}. */
    @Nested
    class IntoMigration extends IntoMigrationTest {}

    /** {@link NewShapeWritesTest}. */
    @Nested
    class NewShapeWrites extends NewShapeWritesTest {}

    /** {@link ReconcileTest}. */
    @Nested
    class Reconcile extends ReconcileTest {}

    /** {@link ReconcileShapesTest}. */
    @Nested
    class ReconcileShapes extends ReconcileShapesTest {}
}

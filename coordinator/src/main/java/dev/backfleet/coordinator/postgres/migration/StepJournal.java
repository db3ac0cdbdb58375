package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.coordinator.migration.step.Step;
import java.sql.Connection;
import java.sql.SQLException;

/** What is stored beside a step, in the transaction that makes it so or takes it back. */
public interface StepJournal {
    /** Stores nothing. */
    StepJournal NONE = new StepJournal() {
        @Override
        public void done(Connection connection, Step step) {}

        @Override
        public void undone(Connection connection, Step step) {}
    };

    /** The step is made so. An exception takes it back with the transaction. */
    void done(Connection connection, Step step) throws SQLException;

    /** The step is taken back; likewise. */
    void undone(Connection connection, Step step) throws SQLException;
}

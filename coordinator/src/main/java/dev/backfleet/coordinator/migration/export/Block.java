package dev.backfleet.coordinator.migration.export;

import java.util.List;

/**
 * Statements of a step that belong together.
 *
 * @param statements each complete, without a semicolon
 * @param kind how they are executed
 */
record Block(List<String> statements, Kind kind) {
    Block {
        statements = List.copyOf(statements);
    }

    /** How the statements are executed. */
    enum Kind {
        /** In one transaction. */
        TRANSACTION,
        /** Settings of the session, for the blocks that follow. */
        SETTINGS,
        /** A single statement that is not in a transaction with anything else. */
        ALONE
    }

    static Block alone(String statement) {
        return new Block(List.of(statement), Kind.ALONE);
    }

    /** With semicolons, a statement after the other. */
    String text() {
        return String.join(";\n", statements) + ";";
    }

    /** The same as one transaction. */
    String transaction() {
        return kind == Kind.TRANSACTION ? "begin;\n" + text() + "\ncommit;" : text();
    }
}

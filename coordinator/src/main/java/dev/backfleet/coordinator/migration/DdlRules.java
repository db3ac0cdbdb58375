package dev.backfleet.coordinator.migration;

import dev.backfleet.common.sql.Identifier;
import java.time.Duration;
import java.util.Optional;

/**
 * How the statements of a migration wait for locks, and who executes them.
 *
 * @param lockTimeout the longest that a request for a lock holds the application up at a time
 * @param hold the longest that the statements of a step may hold such a lock, in all
 * @param giveUp how long a step is tried
 * @param role the role that executes the statements; empty: that of the connection
 * @param byOthers whether another tool executes them, and Backfleet only checks
 */
public record DdlRules(
        Duration lockTimeout, Duration hold, Duration giveUp, Optional<Identifier> role, boolean byOthers) {}

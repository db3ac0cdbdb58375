package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.time.Duration;
import java.util.Optional;

/** What a spec is held against. Nothing is changed by asking. */
public interface Catalog {

    /** What is known of a table; nothing if there is none of that name. */
    Optional<TableFacts> table(TableName name);

    /** Why PostgreSQL would refuse to set a column to an expression; nothing if it would not. It is not evaluated. */
    Optional<String> refusal(JobDefinition.Table table, String column, SqlExpression expression);

    /** Why PostgreSQL would refuse a condition on rows; nothing if it would not. It is not evaluated. */
    Optional<String> refusal(JobDefinition.Table table, SqlExpression where);

    /** Why this role may not suppress triggers; nothing if it may. */
    Optional<String> triggerRefusal();

    /** After how long a lock wait the server looks for a deadlock. */
    Duration deadlockTimeout();
}

package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A database in trouble is spared, and what is safe to repeat is repeated. */
class GuardedDatabaseTest {
    private static final Step.Batch BATCH = new Step.Batch(Cursor.START, 10);

    private final FakeShards database = new FakeShards();
    private final ShardAccess guarded = GuardedDatabase.around(database.access(), new Way());
    private final ShardLeases leases = guarded.leases();
    private final RangeWorker ranges = guarded.ranges();
    private final Claim claim = Samples.claim();
    private boolean unreachable;
    private int lost;

    @Test
    void a_batch_is_never_repeated() {
        database.refuses("08006").answers(Optional.of(Samples.moved(10, 10)));
        assertThatThrownBy(() -> ranges.batch(claim, BATCH)).hasMessageStartingWith("08006");
        assertThat(database.asked()).containsExactly("batch [] 10");
    }

    @Test
    void a_claim_is_never_repeated_because_the_first_may_have_won() {
        database.refuses("08006");
        var task = new Task(claim.shard(), 1);
        assertThatThrownBy(() -> leases.claim(task)).hasMessageStartingWith("08006");
        assertThat(database.asked()).containsExactly("claim 7/1");
    }

    @Test
    void renewing_and_giving_back_are_repeated() {
        database.refuses("08006")
                .refuses("55P03")
                .answers(true)
                .refuses("57P01")
                .answers(true);
        assertThat(leases.renew(claim)).isTrue();
        leases.giveBack(claim, Duration.ZERO);
        assertThat(database.asked()).containsExactly("renew", "renew", "renew", "giveBack PT0S", "giveBack PT0S");
    }

    @Test
    void a_permanent_error_is_not_repeated() {
        database.refuses("42501");
        assertThatThrownBy(() -> leases.giveBack(claim, Duration.ZERO)).hasMessageStartingWith("42501");
        assertThat(database.asked()).hasSize(1);
    }

    @Test
    void a_lost_connection_is_reported_and_the_next_statements_are_still_sent() {
        database.refuses("08006").refuses("57P01").refuses("55P03").answers(Optional.of(Samples.moved(10, 10)));
        for (var code : List.of("08006", "57P01", "55P03")) {
            assertThatThrownBy(() -> ranges.batch(claim, BATCH)).hasMessageStartingWith(code);
        }
        assertThat(lost).isEqualTo(2);
        assertThat(ranges.batch(claim, BATCH)).isPresent();
    }

    @Test
    void a_read_only_server_is_reported_and_a_function_that_raises_the_same_error_is_not() {
        database.refuses("25006");
        assertThatThrownBy(() -> ranges.batch(claim, BATCH)).hasMessageStartingWith("25006");
        assertThat(lost).isEqualTo(1);
        assertThat(new Failure(ErrorKind.REFUSED_ROW, "25006", "in function f").isReadOnly())
                .isFalse();
    }

    @Test
    void no_statement_is_sent_while_the_database_is_known_to_be_unreachable() {
        unreachable = true;
        var refused = catchThrowableOfType(StatementFailedException.class, () -> ranges.batch(claim, BATCH));
        assertThat(refused.failure().kind()).isEqualTo(ErrorKind.TRANSIENT);
        assertThatThrownBy(() -> leases.giveBack(claim, Duration.ZERO)).hasMessageStartingWith("08004");
        assertThat(database.asked()).isEmpty();

        unreachable = false;
        database.answers(Optional.of(Samples.moved(10, 10)));
        assertThat(ranges.batch(claim, BATCH)).isPresent();
    }

    private final class Way implements Reachability {
        @Override
        public boolean isUnreachable() {
            return unreachable;
        }

        @Override
        public void lost() {
            lost++;
        }
    }
}

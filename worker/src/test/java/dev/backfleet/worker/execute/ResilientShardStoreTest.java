package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardStore.RefusedException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A database in trouble is spared, and what is safe to repeat is repeated. */
class ResilientShardStoreTest {
    private static final Step.Batch BATCH = new Step.Batch(Cursor.START, 10);

    private final FakeShardStore database = new FakeShardStore();
    private final ResilientShardStore store = new ResilientShardStore(database);
    private final Claim claim = Samples.claim();

    private void lose(int connections) {
        for (var i = 0; i < connections; i++) {
            database.refuses("08006");
            assertThatThrownBy(() -> store.batch(claim, BATCH)).isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void a_batch_is_never_repeated() {
        database.refuses("08006").answers(Optional.of(Samples.moved(10, 10)));
        assertThatThrownBy(() -> store.batch(claim, BATCH)).hasMessageStartingWith("08006");
        assertThat(database.asked()).containsExactly("batch [] 10");
    }

    @Test
    void a_claim_is_never_repeated_because_the_first_may_have_won() {
        database.refuses("08006");
        var task = new Task(claim.shard(), 1);
        assertThatThrownBy(() -> store.claim(task)).hasMessageStartingWith("08006");
        assertThat(database.asked()).containsExactly("claim 7/1");
    }

    @Test
    void renewing_and_giving_back_are_repeated() {
        database.refuses("08006")
                .refuses("55P03")
                .answers(true)
                .refuses("57P01")
                .answers(true);
        assertThat(store.renew(claim)).isTrue();
        store.giveBack(claim, Duration.ZERO);
        assertThat(database.asked()).containsExactly("renew", "renew", "renew", "giveBack PT0S", "giveBack PT0S");
    }

    @Test
    void what_will_be_refused_again_is_not_repeated() {
        database.refuses("42501");
        assertThatThrownBy(() -> store.giveBack(claim, Duration.ZERO)).hasMessageStartingWith("42501");
        assertThat(database.asked()).hasSize(1);
    }

    @Test
    void after_a_run_of_lost_connections_it_refuses_without_asking_and_recovers() {
        lose(5);
        assertThat(store.isOpen()).isTrue();
        var refused = catchThrowableOfType(RefusedException.class, () -> store.batch(claim, BATCH));
        assertThat(refused.failure().kind()).isEqualTo(ErrorKind.TRANSIENT);
        assertThat(database.asked()).hasSize(5);

        database.answers(Optional.of(Samples.moved(10, 10)));
        await().ignoreExceptionsInstanceOf(RefusedException.class)
                .until(() -> store.batch(claim, BATCH).isPresent());
        assertThat(store.renew(claim)).isTrue();
        assertThat(store.isOpen()).isFalse();
        assertThat(database.asked()).hasSize(7);
    }

    @Test
    void refusals_by_a_database_that_answers_open_nothing() {
        for (var i = 0; i < 20; i++) {
            database.refuses("55P03");
            assertThatThrownBy(() -> store.batch(claim, BATCH)).hasMessageStartingWith("55P03");
        }
        assertThat(store.isOpen()).isFalse();
        assertThat(database.asked()).hasSize(20);
    }
}

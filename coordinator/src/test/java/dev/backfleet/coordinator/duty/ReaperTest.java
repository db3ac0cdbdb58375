package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was lost is put back, and a task that only waits for its turn is left alone longer. */
class ReaperTest {
    private final List<String> asked = new ArrayList<>();
    private boolean slotsFree;

    private void run() {
        new Reaper(
                        new Reaper.Leases() {
                            @Override
                            public List<ShardId> reapExpired() {
                                asked.add("expired");
                                return List.of(new ShardId(1, 1));
                            }

                            @Override
                            public List<ShardId> reapUnclaimed(Duration age) {
                                asked.add("unclaimed for " + age.toSeconds() + " s");
                                return List.of();
                            }

                            @Override
                            public boolean slotsAreFree() {
                                return slotsFree;
                            }
                        },
                        Duration.ofSeconds(5))
                .runOnce();
    }

    @Test
    void while_slots_are_free_an_unclaimed_task_is_soon_thought_lost() {
        slotsFree = true;
        run();
        assertThat(asked).containsExactly("expired", "unclaimed for 5 s");
    }

    @Test
    void while_all_slots_are_busy_an_unclaimed_task_may_wait_for_its_turn() {
        run();
        assertThat(asked).containsExactly("expired", "unclaimed for 60 s");
    }
}

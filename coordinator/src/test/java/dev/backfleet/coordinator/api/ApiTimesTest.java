package dev.backfleet.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.coordinator.access.Caller;
import dev.backfleet.coordinator.access.Permission;
import dev.backfleet.coordinator.access.Role;
import dev.backfleet.coordinator.api.Resource.Found;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is answered while reads do not end, and what is refused. */
class ApiTimesTest {
    private static final Caller VIEWER = new Caller("ann", true, List.of(Role.VIEWER));

    private final AtomicLong seconds = new AtomicLong();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Api api =
            new Api(failure -> Optional.empty(), () -> Duration.ofSeconds(seconds.get()), Duration.ofMillis(100));
    private final Resource never = Resource.of("/never", request -> {
        await(end);
        return Found.all("late");
    });

    @AfterEach
    void close() {
        end.countDown();
        api.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ApiRequest request(String path) {
        return new ApiRequest(path, Map.of(), Map.of(), VIEWER);
    }

    private ApiCode refused(Resource resource, String path) {
        return catchThrowableOfType(ApiFailure.class, () -> api.get(resource, request(path)))
                .code();
    }

    @Test
    void requests_beyond_the_connections_are_told_to_come_again_or_given_the_last_answer() throws Exception {
        var quick = Resource.of("/quick", request -> Found.all("quick"));
        assertThat(api.get(quick, request("/quick")).body()).isEqualTo("quick");
        for (var i = 0; i < Api.CONNECTIONS; i++) {
            assertThat(refused(never, "/never")).isEqualTo(ApiCode.TIMED_OUT);
        }
        seconds.set(12);
        assertThat(refused(never, "/never")).isEqualTo(ApiCode.BUSY);
        var last = api.get(quick, request("/quick"));
        assertThat(last.body()).isEqualTo("quick");
        assertThat(last.age()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void what_a_client_may_not_read_is_not_read() {
        var keys = new Resource("/keys", Permission.READ_KEYS, Set.of(), request -> Found.all("keys"));
        var failure = catchThrowableOfType(ApiFailure.class, () -> api.get(keys, request("/keys")));
        assertThat(failure.code()).isEqualTo(ApiCode.FORBIDDEN);
        assertThat(failure).hasMessage("this needs the role OPERATOR");
    }
}

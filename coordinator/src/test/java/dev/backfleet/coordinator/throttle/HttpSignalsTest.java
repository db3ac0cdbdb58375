package dev.backfleet.coordinator.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.outbound.AddressRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A team's own answer to "am I healthy". */
class HttpSignalsTest {
    private static final Sample OTHER = Sample.of(Signal.WAL_RATE, 1);
    private static final JobDefinition.Table TABLE = new JobDefinition.Table(1, "public", "t");

    private final SignalSource others = new SignalSource() {
        @Override
        public List<Sample> server(Set<Signal> wanted) {
            return List.of(OTHER);
        }

        @Override
        public List<Sample> job(ThrottledJob job, Set<Signal> wanted) {
            return List.of(OTHER);
        }
    };
    private AddressRule hosts = AddressRule.ALL_BUT_LINK_LOCAL;
    private HttpServer application;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/well", 200);
        answer("/ill", 503);
        answer("/moved", 302);
        // Takes the question and never answers.
        application.createContext("/mute", exchange -> {});
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
    }

    private void answer(String path, int status) {
        application.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    private Sample ask(String path) {
        var address = "http://127.0.0.1:" + application.getAddress().getPort() + path;
        var definition = new JobDefinition(
                TABLE,
                List.of(new KeyColumn("id", 1, "bigint")),
                false,
                new UpdateRows(List.of(), null, Triggers.FIRE),
                1_000,
                Duration.ofMillis(100),
                10_000);
        var wanted = new ThrottleSpec(Map.of(), null, List.of(), List.of(address));
        var pace = new ThrottledJob.Pace(1, 0, 0, true, Optional.empty());
        var samples = new HttpSignals(others, hosts)
                .job(new ThrottledJob(1, definition, List.of(TABLE), wanted, pace), Set.of());
        assertThat(samples).hasSize(2).startsWith(OTHER);
        assertThat(samples.get(1).signal()).isEqualTo(address);
        return samples.get(1);
    }

    /** A busy machine may not answer within a second: it is asked again. */
    private Sample answered(String path) {
        return await().until(() -> ask(path), sample -> sample.value() != null);
    }

    @Test
    void an_answer_of_200_is_calm_and_any_other_is_not() {
        assertThat(answered("/well").value()).isZero();
        assertThat(answered("/ill").value()).isEqualTo(1);
        assertThat(answered("/ill").note()).isEqualTo("it answers 503");
        assertThat(answered("/moved").value()).isEqualTo(1);
    }

    @Test
    void no_answer_cannot_be_read() {
        assertThat(ask("/mute").value()).isNull();
        application.stop(0);
        assertThat(ask("/well").value()).isNull();
        assertThat(new HttpSignals(others, hosts).server(Set.of())).containsExactly(OTHER);
    }

    @Test
    void a_host_that_is_not_among_the_permitted_ones_is_not_asked() {
        hosts = new AddressRule(Set.of("app.example"), "BACKFLEET_THROTTLE_HTTP_HOSTS");
        assertThat(ask("/well").value()).isNull();
        assertThat(ask("/well").note()).contains("BACKFLEET_THROTTLE_HTTP_HOSTS");
        hosts = new AddressRule(Set.of("127.0.0.1"), "BACKFLEET_THROTTLE_HTTP_HOSTS");
        assertThat(answered("/well").value()).isZero();
    }
}

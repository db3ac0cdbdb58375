package dev.backfleet.common.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.health.Check;
import dev.backfleet.common.health.Health;
import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.metric.JobMetric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.ManagementSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a process answers about itself, and that no client can keep it from answering others. */
class ManagementTest {
    private static final ListenAddress ANY = new ListenAddress("127.0.0.1", 0);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private final Management management = Management.open(new ManagementSettings(ANY, true), "1.2.3", "4f2c");

    @AfterEach
    void close() {
        management.close();
    }

    @Test
    void a_process_is_alive_from_its_start_to_its_end_and_ready_in_between() throws Exception {
        assertStatus(200, "/livez");
        assertStatus(503, "/startupz");
        assertThat(get("/readyz").body()).contains("the process is starting").contains("readyz failed");
        var running = management.running(Health.NONE);
        assertStatus(200, "/startupz");
        assertStatus(200, "/readyz");
        running.close();
        assertThat(get("/readyz").body()).contains("the process is stopping");
        assertStatus(503, "/readyz");
        assertStatus(200, "/startupz");
        assertStatus(200, "/livez");
    }

    @Test
    void a_page_is_not_sent_again_to_a_client_that_has_it() throws Exception {
        var text = new AtomicReference<>("{}\n");
        management.page("/flags.json", text::get);
        var first = get("/flags.json");
        assertThat(first.body()).isEqualTo("{}\n");
        var etag = first.headers().firstValue("ETag").orElseThrow();
        var again = client.send(
                HttpRequest.newBuilder(uri("/flags.json"))
                        .header("If-None-Match", etag)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        text.set("{\"a\": 1}\n");
        var changed = client.send(
                HttpRequest.newBuilder(uri("/flags.json"))
                        .header("If-None-Match", etag)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.headers().firstValue("ETag")).isPresent().get().isNotEqualTo(etag);
        assertThat(get("/").body()).contains("/flags.json");
    }

    @Test
    void a_page_whose_database_does_not_answer_keeps_no_probe_waiting() throws Exception {
        var answers = new CountDownLatch(1);
        management.page("/flags.json", () -> {
            try {
                answers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("away");
        });
        var asked = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (var i = 0; i < 20; i++) {
            asked.add(client.sendAsync(
                    HttpRequest.newBuilder(uri("/flags.json")).build(), HttpResponse.BodyHandlers.ofString()));
        }
        await().until(() -> asked.stream().filter(CompletableFuture::isDone).count() == 18);
        assertStatus(200, "/livez");
        answers.countDown();
        for (var one : asked) {
            assertThat(one.get().statusCode()).isEqualTo(503);
        }
    }

    @Test
    void a_loop_that_stands_still_ends_liveness_and_a_database_that_is_away_only_readiness() throws Exception {
        var now = new AtomicLong(300);
        var pulse = new Pulse(() -> Duration.ofSeconds(now.get()));
        var away = new AtomicLong(30);
        var database = Check.database(() -> Duration.ofSeconds(away.get()));
        var unused = management.running(new Health(List.of(Check.loop("consume", pulse)), List.of(database)));
        assertStatus(200, "/livez");
        assertThat(get("/readyz").body()).contains("[+] phase\n[-] database: the database has not answered for 30 s\n");
        away.set(0);
        now.set(420);
        assertStatus(200, "/readyz");
        var dead = get("/livez");
        assertThat(dead.statusCode()).isEqualTo(503);
        assertThat(dead.body()).isEqualTo("[-] loop consume: no progress for 120 s\nlivez failed\n");
        pulse.beat();
        assertThat(get("/livez").body()).isEqualTo("ok\n");
        assertThat(get("/livez?verbose").body()).isEqualTo("[+] loop consume\nlivez ok\n");
        assertThat(get("/readyz?verbose=1").body()).isEqualTo("[+] phase\n[+] database\nreadyz ok\n");
    }

    @Test
    void metrics_are_published_under_their_names() throws Exception {
        WorkerMetric.FENCED.counter(management.registry()).increment(3);
        WorkerMetric.BATCH_SECONDS.timer(management.registry(), "a \"job\"").record(Duration.ofMillis(30));
        WorkerMetric.SLOTS.gauge(management.registry(), () -> 4);
        var unused = management.running(
                Health.NONE,
                () -> List.of(
                        MetricPoint.of(JobMetric.ROWS_CHANGED, 12, "split"),
                        MetricPoint.of(JobMetric.ROWS_CHANGED, 13, "split"),
                        MetricPoint.of(JobMetric.STATE, 1, "split", "RUNNING")));
        var answer = get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body().lines())
                .contains(
                        "backfleet_fenced_total 3.0",
                        "backfleet_slots 4.0",
                        "backfleet_build_info{revision=\"4f2c\",version=\"1.2.3\"} 1",
                        "backfleet_batch_seconds_bucket{backfill=\"a \\\"job\\\"\",le=\"0.025\"} 0",
                        "backfleet_batch_seconds_bucket{backfill=\"a \\\"job\\\"\",le=\"0.05\"} 1",
                        "backfleet_batch_seconds_count{backfill=\"a \\\"job\\\"\"} 1",
                        "# TYPE backfleet_job_rows_changed_total counter",
                        "backfleet_job_rows_changed_total{backfill=\"split\"} 12.0",
                        "backfleet_job_state{backfill=\"split\",state=\"RUNNING\"} 1.0")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
    }

    @Test
    void what_cannot_be_read_takes_no_other_metric_with_it() throws Exception {
        WorkerMetric.FENCED.counter(management.registry()).increment();
        var unused = management.running(Health.NONE, () -> {
            throw new IllegalStateException("no");
        });
        assertThat(get("/metrics").body()).contains("backfleet_fenced_total 1.0");
    }

    @Test
    void other_paths_and_methods_are_refused() throws Exception {
        assertStatus(404, "/metrics/");
        assertThat(get("/").body()).contains("/livez").contains("/metrics");
        var post = send(HttpRequest.newBuilder(uri("/metrics")).POST(HttpRequest.BodyPublishers.ofString("x")));
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        var head = send(HttpRequest.newBuilder(uri("/livez")).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("3");
    }

    @Test
    void slow_and_silent_clients_do_not_keep_others_from_an_answer() throws Exception {
        var slow = new ArrayList<Socket>();
        try {
            for (var i = 0; i < 100; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), management.port());
                slow.add(socket);
                if (i % 2 == 0) {
                    socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(US_ASCII));
                }
            }
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> assertStatus(200, "/livez"));
            // Each of them is cut off, and none was answered.
            for (var socket : slow) {
                socket.setSoTimeout(60_000);
                assertThat(firstByte(socket)).isEqualTo(-1);
            }
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("management-"))
                .hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void a_request_with_huge_headers_is_refused() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), management.port())) {
            socket.setSoTimeout(60_000);
            var out = socket.getOutputStream();
            out.write("GET /livez HTTP/1.1\r\nHost: x\r\n".getBytes(US_ASCII));
            assertThat(answerTo(socket, "X-Large: " + "x".repeat(100_000) + "\r\n\r\n"))
                    .doesNotContain(" 200 ");
        }
        assertStatus(200, "/livez");
    }

    @Test
    void a_default_port_that_is_taken_is_replaced_and_a_chosen_one_is_an_error_with_a_remedy() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = ANY.withPort(taken.getLocalPort());
            try (var other = Management.open(new ManagementSettings(address, false), "1.2.3", "4f2c")) {
                assertThat(other.port()).isNotZero().isNotEqualTo(address.port());
            }
            assertThatThrownBy(() -> Management.open(new ManagementSettings(address, true), "1.2.3", "4f2c"))
                    .isInstanceOfSatisfying(ExplainedFailure.class, failure -> assertThat(failure.kind())
                            .isEqualTo(ExplainedFailure.Kind.UNUSABLE))
                    .hasMessageContaining("cannot listen on " + address)
                    .hasMessageContaining("set BACKFLEET_MANAGEMENT_LISTEN to");
        }
    }

    @Test
    void a_process_that_is_told_to_listen_nowhere_counts_and_does_not_listen() {
        try (var silent = Management.open(new ManagementSettings(ListenAddress.NONE, true), "1.2.3", "4f2c")) {
            WorkerMetric.FENCED.counter(silent.registry()).increment();
            assertThat(silent.port()).isZero();
        }
    }

    private static int firstByte(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException reset) {
            return -1;
        }
    }

    private static String answerTo(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            return new String(socket.getInputStream().readNBytes(20), US_ASCII);
        } catch (IOException reset) {
            return "";
        }
    }

    private void assertStatus(int status, String path) throws Exception {
        assertThat(get(path).statusCode()).as(path).isEqualTo(status);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + management.port() + path);
    }
}

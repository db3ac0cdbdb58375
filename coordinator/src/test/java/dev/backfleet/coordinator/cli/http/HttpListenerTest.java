package dev.backfleet.coordinator.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.typed.HttpSettings;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.http.HttpListener.Listening;
import dev.backfleet.embedded.process.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where a coordinator listens, and whom it answers. */
@Tag("server")
class HttpListenerTest {
    private static final String NOWHERE = "postgresql://127.0.0.1:1/none";

    private static Listening open(Map<String, String> settings) {
        return (Listening) HttpListener.open(ServedFleet.settings(NOWHERE, settings), "c1");
    }

    @Test
    void a_port_that_was_set_must_be_free_and_the_default_one_is_replaced() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> open(Map.of("BACKFLEET_HTTP_LISTEN", address)))
                    .isInstanceOfSatisfying(ExplainedFailure.class, failure -> assertThat(failure.kind())
                            .isEqualTo(Kind.UNUSABLE))
                    .hasMessageContaining("cannot listen on " + address)
                    .hasMessageContaining("set BACKFLEET_HTTP_LISTEN to");
        }
        assertThat(HttpSettings.DEFAULT).hasToString("127.0.0.1:8480");
    }

    @Test
    void without_sign_in_it_listens_where_only_this_host_can_connect() {
        for (var address : List.of("0.0.0.0:0", "[::]:0", "192.0.2.7:8480")) {
            assertThatThrownBy(() -> open(Map.of("BACKFLEET_HTTP_LISTEN", address)))
                    .isInstanceOfSatisfying(ExplainedFailure.class, failure -> assertThat(failure.kind())
                            .isEqualTo(Kind.INVALID))
                    .hasMessageContaining("would answer everybody in the network");
        }
    }

    @Test
    void a_request_must_name_this_host() throws IOException {
        try (var http = open(Map.of())) {
            for (var own : List.of("localhost", "LOCALHOST:8480", "127.0.0.1:1", "[::1]:8480")) {
                assertThat(status(http, own)).as(own).isEqualTo("503");
            }
            for (var foreign :
                    List.of("evil.example", "evil.example:8480", "localhost.evil.example", "127.0.0.1.nip.io")) {
                assertThat(status(http, foreign)).as(foreign).isEqualTo("403");
            }
        }
    }

    private static String status(Listening http, String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/me HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n")
                            .getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII).split(" ")[1];
        }
    }

    @Test
    void it_answers_before_the_database_is_ready_and_below_the_base_path() throws Exception {
        try (var rows = new ControlRows();
                var served = new ServedFleet(rows, Map.of("BACKFLEET_HTTP_BASE_PATH", "/fleet/a"))) {
            assertThat(served.get("/fleet/a/api/v1/jobs?limit=1").statusCode()).isEqualTo(200);
            assertThat(served.get("/api/v1/jobs").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void a_coordinator_that_does_not_listen_loads_nothing_of_the_server() throws Exception {
        assertThat(loaded("none")).isEmpty();
        assertThat(loaded("127.0.0.1:0")).anyMatch(type -> type.startsWith("io.javalin."));
    }

    private static List<String> loaded(String address) throws Exception {
        var command = new ArrayList<>(List.of("java", "-Xlog:class+load:stdout", "-cp", ChildJvm.classPath()));
        command.addAll(List.of(Opened.class.getName(), address));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        return lines.stream()
                .map(line -> line.replaceFirst("^(\\[[^]]*])+ ", "").replaceFirst(" .*", ""))
                .filter(type -> type.startsWith("io.javalin.")
                        || type.startsWith("org.eclipse.jetty.")
                        || type.startsWith("jakarta.servlet.")
                        || type.startsWith("kotlin.")
                        || type.startsWith("gg.jte.")
                        || type.startsWith("dev.backfleet.coordinator.console.")
                        || type.startsWith("dev.backfleet.coordinator.serve.")
                        || type.startsWith("dev.backfleet.coordinator.live."))
                .toList();
    }

    /** Opens the listener of a coordinator, in a JVM of its own. */
    public static final class Opened {
        private Opened() {}

        /** Runs it. */
        public static void main(String[] arguments) throws ClassNotFoundException {
            Class.forName("dev.backfleet.coordinator.cli.CoordinatorCommand");
            var settings = ServedFleet.settings(NOWHERE, Map.of(HttpCatalogue.HTTP_LISTEN.name(), arguments[0]));
            HttpListener.open(settings, "c1").close();
        }
    }
}

package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.screen.StatusText;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages of the console through the server on a real PostgreSQL. */
@Tag("server")
class ConsoleTest {
    private static final String HOSTILE = "<script>alert('x')</script>\" onload=\"x";

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ServedFleet served;

    private static long running;
    private static long failed;
    private static long hostile;

    @BeforeAll
    static void fill() {
        served = new ServedFleet();
        var rows = served.rows;
        running = rows.job("names", "RUNNING");
        rows.worker("w-1", true);
        rows.shard(running, 1, "DONE", 400, 390);
        rows.shard(running, 2, "w-1", 100, 10);
        failed = rows.job("bad", "FAILED");
        rows.execute("update backfleet.job set error = 'shard 3 failed: 23514' where id = ?", failed);
        hostile = rows.job(HOSTILE, "HALTED");
        rows.execute("update backfleet.job set error = ?, reason = ? where id = ?", HOSTILE, HOSTILE, hostile);
        var good = rows.job("good", "SUCCEEDED");
        rows.shard(good, 1, "DONE", 1000, 999);
        quarantine(rows, good);
    }

    private static void quarantine(ControlRows rows, long job) {
        rows.execute(
                "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) "
                        + "values (?, 1, 1, array['4711'], '23514', 'no <b>', 1, 'w-1')",
                job);
        rows.execute("update backfleet.job set quarantined = 1 where id = ?", job);
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(served.uri(path)).timeout(Duration.ofSeconds(30));
        return served.client.send(request.build(), BodyHandlers.ofString());
    }

    /** A page that keeps what each page promises. */
    private static Document page(String path, int status) throws IOException, InterruptedException {
        var response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        var headers = response.headers();
        assertThat(headers.firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(headers.firstValue("Cache-Control")).contains("no-store");
        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none';")
                .contains("script-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        return parsed(response.body());
    }

    private static Document parsed(String html) {
        var parser = Parser.htmlParser().setTrackErrors(10);
        var page = Jsoup.parse(html, "", parser);
        assertThat(parser.getErrors()).as(html).isEmpty();
        assertThat(page.select("script:not([src]), style, [style]")).isEmpty();
        assertThat(page.getAllElements().stream()
                        .flatMap(element -> element.attributes().asList().stream())
                        .filter(attribute -> attribute.getKey().startsWith("on")))
                .isEmpty();
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
        assertThat(page.select("h1")).hasSize(1);
        return page;
    }

    private static String only(Document page, String selector) {
        return page.select(selector).stream()
                .map(Element::text)
                .reduce((one, other) -> one + "|" + other)
                .orElse("");
    }

    @Test
    void a_job_page_says_first_what_a_status_says() throws Exception {
        for (var id : List.of(running, failed, hostile)) {
            var now = new PostgresQueries(served.rows.database()).snapshot(id).orElseThrow();
            var status = StatusText.lines(now, new TerminalCapabilities(100_000, 40, false));
            var page = page("/jobs/" + id, 200);
            assertThat(page.title()).isEqualTo(now.job().name() + " · Backfleet");
            assertThat(only(page, "h1")).isEqualTo(now.job().name());
            assertThat(status.get(0)).endsWith(now.job().state().name());
            assertThat(only(page, ".top .chip")).contains(now.job().state().name());
            assertThat(only(page, "[data-verdict]")).isEqualTo(withoutQuotes(status.get(1)));
            var facts = only(page, "dl.facts");
            status.stream()
                    .filter(line -> line.matches("(progress|rows|rate|shards|settings) .*"))
                    .forEach(line -> assertThat(facts).contains(line.replaceFirst("^[a-z]+ +", "")));
        }
    }

    private static String withoutQuotes(String line) {
        return line.strip().replaceAll("'(backfleet [^']+)'", "$1");
    }

    @Test
    void text_from_elsewhere_stays_text() throws Exception {
        for (var path : List.of("/", "/jobs/" + hostile)) {
            var page = page(path, 200);
            assertThat(page.select("script")).hasSize(1);
            assertThat(page.text()).contains(HOSTILE);
        }
        assertThat(page("/jobs/%3Cscript%3E", 404).text()).contains("no job <script>");
    }

    @Test
    void jobs_that_need_somebody_come_first() throws Exception {
        var page = page("/", 200);
        assertThat(page.title()).isEqualTo("Jobs · Backfleet");
        assertThat(page.select("[data-live=need] .head a").eachText())
                .containsExactlyInAnyOrder(HOSTILE, "bad", "good");
        assertThat(page.select("[data-live=move] .head a").eachText()).containsExactly("names");
        assertThat(page.select("[data-live=over] .head a")).isEmpty();
    }

    @Test
    void the_fleet_is_a_page() throws Exception {
        var page = page("/fleet", 200);
        assertThat(only(page, "[data-live=fleet]")).contains("No coordinator leads", "1 worker, 1 of 4 slots busy");
        assertThat(only(page, ".cards .head")).isEqualTo("w-1 accepting tasks");
        assertThat(only(page, ".cards")).contains("job " + running + " shard 2");
    }

    @Test
    void every_link_leads_somewhere() throws Exception {
        for (var path : List.of("/", "/fleet", "/jobs/" + running, "/jobs/" + failed, "/jobs/nothing")) {
            var page = page(path, path.endsWith("nothing") ? 404 : 200);
            var links = page.select("[href], [src]").stream()
                    .map(one -> one.hasAttr("href") ? one.attr("href") : one.attr("src"))
                    .filter(link -> link.startsWith("/"))
                    .distinct()
                    .toList();
            assertThat(links).contains("/", "/fleet", "/assets/console.css", "/assets/console.js");
            for (var link : links) {
                assertThat(get(link).statusCode()).as(link).isNotEqualTo(404);
            }
        }
    }

    @Test
    void what_cannot_be_shown_is_a_page_that_says_why() throws Exception {
        assertThat(only(page("/nothing", 404), "h1")).isEqualTo("There is no such thing");
        assertThat(page("/?sort=name", 400).text()).contains("there is no parameter sort");
    }

    @Test
    void the_stream_of_a_page_has_its_parts_as_the_page_has_them() throws Exception {
        var page = page("/jobs/" + failed, 200);
        var told = Jsoup.parse(event("/jobs/" + failed + "/live"));
        assertThat(page.body().attr("data-stream")).isEqualTo("/jobs/" + failed + "/live");
        assertThat(told.select("[data-live]").eachAttr("data-live"))
                .isNotEmpty()
                .isEqualTo(page.select("main [data-live]").eachAttr("data-live"));
        assertThat(only(told, "[data-live=verdict]")).isEqualTo(only(page, "[data-live=verdict]"));
        for (var path : List.of("/", "/fleet")) {
            var whole = page(path, 200);
            assertThat(Jsoup.parse(event(whole.body().attr("data-stream")))
                            .select("[data-live]")
                            .eachAttr("data-live"))
                    .isEqualTo(whole.select("main [data-live]").eachAttr("data-live"));
        }
    }

    /** The data of the first event of a page. */
    private static String event(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(served.uri(path)).timeout(Duration.ofSeconds(30));
        var response = served.client.send(request.build(), BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    assertThat(line).isEqualTo("event: page");
                    return new ObjectMapper().readValue(lines.readLine().substring("data: ".length()), String.class);
                }
            }
        }
        throw new AssertionError("the stream has ended");
    }

    @Test
    void all_paths_are_below_the_base_path() throws Exception {
        try (var below = new ServedFleet(new ControlRows(), Map.of("BACKFLEET_HTTP_BASE_PATH", "/fleet/a"))) {
            var job = below.rows.job("names", "RUNNING");
            var request = HttpRequest.newBuilder(below.uri("/fleet/a/jobs/" + job));
            var page = parsed(
                    below.client.send(request.build(), BodyHandlers.ofString()).body());
            assertThat(page.select("[href^=/], [src]").stream()
                            .map(one -> one.hasAttr("href") ? one.attr("href") : one.attr("src")))
                    .allMatch(link -> link.startsWith("/fleet/a/"));
            assertThat(page.body().attr("data-stream")).isEqualTo("/fleet/a/jobs/" + job + "/live");
        }
    }
}

package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.report.MapReport;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the API answers, and what it refuses, through its server on a real PostgreSQL. */
@Tag("server")
class ApiTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ServedFleet served;

    private static long names;

    @BeforeAll
    static void fill() {
        served = new ServedFleet();
        var rows = served.rows;
        names = rows.job("names", "RUNNING");
        rows.worker("w-1", true);
        rows.shard(names, 1, "DONE", 400, 390);
        rows.shard(names, 2, "w-1", 100, 10);
        rows.shard(rows.job("good", "SUCCEEDED"), 1, "DONE", 1000, 1000);
        rows.execute("update backfleet.job set error = 'bad' where id = ?", rows.job("bad", "FAILED"));
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return served.get("/api/v1" + path, headers);
    }

    private static void assertProblem(HttpResponse<String> response, int status, String code) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(ServedFleet.json(response).get("code").asText()).isEqualTo(code);
    }

    @Test
    void a_job_is_the_record_that_the_command_line_prints() throws Exception {
        var response = get("/jobs/names");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json;charset=utf-8");
        var now = new PostgresQueries(served.rows.database()).snapshot(names).orElseThrow();
        assertThat(response.body()).isEqualTo(JsonOutput.render(MapReport.of(now)));
        assertThat(get("/jobs/" + names).body()).isEqualTo(response.body());
    }

    @Test
    void an_answer_that_the_client_has_is_not_sent_again() throws Exception {
        var tag = get("/jobs/good/time").headers().firstValue("ETag").orElseThrow();
        var again = get("/jobs/good/time", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(get("/jobs/good/time", "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void jobs_are_listed_page_by_page_newest_first() throws Exception {
        var first = get("/jobs?limit=2");
        assertThat(ServedFleet.json(first).findValuesAsText("name")).containsExactly("bad", "good");
        var link = first.headers().firstValue("Link").orElseThrow();
        assertThat(link).matches("</api/v1/jobs\\?limit=2&after=[0-9]+>; rel=\"next\"");
        var second = served.get(link.substring(1, link.indexOf('>')));
        assertThat(ServedFleet.json(second).get("items").findValuesAsText("name"))
                .containsExactly("names");
        assertThat(ServedFleet.json(second).get("next").isNull()).isTrue();
        assertThat(ServedFleet.json(get("/jobs?state=failed,succeeded")).findValuesAsText("name"))
                .containsExactly("bad", "good");
        assertThat(ServedFleet.json(get("/jobs?name=good&table=public.%22People%22"))
                        .findValuesAsText("name"))
                .containsExactly("good");
        assertThat(ServedFleet.json(get("/jobs?table=public.other")).get("items"))
                .isEmpty();
    }

    @Test
    void what_is_wrong_is_said_with_a_code_and_a_remedy() throws Exception {
        var missing = get("/jobs/nothing");
        assertProblem(missing, 404, "NOT_FOUND");
        assertThat(ServedFleet.json(missing).get("detail").asText()).isEqualTo("no job nothing");
        assertThat(ServedFleet.json(missing).get("instance").asText()).isEqualTo("/api/v1/jobs/nothing");
        var misspelt = get("/jobs?stat=failed");
        assertProblem(misspelt, 400, "USAGE");
        assertThat(ServedFleet.json(misspelt).get("remedy").asText()).isEqualTo("did you mean state?");
        assertProblem(get("/jobs?state=lost"), 400, "USAGE");
        assertProblem(get("/jobs?limit=1001"), 400, "USAGE");
        assertProblem(get("/jobs?limit=1&limit=2"), 400, "USAGE");
        assertProblem(get("/jobs/names/shards?bucket=1"), 409, "CONFLICT");
        assertProblem(get("/nothing"), 404, "NOT_FOUND");
    }

    @Test
    void a_resource_can_only_be_read() throws Exception {
        for (var method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
            var response = served.send(method, "/api/v1/jobs/names");
            assertProblem(response, 405, "METHOD_NOT_ALLOWED");
            assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
        }
        var head = served.send("HEAD", "/api/v1/jobs/names/time");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("ETag")).isPresent();
    }

    @Test
    void each_answer_tells_browsers_to_take_it_as_it_is() throws Exception {
        for (var path : new String[] {"/me", "/nothing", "/openapi.yaml"}) {
            var headers = get(path).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Cache-Control")).contains("private, no-cache");
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(headers.firstValue("Server")).isEmpty();
        }
    }
}

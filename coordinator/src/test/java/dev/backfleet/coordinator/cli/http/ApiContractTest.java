package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.coordinator.operation.Bench;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each resource answers as the API is described, of a job with tenants, rows in quarantine and an audit. */
@Tag("server")
class ApiContractTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Bench bench;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ServedFleet served;

    @BeforeAll
    static void fill() {
        bench = new Bench();
        bench.job("rollout: [50, 100]\n");
        bench.quarantine(3, 4);
        bench.rows.worker("w-1", true);
        bench.rows.execute("update backfleet.job set rate_limit = 100, started_at = now() where name = 'j'");
        bench.rows.execute("insert into backfleet.audit (who, via, job_id, job_name, action, reason) "
                + "select 'ann', 'cli', id, name, 'pause', 'deploy' from backfleet.job");
        served = new ServedFleet(bench.rows, Map.of());
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return served.get("/api/v1" + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/me",
                "/fleet",
                "/workers",
                "/jobs",
                "/jobs/j",
                "/jobs/j/details",
                "/jobs/j/spec",
                "/jobs/j/timeline",
                "/jobs/j/time",
                "/jobs/j/shard-map",
                "/jobs/j/shards?limit=1",
                "/jobs/j/shards/1",
                "/jobs/j/tenants?state=done,pending&limit=5",
                "/jobs/j/quarantine",
                "/jobs/j/reconciliations",
                "/jobs/j/gate?max-age=1h",
                "/migrations",
                "/audit?job=j",
                "/events?type=job.*",
                "/openapi.yaml"
            })
    void a_resource_answers_as_it_is_described(String path) throws Exception {
        var response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).isNotEmpty();
    }

    @Test
    void keys_of_rows_are_not_shown_to_whoever_only_views() throws Exception {
        for (var path : List.of("/jobs/j/quarantine", "/jobs/j/shards", "/jobs/j/reconciliations")) {
            var body = new ObjectMapper().readTree(get(path).body());
            for (var name : List.of("key", "lower", "upper", "cursor")) {
                assertThat(body.findValues(name))
                        .as("%s of %s", name, path)
                        .allMatch(key -> key.isNull() || key.isEmpty());
            }
        }
        assertThat(new ObjectMapper().readTree(get("/jobs/j/quarantine").body()).get("rows"))
                .hasSize(2);
    }

    @Test
    void a_page_leads_to_the_next_one() throws Exception {
        var first = get("/jobs/j/quarantine?limit=1");
        var link = first.headers().firstValue("Link").orElseThrow();
        var second = served.get(link.substring(1, link.indexOf('>')));
        assertThat(ServedFleet.json(second).get("rows")).hasSize(1);
        assertThat(ServedFleet.json(second).get("rows").get(0).get("number"))
                .isNotEqualTo(ServedFleet.json(first).get("rows").get(0).get("number"));
        assertThat(second.headers().firstValue("Link")).isEmpty();
    }
}

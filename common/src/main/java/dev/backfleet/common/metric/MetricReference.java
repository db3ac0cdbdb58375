package dev.backfleet.common.metric;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Generates the page of metrics. */
public final class MetricReference {
    private static final String HEAD = """
            # Metrics

            <!-- Made from the code by MetricReferenceTest: change the enums of common.metric, not this page. -->

            Coordinators publish metrics for Prometheus at `http://127.0.0.1:9480/metrics`, workers at `http://127.0.0.1:9481/metrics`
            ([BACKFLEET_MANAGEMENT_LISTEN](settings.md#backfleet_management_listen)). Alerts on them are in `deploy/prometheus/alerts.yml`, each
            with a [runbook](../runbooks/README.md).

            - The label of a job is `backfill`, its name. 200 jobs have figures of their own. Further ones are added up as `other`, except
              for those of the leading coordinator that cannot be added up, such as states, or whose sum would jump, such as its counters. No
              label names a tenant, a shard or a key.
            - Metrics of the leading coordinator are read from PostgreSQL every 5 s, and are absent from a coordinator on standby. They tell of
              the unfinished jobs and of the ten that finished last. Signals are read, and published, while a job is to be worked on.
            - Counters begin at zero when a process starts, except those of the leading coordinator, which PostgreSQL keeps.
            - A histogram `x_seconds` has `x_seconds_bucket`, `_sum` and `_count`, and the largest value of the last minutes in
              `x_seconds_max`; a summary the same without buckets.
            - Beside these, each process publishes those of the Java virtual machine and of its machine (`jvm_…`, `process_…`, `system_…`), under
              the names that Micrometer gives them.

            """;

    private static final String DUTIES = """

            ## The label `duty`

            What a coordinator repeats. All but `lead` and `isolate` are those of the leader. `BackfleetDutyLate` fires if a duty that
            usually takes milliseconds takes seconds.

            | duty | does | takes |
            |---|---|---|
            """;

    private MetricReference() {}

    /** The page, in Markdown. */
    public static String page() {
        return HEAD
                + Arrays.stream(MetricSource.values())
                        .map(MetricReference::table)
                        .collect(Collectors.joining("\n"))
                + duties();
    }

    private static String duties() {
        return DUTIES
                + Arrays.stream(DutyName.values())
                        .map(duty -> "| `" + duty.text() + "` | " + duty.does() + " | "
                                + (duty.isShort() ? "milliseconds" : "may be long") + " |\n")
                        .collect(Collectors.joining());
    }

    private static String table(MetricSource source) {
        return "## Of " + (source == MetricSource.EACH ? "" : "a ") + source.words() + "\n\n"
                + "| metric | type | unit | labels | what it tells |\n|---|---|---|---|---|\n"
                + Metric.all().stream()
                        .filter(metric -> metric.source() == source)
                        .map(MetricReference::row)
                        .collect(Collectors.joining());
    }

    private static String row(Metric metric) {
        var labels = metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + metric.exposedName() + "` | " + metric.type().text() + " | " + metric.unit() + " | " + labels
                + " | " + metric.tells() + " |\n";
    }
}

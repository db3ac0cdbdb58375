package dev.backfleet.common.telemetry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The fields of log lines in JSON that have a name of the Elastic Common Schema (ECS). A fact of a log line that is none of them is
 * {@code backfleet.} and its name.
 */
public enum LogField {
    TIMESTAMP("@timestamp", "", "when, in UTC"),
    LEVEL("log.level", "", "`INFO`, `WARN`, …"),
    MESSAGE("message", "", "a text that is the same for each line of its kind; what differs is in fields"),
    ECS_VERSION("ecs.version", "", "of the schema that these names are of"),
    SERVICE_NAME("service.name", "", "`backfleet-coordinator` or `backfleet-worker`"),
    SERVICE_VERSION("service.version", "", "the release"),
    SERVICE_NODE("service.node.name", "", "the id of the coordinator or worker"),
    DATASET("event.dataset", "", "the service's name again, as log collectors expect it"),
    ACTION("event.action", "action", "what has happened, in the lines that matter: the table below"),
    OUTCOME("event.outcome", "", "`success` or `failure`, beside an action"),
    DURATION("event.duration", "took", "how long it took, in nanoseconds"),
    LOGGER("log.logger", "", "the class that has logged it"),
    THREAD("process.thread.name", "", "the loop, duty or slot"),
    JOB("backfleet.job.id", "job", "the job's id"),
    ERROR_CODE("error.code", "code", "the SQLSTATE"),
    ERROR_MESSAGE("error.message", "cause", "why it failed; without values of rows"),
    ERROR_TYPE("error.type", "", "the class of an exception"),
    STACK_TRACE("error.stack_trace", "", "its stack trace"),
    TRACE("trace.id", "trace", "the trace to which the line belongs, if traces are made"),
    SPAN("span.id", "span", "the span to which it belongs"),
    PROCESS_ID("process.pid", "pid", "a process id");

    private static final String OTHERS = "backfleet.";
    // Keys are constants of the code.
    private static final Map<String, String> NAMES = new ConcurrentHashMap<>();

    private final String text;
    private final String key;
    private final String tells;

    LogField(String text, String key, String tells) {
        this.text = text;
        this.key = key;
        this.tells = tells;
    }

    /** Its name in a line. */
    String text() {
        return text;
    }

    /** The name in a line of what is logged under a key. */
    static String of(String logged) {
        return NAMES.computeIfAbsent(logged, LogField::find);
    }

    private static String find(String logged) {
        return Arrays.stream(values())
                .filter(field -> !field.key.isEmpty() && field.key.equals(logged))
                .findFirst()
                .map(LogField::text)
                .orElseGet(() -> OTHERS + snakeCase(logged));
    }

    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** The page of log fields, in Markdown. */
    static String page() {
        return """
                # Log lines in JSON

                <!-- Made from the code by LoggingTest: change LogField and EventAction, not this page. -->

                With `BACKFLEET_LOG_FORMAT=json`, coordinators and workers write one JSON object a line to standard output, with the names of
                the Elastic Common Schema (ECS), flat and with dots. Whatever else a line tells is under `backfleet.`, in small letters:
                `backfleet.shard`, `backfleet.epoch`, `backfleet.rows`, `backfleet.duty`, … Numbers are numbers. No line has a value of a
                row, a key, a password, or SQL with values, with one exception: `backfleet.tenant` is the tenant of a batch's last row.

                | field | what it is |
                |---|---|
                """
                + Arrays.stream(values())
                        .map(field -> "| `" + field.text + "` | " + field.tells + " |\n")
                        .collect(Collectors.joining())
                + """

                ## Actions

                A line of a batch (at the level `debug`) has `backfleet.rows` and `backfleet.changed`, the rows that it has scanned and changed,
                `backfleet.tenant` and `event.duration`. The line with which a worker is done with a shard, or gives it back, has the same, summed
                up since its claim, and `backfleet.batches`, `backfleet.retries` (statements that have failed) and `error.code` of the last of them.

                """
                + EventAction.table();
    }
}

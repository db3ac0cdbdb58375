package dev.backfleet.coordinator.webhook;

import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.EventType;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * An endpoint, as the file of webhooks has it.
 *
 * @param name its name, unique in the file
 * @param url where messages go; it may be a secret
 * @param secretFiles files with the secrets that sign messages: one, or two during a rotation
 * @param types patterns of types
 * @param jobs patterns of names of jobs
 * @param tables patterns of names of tables
 */
public record Webhook(
        String name,
        URI url,
        List<Path> secretFiles,
        List<String> types,
        List<String> jobs,
        List<String> tables,
        WebhookFormat format) {
    private static final List<String> ALL = List.of("*");

    public Webhook {
        secretFiles = List.copyOf(secretFiles);
        types = List.copyOf(types);
        jobs = List.copyOf(jobs);
        tables = List.copyOf(tables);
    }

    /** Its URL without what may be a secret. */
    public String place() {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    /** Whether it gets an event. One of the fleet concerns every job. */
    public boolean wants(CloudEvent event) {
        if (event.type() == EventType.WEBHOOK_TEST || types.stream().noneMatch(event.type()::matches)) {
            return false;
        }
        if (event.job() == null || (jobs.equals(ALL) && tables.equals(ALL))) {
            return true;
        }
        var job = EventJson.read(event.data()).path("job");
        return matches(jobs, job.path("name").asText())
                && matches(tables, job.path("table").asText());
    }

    private static boolean matches(List<String> patterns, String text) {
        return patterns.stream()
                .anyMatch(pattern -> pattern.endsWith("*")
                        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                        : text.equals(pattern));
    }
}

package dev.backfleet.common.telemetry;

/**
 * Which process a log line is of.
 *
 * @param name of the service: backfleet-coordinator or backfleet-worker
 * @param version of the release
 * @param node the process's id in the fleet
 */
public record LoggedService(String name, String version, String node) {

    /** A worker. */
    public static LoggedService worker(String version, String id) {
        return new LoggedService("backfleet-worker", version, id);
    }

    /** A command, which has no id. */
    public static LoggedService command(String version) {
        return new LoggedService("backfleet-command", version, "");
    }

    /** A coordinator. */
    public static LoggedService coordinator(String version, String id) {
        return new LoggedService("backfleet-coordinator", version, id);
    }
}

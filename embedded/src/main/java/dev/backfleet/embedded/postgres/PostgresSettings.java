package dev.backfleet.embedded.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The server's settings: durable, small, in UTC, reachable on the loopback interface only. */
final class PostgresSettings {

    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("listen_addresses", "127.0.0.1");
        DEFAULTS.put("unix_socket_directories", "");
        DEFAULTS.put("fsync", "on");
        DEFAULTS.put("full_page_writes", "on");
        DEFAULTS.put("synchronous_commit", "on");
        DEFAULTS.put("max_connections", "100");
        DEFAULTS.put("shared_buffers", "256MB");
        DEFAULTS.put("max_wal_size", "4GB");
        DEFAULTS.put("timezone", "UTC");
        DEFAULTS.put("log_timezone", "UTC");
        DEFAULTS.put("log_checkpoints", "off");
        DEFAULTS.put("log_line_prefix", "%m [%p] %a ");
    }

    private PostgresSettings() {}

    /** The file that the data directory's postgresql.conf includes. */
    static String file(int port, Map<String, String> settings) {
        var all = new LinkedHashMap<>(DEFAULTS);
        all.putAll(settings);
        all.put("port", Integer.toString(port));
        return all.entrySet().stream()
                .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining());
    }
}

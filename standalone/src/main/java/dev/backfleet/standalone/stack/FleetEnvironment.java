package dev.backfleet.standalone.stack;

import dev.backfleet.common.settings.Setting;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Builds the environment of coordinators and workers of a local stack. Settings of how they work are inherited;
 * settings of where they work never are, so that a demo cannot reach a real database.
 */
final class FleetEnvironment {

    private static final Pattern WHERE_AND_WHO = Pattern.compile(
            "BACKFLEET_(DATABASE_.*|KAFKA_.*|TOPIC_PREFIX|SETTINGS|CONTEXT|MANAGEMENT_LISTEN|HTTP_.*|SERVER|WORKER_ID|COORDINATOR_ID|TERMINAL|INPUT|JAVA_OPTIONS)");

    private FleetEnvironment() {}

    /**
     * The environment of a child.
     *
     * @param inherited this process's own
     * @param extra the stack's options
     * @param settings the servers' addresses and the child's id; these take precedence
     */
    static Map<String, String> of(
            Map<String, String> inherited, Map<String, String> extra, Map<Setting<?>, String> settings) {
        var environment = new HashMap<>(inherited);
        environment.keySet().removeIf(name -> WHERE_AND_WHO.matcher(name).matches());
        environment.putAll(extra);
        settings.forEach((setting, value) -> environment.put(setting.name(), value));
        return environment;
    }
}

package dev.backfleet.standalone.stack;

import dev.backfleet.common.settings.Setting;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Decides what coordinators and workers of a local stack find in their environment. What says how they work passes
 * through; what says where they work never does, lest a demo finds its way to somebody's real database.
 */
final class FleetEnvironment {

    private static final Pattern WHERE_AND_WHO = Pattern.compile(
            "BACKFLEET_(DATABASE_.*|KAFKA_.*|TOPIC_PREFIX|SETTINGS|WORKER_ID|COORDINATOR_ID|TERMINAL|JAVA_OPTIONS)");

    private FleetEnvironment() {}

    /**
     * The environment of a child.
     *
     * @param inherited this process's own
     * @param extra what the stack's options say
     * @param settings where the servers are, and who the child is: the last word
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

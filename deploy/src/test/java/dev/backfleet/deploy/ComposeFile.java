package dev.backfleet.deploy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** {@code compose.yaml}, as it is where no variable is set. */
final class ComposeFile {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

    private final String text;
    private final Map<?, ?> services;

    ComposeFile(String text) {
        this.text = text;
        Map<?, ?> file = new Yaml().load(VARIABLE.matcher(text).replaceAll("$2"));
        this.services = map(file.get("services"));
    }

    /** What a service is. */
    Map<?, ?> service(String name) {
        return map(services.get(name));
    }

    /** The variables that a service's process sees. */
    Map<String, String> environment(String service) {
        var environment = new HashMap<String, String>();
        map(service(service).get("environment")).forEach((name, value) -> environment.put(name.toString(), "" + value));
        return environment;
    }

    /** The names of the variables that may be set for the file, or for its processes. */
    Iterable<String> variables() {
        return VARIABLE.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static Map<?, ?> map(@Nullable Object node) {
        return (Map<?, ?>) Objects.requireNonNull(node);
    }
}

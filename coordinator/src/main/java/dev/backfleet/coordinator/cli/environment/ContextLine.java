package dev.backfleet.coordinator.cli.environment;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.context.Contexts;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A context as it is listed, in the order of the JSON output; names and order are an interface.
 *
 * @param name its name
 * @param isDefault whether it applies if nothing else names a fleet
 * @param used whether a command uses it now
 * @param database the database, without secrets; null if it names none
 * @param user the user; null if it names none
 * @param kafka the brokers; null if it names none
 * @param topicPrefix what the names of the topics begin with
 * @param problem why it cannot be used; null if it can
 */
record ContextLine(
        String name,
        boolean isDefault,
        boolean used,
        @Nullable String database,
        @Nullable String user,
        @Nullable String kafka,
        @Nullable String topicPrefix,
        @Nullable String problem) {

    static ContextLine of(Contexts contexts, String name, Optional<String> used) {
        var isDefault = contexts.byDefault().filter(name::equals).isPresent();
        var isUsed = used.filter(name::equals).isPresent();
        try {
            var settings = Settings.load(Map.of(), Map.of(), null, Optional.of(contexts.named(name)));
            var url = settings.find(SettingCatalogue.DATABASE_URL);
            return new ContextLine(
                    name,
                    isDefault,
                    isUsed,
                    url.map(DatabaseUrl::jdbc).orElse(null),
                    settings.find(SettingCatalogue.DATABASE_USER)
                            .or(() -> url.map(DatabaseUrl::user))
                            .orElse(null),
                    settings.find(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS).orElse(null),
                    settings.get(SettingCatalogue.TOPIC_PREFIX),
                    null);
        } catch (SettingsException e) {
            return new ContextLine(name, isDefault, isUsed, null, null, null, null, String.valueOf(e.getMessage()));
        }
    }
}

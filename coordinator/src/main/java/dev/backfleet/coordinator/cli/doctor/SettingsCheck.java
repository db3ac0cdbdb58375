package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingValue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;

/** The settings: the value of each that was given, where it was given, and whether it is valid. */
final class SettingsCheck {
    private static final String AREA = "settings";

    private SettingsCheck() {}

    static List<CheckResult> of(Settings settings) {
        var results = new ArrayList<CheckResult>();
        settings.context().ifPresent(name -> results.add(CheckResult.ok(AREA, "context " + name)));
        for (var setting : SettingCatalogue.all()) {
            var given = settings.given(setting);
            if (given.isPresent()) {
                results.add(given(settings, setting, given.get()));
            } else if (setting.usedBy().contains(Part.COMMAND_LINE) && setting.defaultText() != null) {
                results.add(CheckResult.ok(AREA, setting.name() + " = " + setting.defaultText() + " (default)"));
            }
        }
        if (settings.given(SettingCatalogue.DATABASE_URL).isEmpty()) {
            results.add(CheckResult.problem(
                    AREA, "no database is named", "set BACKFLEET_DATABASE_URL, or give --database-url or --context"));
        }
        if (settings.given(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS).isEmpty()
                && settings.given(SettingCatalogue.KAFKA_PROPERTIES).isEmpty()) {
            results.add(CheckResult.problem(
                    AREA,
                    "no Kafka broker is named: pause and resume cannot inform the workers",
                    "set BACKFLEET_KAFKA_BOOTSTRAP_SERVERS, or give --kafka-bootstrap-servers or --context"));
        }
        settings.warnings().forEach(warning -> results.add(CheckResult.warning(AREA, warning, null)));
        return results;
    }

    private static CheckResult given(Settings settings, Setting<?> setting, SettingValue given) {
        try {
            var value = settings.find(setting).map(String::valueOf).orElse("");
            return CheckResult.ok(
                    AREA,
                    setting.name() + " = " + (setting.secret() ? "(not shown)" : shown(setting, given, value))
                            + ", from " + given.origin());
        } catch (SettingsException e) {
            return CheckResult.problem(AREA, String.valueOf(e.getMessage()), "correct it");
        }
    }

    // The parsed URL is without secrets; other values are shown as they were written.
    private static String shown(Setting<?> setting, SettingValue given, String value) {
        return setting.equals(SettingCatalogue.DATABASE_URL) ? value : given.text();
    }
}

package dev.backfleet.common.settings.context;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingValue;
import dev.backfleet.common.settings.SettingsContext;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.SettingsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file of a user's contexts: {@code default} names one of {@code contexts}, each of which has settings by their names, and
 * {@code settings}, a settings file.
 */
final class ContextsFile {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final String FORM =
            "write default: NAME and contexts: with a group of settings for each name; the settings reference has an example";

    private final @Nullable Path path;
    private final Map<String, String> environment;
    private final Map<String, Map<String, Entry>> contexts = new LinkedHashMap<>();
    private @Nullable Entry byDefault;

    private ContextsFile(@Nullable Path path, Map<String, String> environment) {
        this.path = path;
        this.environment = Map.copyOf(environment);
    }

    static ContextsFile missing(@Nullable Path path) {
        return new ContextsFile(path, Map.of());
    }

    static ContextsFile read(Path path, Map<String, String> environment) {
        var file = new ContextsFile(path, environment);
        try (var parser = YAML.createParser(Files.readString(path, StandardCharsets.UTF_8))) {
            file.root(parser);
        } catch (JsonProcessingException e) {
            // Without the parser's words, which quote the line: it may have a password.
            var place = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new SettingsException(path + place + ": this is not YAML; " + FORM);
        } catch (IOException e) {
            throw new SettingsException(
                    "the file of contexts " + path + " cannot be read: check that it is UTF-8 and may be read");
        }
        var chosen = file.byDefault;
        if (chosen != null && !file.contexts.containsKey(chosen.text())) {
            throw new SettingsException(path + ":" + chosen.line() + ": default: there is no context " + chosen.text()
                    + "; the file has " + String.join(", ", file.names()));
        }
        return file;
    }

    List<String> names() {
        return List.copyOf(contexts.keySet());
    }

    @Nullable
    String byDefault() {
        return byDefault == null ? null : byDefault.text();
    }

    @Nullable
    Path path() {
        return path;
    }

    SettingsContext context(String name) {
        var values = new HashMap<Setting<?>, SettingValue>();
        var warnings = new ArrayList<String>();
        var entries = contexts.getOrDefault(name, Map.of());
        var settings = entries.get("settings");
        if (settings != null) {
            var file = resolved(settings.text());
            var inFile = SettingsFile.read(file, SettingValue.Source.CONTEXT);
            SecretFiles.warning(file, inFile).ifPresent(warnings::add);
            values.putAll(inFile);
        }
        var own = new HashMap<Setting<?>, SettingValue>();
        entries.forEach((key, entry) -> SettingCatalogue.named(key)
                .ifPresent(setting -> own.put(
                        setting,
                        new SettingValue(
                                entry.text(),
                                SettingValue.Source.CONTEXT,
                                path + ":" + entry.line() + ": context " + name + ", " + key))));
        if (path != null) {
            SecretFiles.warning(path, own).ifPresent(warnings::add);
        }
        values.putAll(own);
        return new SettingsContext(name, values, warnings);
    }

    private Path resolved(String text) {
        var home = environment.getOrDefault("HOME", "");
        if (text.startsWith("~/") && !home.isEmpty()) {
            return Path.of(home, text.substring(2));
        }
        return path == null ? Path.of(text) : path.resolveSibling(text);
    }

    private void root(JsonParser parser) throws IOException {
        var first = parser.nextToken();
        if (first == null) {
            return;
        }
        require(parser, first == JsonToken.START_OBJECT, "", "is not a group of keys");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.getText();
            switch (key) {
                case "default" -> {
                    require(parser, byDefault == null, key, "is written twice");
                    byDefault = scalar(parser, key);
                }
                case "contexts" -> {
                    require(parser, contexts.isEmpty(), key, "is written twice");
                    contexts(parser);
                }
                default -> throw wrong(parser, key, "is not known here");
            }
        }
        require(parser, parser.nextToken() == null, "", "a second document begins here");
    }

    private void contexts(JsonParser parser) throws IOException {
        require(parser, parser.nextToken() == JsonToken.START_OBJECT, "contexts", "is not a group of contexts");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.getText();
            var place = "context " + name;
            require(parser, !contexts.containsKey(name), place, "is written twice");
            require(parser, parser.nextToken() == JsonToken.START_OBJECT, place, "is not a group of settings");
            contexts.put(name, settings(parser, place));
        }
    }

    private Map<String, Entry> settings(JsonParser parser, String context) throws IOException {
        var entries = new LinkedHashMap<String, Entry>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.getText();
            var place = context + ", " + key;
            require(parser, !entries.containsKey(key), place, "is written twice");
            if (!key.equals("settings")) {
                var line = parser.currentTokenLocation().getLineNr();
                SettingsFile.requireSetting(key, path + ":" + line + ": " + context);
            }
            entries.put(key, scalar(parser, place));
        }
        return entries;
    }

    private Entry scalar(JsonParser parser, String place) throws IOException {
        var token = parser.nextToken();
        var plain = token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL;
        require(
                parser,
                plain && parser.getObjectId() == null && parser.getTypeId() == null && !isAlias(parser),
                place,
                "has no plain value");
        return new Entry(parser.getText(), parser.currentTokenLocation().getLineNr());
    }

    private static boolean isAlias(JsonParser parser) {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }

    private void require(JsonParser parser, boolean so, String place, String what) {
        if (!so) {
            throw wrong(parser, place, what);
        }
    }

    private SettingsException wrong(JsonParser parser, String place, String what) {
        return new SettingsException(path + ":" + parser.currentTokenLocation().getLineNr() + ": "
                + (place.isEmpty() ? "" : place + " ") + what + "; " + FORM);
    }

    /** A value, and the line in which it is written. */
    private record Entry(String text, int line) {}
}

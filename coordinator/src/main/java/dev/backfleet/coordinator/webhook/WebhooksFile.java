package dev.backfleet.coordinator.webhook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.coordinator.notify.EventType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the file of webhooks. A message names the file, the line and what to write; never a value, which may be a secret. */
final class WebhooksFile {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final String FORM = "docs/events.md has an example";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,60}");
    private static final Set<String> KEYS = Set.of("name", "url", "secrets", "types", "jobs", "tables", "format");
    private static final Set<String> LISTS = Set.of("secrets", "types", "jobs", "tables");
    private static final int MOST = 50;
    private static final int MOST_SECRETS = 2;

    private final Path path;

    private WebhooksFile(Path path) {
        this.path = path;
    }

    /**
     * Reads a file, and the secrets that it names.
     *
     * @throws SettingsException if it is not right
     */
    static List<Webhook> read(Path path) {
        var file = new WebhooksFile(path);
        try (var parser = YAML.createParser(Files.readString(path, StandardCharsets.UTF_8))) {
            return file.root(parser);
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw file.wrong(line, "this is not YAML");
        } catch (IOException e) {
            throw new SettingsException(
                    "the file of webhooks " + path + " cannot be read: check that it is UTF-8 and may be read");
        }
    }

    private List<Webhook> root(JsonParser parser) throws IOException {
        require(parser, parser.nextToken() == JsonToken.START_OBJECT, "write webhooks: and a list");
        require(
                parser,
                parser.nextToken() == JsonToken.FIELD_NAME || parser.currentToken() == JsonToken.FIELD_NAME,
                "write webhooks: and a list");
        require(parser, "webhooks".equals(parser.currentName()), "the only key here is webhooks");
        require(parser, parser.nextToken() == JsonToken.START_ARRAY, "webhooks is not a list");
        var webhooks = new LinkedHashMap<String, Webhook>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser, parser.currentToken() == JsonToken.START_OBJECT, "a webhook is a group of keys");
            var line = line(parser);
            var webhook = webhook(fields(parser), line);
            require(
                    line,
                    webhooks.put(webhook.name(), webhook) == null,
                    "the name " + webhook.name() + " is used twice");
        }
        require(parser, webhooks.size() <= MOST, "there are more than " + MOST + " webhooks");
        require(parser, parser.nextToken() == JsonToken.END_OBJECT, "the only key here is webhooks");
        require(parser, parser.nextToken() == null, "a second document begins here");
        return List.copyOf(webhooks.values());
    }

    private Map<String, Values> fields(JsonParser parser) throws IOException {
        var fields = new HashMap<String, Values>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            require(
                    parser,
                    KEYS.contains(key),
                    "the key " + key + " is not known; there are name, url, secrets, types, jobs, tables and format");
            require(parser, !fields.containsKey(key), key + " is written twice");
            parser.nextToken();
            fields.put(key, values(parser, key));
        }
        return fields;
    }

    private Values values(JsonParser parser, String key) throws IOException {
        var line = line(parser);
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return new Values(List.of(scalar(parser, key)), line);
        }
        require(parser, LISTS.contains(key), key + " is one value, not a list");
        var texts = new ArrayList<String>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(scalar(parser, key));
        }
        require(parser, !texts.isEmpty(), "the list " + key + " is empty: leave the key out");
        return new Values(texts, line);
    }

    private String scalar(JsonParser parser, String key) throws IOException {
        var token = parser.currentToken();
        require(
                parser,
                token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL,
                key + " has no plain value");
        return parser.getText();
    }

    private Webhook webhook(Map<String, Values> fields, int line) {
        var name = one(fields, "name", line, "a webhook needs a name");
        require(
                name.line,
                NAME.matcher(name.text()).matches(),
                "the name may have 1 to 60 letters, digits, dots, dashes and underscores");
        var format = format(fields.get("format"));
        var url = url(one(fields, "url", line, "webhook " + name.text() + " needs a url"));
        var secrets = fields.getOrDefault("secrets", new Values(List.of(), line));
        require(
                secrets.line,
                secrets.texts.size() <= MOST_SECRETS,
                "secrets names two files at most: the new secret, and the one before");
        require(
                secrets.line,
                format == WebhookFormat.SLACK == secrets.texts.isEmpty(),
                format == WebhookFormat.SLACK
                        ? "a message to Slack is not signed: leave secrets out"
                        : "webhook " + name.text() + " needs secrets: a file, or two during a rotation");
        var files = secrets.texts.stream().map(path::resolveSibling).toList();
        files.forEach(file -> checkSecret(file, secrets.line));
        return new Webhook(
                name.text(),
                url,
                files,
                types(fields.get("types")),
                all(fields.get("jobs")),
                all(fields.get("tables")),
                format);
    }

    private Values one(Map<String, Values> fields, String key, int line, String missing) {
        var found = fields.get(key);
        if (found == null) {
            throw wrong(line, missing);
        }
        return found;
    }

    private WebhookFormat format(@Nullable Values written) {
        if (written == null) {
            return WebhookFormat.CLOUDEVENTS;
        }
        return Stream.of(WebhookFormat.values())
                .filter(format -> format.text().equals(written.text()))
                .findFirst()
                .orElseThrow(() -> wrong(written.line, "format is cloudevents or slack"));
    }

    private URI url(Values written) {
        try {
            var url = URI.create(written.text());
            var http = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
            require(written.line, http && url.getHost() != null, "url is not an http or https address with a host");
            require(
                    written.line,
                    url.getUserInfo() == null,
                    "url must not have a user or a password: sign with secrets");
            return url;
        } catch (IllegalArgumentException e) {
            throw wrong(written.line, "url is not an address");
        }
    }

    private List<String> types(@Nullable Values written) {
        if (written != null) {
            for (var pattern : written.texts) {
                Predicate<EventType> named = type -> type.matches(pattern);
                require(
                        written.line,
                        Stream.of(EventType.values()).anyMatch(named),
                        "there is no type " + pattern
                                + "; docs/events.md lists them, and job.* means all that begin so");
            }
        }
        return all(written);
    }

    private static List<String> all(@Nullable Values written) {
        return written == null ? List.of("*") : written.texts;
    }

    private void checkSecret(Path file, int line) {
        try {
            WebhookSignature.secret(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw wrong(line, "the file of a secret cannot be read: " + file);
        } catch (IllegalArgumentException e) {
            throw wrong(line, "the file " + file + " has no secret: " + e.getMessage());
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private void require(JsonParser parser, boolean so, String what) {
        require(line(parser), so, what);
    }

    private void require(int line, boolean so, String what) {
        if (!so) {
            throw wrong(line, what);
        }
    }

    private SettingsException wrong(int line, String what) {
        return new SettingsException(path + ":" + line + ": " + what + "; " + FORM);
    }

    /** What is written for a key, and in which line it begins. */
    private record Values(List<String> texts, int line) {
        Values {
            texts = List.copyOf(texts);
        }

        String text() {
            return texts.get(0);
        }
    }
}

package dev.backfleet.coordinator.webhook;

import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.Notifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The webhooks of the file, which is read again when it changes. A file that is not right keeps the webhooks of the one before. */
public final class Webhooks implements Notifier.Receivers {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    private final @Nullable Path path;
    private final Runnable rejected;
    private volatile List<Webhook> current = List.of();
    private @Nullable FileTime read;
    private volatile @Nullable String rejection;

    private Webhooks(@Nullable Path path, Runnable rejected) {
        this.path = path;
        this.rejected = rejected;
    }

    /**
     * Reads the file.
     *
     * @param path nothing: there are no webhooks
     * @param rejected is called for each later file that is not right
     * @throws SettingsException if the file is not right
     */
    public static Webhooks of(Optional<Path> path, Runnable rejected) {
        var webhooks = new Webhooks(path.orElse(null), rejected);
        path.ifPresent(file -> {
            webhooks.read = webhooks.modified(file).orElse(null);
            webhooks.current = WebhooksFile.read(file);
        });
        return webhooks;
    }

    /** Reads the file again if it has changed. */
    public void refresh() {
        var file = path;
        if (file == null) {
            return;
        }
        var modified = modified(file);
        if (modified.isEmpty() ? read == null : modified.get().equals(read)) {
            return;
        }
        read = modified.orElse(null);
        try {
            current = WebhooksFile.read(file);
            rejection = null;
            LOG.atInfo()
                    .addKeyValue("action", EventAction.WEBHOOKS_READ)
                    .addKeyValue("webhooks", current.size())
                    .log("the file of webhooks was read again");
        } catch (SettingsException e) {
            rejection = e.getMessage();
            rejected.run();
            LOG.atError()
                    .addKeyValue("action", EventAction.WEBHOOKS_REJECTED)
                    .addKeyValue("cause", e.getMessage())
                    .log("the new file of webhooks is not right; the webhooks of the one before stay");
        }
    }

    // Kubernetes replaces a mounted file by another one behind a link.
    private Optional<FileTime> modified(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** All of them, in the order of the file. */
    public List<Webhook> all() {
        return current;
    }

    /** The mistake of the file, if it was changed and is not in effect. */
    public Optional<String> rejection() {
        return Optional.ofNullable(rejection);
    }

    @Override
    public List<String> of(CloudEvent event) {
        return current.stream()
                .filter(webhook -> webhook.wants(event))
                .map(Webhook::name)
                .toList();
    }
}

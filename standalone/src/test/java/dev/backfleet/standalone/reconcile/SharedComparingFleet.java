package dev.backfleet.standalone.reconcile;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One fleet for all classes whose tests bring nothing but tables of their own: opened by the first, closed after the last. */
final class SharedComparingFleet implements BeforeAllCallback {
    private @Nullable ComparingFleet fleet;

    @Override
    public void beforeAll(ExtensionContext context) {
        fleet = context.getRoot()
                .getStore(Namespace.create(SharedComparingFleet.class))
                .getOrComputeIfAbsent(ComparingFleet.class, key -> open(), ComparingFleet.class);
    }

    ComparingFleet get() {
        return Objects.requireNonNull(fleet);
    }

    private static ComparingFleet open() {
        try {
            return ComparingFleet.open(Files.createTempDirectory("backfleet-compare-"));
        } catch (IOException e) {
            throw new IllegalStateException("no folder for specs", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.backfleet.common.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ISetter;

/**
 * Hands an option's value on and gives back the one before, as picocli wants it.
 *
 * @param <T> the option's type
 */
final class Remembering<T> implements ISetter {

    private final Consumer<@Nullable T> target;
    private @Nullable Object last;

    Remembering(Consumer<@Nullable T> target) {
        this.target = target;
    }

    // Picocli's own signature is not generic: what it hands over has the option's declared type, or is null at reset.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    @Override
    public <V> @Nullable V set(@Nullable V value) {
        var before = (V) last;
        last = value;
        target.accept((T) value);
        return before;
    }
}

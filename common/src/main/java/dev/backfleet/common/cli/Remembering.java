package dev.backfleet.common.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ISetter;

/**
 * A picocli setter that stores an option's value and returns the previous one.
 *
 * @param <T> the option's type
 */
final class Remembering<T> implements ISetter {

    private final Consumer<@Nullable T> target;
    private @Nullable Object last;

    Remembering(Consumer<@Nullable T> target) {
        this.target = target;
    }

    // Picocli's signature is not generic: the value has the option's declared type, or is null at reset.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    @Override
    public <V> @Nullable V set(@Nullable V value) {
        var before = (V) last;
        last = value;
        target.accept((T) value);
        return before;
    }
}

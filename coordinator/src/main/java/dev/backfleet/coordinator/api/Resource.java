package dev.backfleet.coordinator.api;

import dev.backfleet.coordinator.access.Permission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be read.
 *
 * @param path below {@link Resources#ROOT}, with the parts that vary in braces
 * @param needs what the client must be permitted
 * @param parameters the parameters of the query that it knows
 * @param reading reads it from the database
 */
public record Resource(String path, Permission needs, Set<String> parameters, Reading reading) {
    public Resource {
        parameters = Set.copyOf(parameters);
    }

    /** A resource that whoever may read may see. */
    public static Resource of(String path, Reading reading, String... parameters) {
        return new Resource(path, Permission.READ, Set.of(parameters), reading);
    }

    /** Reads what was asked for. */
    @FunctionalInterface
    public interface Reading {
        Found read(ApiRequest request);
    }

    /**
     * What was found.
     *
     * @param body a record, written as {@code -o json} writes it; or text
     * @param next the parameter {@code after} of the next page; null: there is none
     */
    public record Found(Object body, @Nullable String next) {
        /** The whole. */
        public static Found all(Object body) {
            return new Found(body, null);
        }

        static Found page(Object body, @Nullable Object next) {
            return new Found(body, next == null ? null : next.toString());
        }
    }

    /**
     * A page of a list that is a plain list with {@code -o json}.
     *
     * @param next the {@code after} of the next page; null if there is none
     */
    public record Page(List<?> items, @Nullable Object next) {
        public Page {
            items = List.copyOf(items);
        }
    }
}

package dev.backfleet.coordinator.api;

import org.jspecify.annotations.Nullable;

/**
 * A problem by RFC 9457, in the order of its JSON.
 *
 * @param type the code as a URN; docs/reference/api.md describes it
 * @param title the same for each problem of the type
 * @param detail what is wrong with this request, as a clause
 * @param instance the path of the request
 * @param code what is wrong, for programs
 * @param remedy what to do, as a clause; null if nothing can be done
 */
public record ApiProblem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        ApiCode code,
        @Nullable String remedy) {}

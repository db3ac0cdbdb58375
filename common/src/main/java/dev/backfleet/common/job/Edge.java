package dev.backfleet.common.job;

import static java.util.stream.Collectors.toCollection;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A legal transition from one persisted state to another.
 *
 * @param from the current state
 * @param to the next state
 * @param when what causes it, as a clause
 */
public record Edge<S extends Enum<S>>(S from, S to, String when) {

    /** The states that follow {@code from} in a list of edges. */
    static <S extends Enum<S>> Set<S> next(List<Edge<S>> edges, S from) {
        return edges.stream()
                .filter(edge -> edge.from == from)
                .map(Edge::to)
                .collect(toCollection(() -> EnumSet.noneOf(from.getDeclaringClass())));
    }
}

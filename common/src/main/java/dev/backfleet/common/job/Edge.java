package dev.backfleet.common.job;

import static java.util.stream.Collectors.toCollection;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A legal move from one persisted state to another.
 *
 * @param from the state that is left
 * @param to the state that follows
 * @param when what makes it happen, as a clause
 */
public record Edge<S extends Enum<S>>(S from, S to, String when) {

    /** The states that a list of edges leads to from one state. */
    static <S extends Enum<S>> Set<S> next(List<Edge<S>> edges, S from) {
        return edges.stream()
                .filter(edge -> edge.from == from)
                .map(Edge::to)
                .collect(toCollection(() -> EnumSet.noneOf(from.getDeclaringClass())));
    }
}

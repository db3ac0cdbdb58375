package dev.backfleet.coordinator.forecast;

/**
 * Between which values something probably is.
 *
 * @param low the lower one
 * @param high the upper one
 */
public record Interval(double low, double high) {

    /** How long an amount takes at these speeds. */
    Interval timeFor(double amount) {
        return new Interval(amount / high, amount / low);
    }

    /** Both ends, each at least that of another interval. */
    Interval atLeast(Interval least) {
        return new Interval(Math.max(low, least.low), Math.max(high, least.high));
    }

    /** The sum of two. */
    Interval plus(Interval other) {
        return new Interval(low + other.low, high + other.high);
    }

    /** Several times both ends. */
    Interval times(double factor) {
        return new Interval(low * factor, high * factor);
    }
}

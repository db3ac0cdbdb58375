package dev.backfleet.coordinator.forecast;

/**
 * Between which values something probably is.
 *
 * @param low the lower one
 * @param high the upper one
 */
public record Interval(double low, double high) {

    /** Of two values in any order. */
    static Interval between(double one, double other) {
        return new Interval(Math.min(one, other), Math.max(one, other));
    }

    /** How long an amount takes at these speeds. */
    Interval timeFor(double amount) {
        return new Interval(amount / high, amount / low);
    }

    /** The same, nowhere below a value. */
    Interval atLeast(double least) {
        return new Interval(Math.max(low, least), Math.max(high, least));
    }
}

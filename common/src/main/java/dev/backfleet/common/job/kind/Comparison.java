package dev.backfleet.common.job.kind;

/** How two values of a key column are compared. */
public enum Comparison {
    LESS("<"),
    LESS_OR_EQUAL("<="),
    EQUAL("="),
    GREATER_OR_EQUAL(">="),
    GREATER(">");

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    /** The operator of PostgreSQL's built-in types. */
    public String symbol() {
        return symbol;
    }
}

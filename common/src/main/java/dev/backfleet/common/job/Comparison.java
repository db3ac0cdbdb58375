package dev.backfleet.common.job;

/** How two values of a key column are compared. */
public enum Comparison {
    /** Before. */
    LESS("<"),
    /** Before or equal. */
    LESS_OR_EQUAL("<="),
    /** Equal. */
    EQUAL("="),
    /** After or equal. */
    GREATER_OR_EQUAL(">="),
    /** After. */
    GREATER(">");

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    /** The operator that PostgreSQL's own types have for it. */
    public String symbol() {
        return symbol;
    }
}

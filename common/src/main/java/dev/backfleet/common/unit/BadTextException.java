package dev.backfleet.common.unit;

/** A text of a person is invalid: says what is wrong and what to write instead. */
public final class BadTextException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String remedy;

    /**
     * @param what what is wrong, as a clause: {@code "100" has no unit}
     * @param remedy what to do, as a clause: {@code write 100ms, 2s or 1m}
     */
    public BadTextException(String what, String remedy) {
        super(what + "; " + remedy);
        this.what = what;
        this.remedy = remedy;
    }

    public String what() {
        return what;
    }

    public String remedy() {
        return remedy;
    }
}

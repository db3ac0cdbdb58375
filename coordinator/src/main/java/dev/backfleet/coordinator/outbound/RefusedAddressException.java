package dev.backfleet.coordinator.outbound;

/** No request is sent to an address. */
public final class RefusedAddressException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    /**
     * With the reason.
     *
     * @param why as the end of a sentence: {@code its host is unknown}
     */
    public RefusedAddressException(String why) {
        super(why);
        this.why = why;
    }

    /** Why, as the end of a sentence. */
    public String why() {
        return why;
    }
}

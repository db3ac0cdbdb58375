package dev.backfleet.coordinator.screen;

/** The notice that commits wait for a synchronous standby. */
public final class CommitWaitText {
    private CommitWaitText() {}

    /**
     * What waits, and what ends that.
     *
     * @param what what waits for what, in words
     */
    public static String words(String what) {
        return what + "; the fleet continues by itself when one confirms them, or the setting is changed";
    }
}

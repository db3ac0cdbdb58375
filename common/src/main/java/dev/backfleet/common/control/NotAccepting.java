package dev.backfleet.common.control;

/** Why a worker accepts no tasks, as its heartbeat tells; the first that holds. */
public enum NotAccepting {
    /** It was told to stop. */
    STOPPING("stopping"),
    /** It cannot reach the database over a new connection. */
    DATABASE_UNREACHABLE("database unreachable"),
    /** The server that it reaches takes no writes: heartbeats cannot be stored either, and commands conclude it. */
    DATABASE_READ_ONLY("the database is read-only"),
    /** It cannot read the control topic, and so does not know what is wanted. */
    CONTROL_TOPIC_UNREACHABLE("control topic unreachable"),
    /** It has received no heartbeat from a coordinator. */
    NO_COORDINATOR("no heartbeat from a coordinator"),
    /** The control topic says that the whole fleet is paused. */
    FLEET_PAUSED("fleet paused");

    private final String words;

    NotAccepting(String words) {
        this.words = words;
    }

    /** In words, to be followed by since when. */
    public String words() {
        return words;
    }
}

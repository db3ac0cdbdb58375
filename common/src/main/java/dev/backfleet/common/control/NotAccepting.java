package dev.backfleet.common.control;

/** Why a worker accepts no tasks, as its heartbeat reports; the first reason that applies. */
public enum NotAccepting {
    /** The worker is stopping. */
    STOPPING("stopping"),
    /** The worker has lost a connection to the database, and could not open a new one yet. */
    DATABASE_UNREACHABLE("database unreachable"),
    /** The server is read-only. Heartbeats cannot be stored either, so commands infer this state. */
    DATABASE_READ_ONLY("the database is read-only"),
    /** The worker cannot read the control topic, so the desired state is unknown. */
    CONTROL_TOPIC_UNREACHABLE("control topic unreachable"),
    /** The worker has received no heartbeat from a coordinator. */
    NO_COORDINATOR("no heartbeat from a coordinator"),
    /** The control topic says that the whole fleet is paused. */
    FLEET_PAUSED("fleet paused");

    private final String words;

    NotAccepting(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}

package dev.backfleet.simulation;

/** A process: it lives, may be frozen, and may wait for an answer, during which it does nothing else. */
final class Node {
    private final String name;
    private int life;
    private boolean up;
    private boolean waiting;
    private long frozenUntil;

    Node(String name) {
        this.name = name;
    }

    /** Starts or restarts the process. */
    void start() {
        life++;
        up = true;
        waiting = false;
        frozenUntil = 0;
    }

    /** Kills the process. */
    void kill() {
        up = false;
        life++;
    }

    /** Freezes the process until then. */
    void freeze(long until) {
        frozenUntil = Math.max(frozenUntil, until);
    }

    boolean isUp() {
        return up;
    }

    int life() {
        return life;
    }

    boolean lives(int which) {
        return up && life == which;
    }

    long frozenUntil() {
        return frozenUntil;
    }

    boolean isWaiting() {
        return waiting;
    }

    void waits(boolean now) {
        waiting = now;
    }

    @Override
    public String toString() {
        return name + "#" + life;
    }
}

package dev.backfleet.simulation.time;

/** A process: it lives, may be frozen, and may wait for an answer, during which it does nothing else. */
public final class Node {
    private final String name;
    private int life;
    private boolean up;
    private boolean waiting;
    private long frozenUntil;

    public Node(String name) {
        this.name = name;
    }

    /** Starts or restarts the process. */
    public void start() {
        life++;
        up = true;
        waiting = false;
        frozenUntil = 0;
    }

    /** Kills the process. */
    public void kill() {
        up = false;
        life++;
    }

    /** Freezes the process until then. */
    public void freeze(long until) {
        frozenUntil = Math.max(frozenUntil, until);
    }

    public boolean isUp() {
        return up;
    }

    public int life() {
        return life;
    }

    public boolean lives(int which) {
        return up && life == which;
    }

    public long frozenUntil() {
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

package dev.backfleet.common.trace;

/** What a span can be of. */
public enum TracedWork {
    /** A command that submits a spec. */
    SUBMIT("submit"),
    /** The leading coordinator cuts a table into shards. */
    PLAN("plan"),
    /** It publishes tasks of a job. */
    SEND("send backfleet.tasks"),
    /** A worker works on a shard, from its claim until it is done or given back. */
    PROCESS("process backfleet.tasks");

    private final String text;

    TracedWork(String text) {
        this.text = text;
    }

    /** The name of the span. */
    String text() {
        return text;
    }
}

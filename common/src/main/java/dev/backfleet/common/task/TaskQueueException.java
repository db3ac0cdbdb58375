package dev.backfleet.common.task;

/** Tasks cannot be taken from the queue, and a retry will not help. The message says what to do. */
public final class TaskQueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TaskQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}

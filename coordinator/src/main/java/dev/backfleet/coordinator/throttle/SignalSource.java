package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Signal;
import java.util.List;
import java.util.Set;

/**
 * Reads signals. A signal that does not exist on the server gives no sample; one that cannot be read gives a sample without a
 * value. It never throws, and never takes long.
 */
public interface SignalSource {

    /** The signals among {@code wanted} that concern the whole server. */
    List<Sample> server(Set<Signal> wanted);

    /** The signals among {@code wanted} that concern a job's table, and those that its spec defines. */
    List<Sample> job(ThrottledJob job, Set<Signal> wanted);
}

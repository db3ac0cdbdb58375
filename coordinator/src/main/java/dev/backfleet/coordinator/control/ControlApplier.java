package dev.backfleet.coordinator.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.operation.ControlStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts into effect what anybody said on the control topic, with or without this project's command line. */
public final class ControlApplier implements ControlObserver {
    private static final Logger LOG = LoggerFactory.getLogger(ControlApplier.class);

    private final ControlStore store;
    private final Runnable changed;

    /**
     * Creates it.
     *
     * @param changed is told when a wish was put into effect
     */
    public ControlApplier(ControlStore store, Runnable changed) {
        this.store = store;
        this.changed = changed;
    }

    @Override
    public void onDesiredState(Scope scope, Optional<ControlRecord> wish, ControlPosition position) {
        // A wish taken back leaves the state as it is: it takes somebody's word to resume.
        if (wish.isPresent() && applied(scope, wish.get(), position)) {
            LOG.atInfo()
                    .addKeyValue("scope", scope.key())
                    .addKeyValue("state", wish.get().state())
                    .addKeyValue("offset", position.offset())
                    .log("control record applied");
            changed.run();
        }
    }

    private boolean applied(Scope scope, ControlRecord wish, ControlPosition position) {
        try {
            return store.apply(scope, wish, Optional.of(position));
        } catch (UnreadableException e) {
            LOG.atWarn()
                    .addKeyValue("scope", scope.key())
                    .addKeyValue("why", e.getMessage())
                    .log("control record for a job that this release cannot read; skipped");
            return false;
        }
    }
}

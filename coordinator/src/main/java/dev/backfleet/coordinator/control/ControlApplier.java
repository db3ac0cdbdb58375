package dev.backfleet.coordinator.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.operation.control.ControlStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the records of the control topic, whether this project's command line or another program wrote them. */
public final class ControlApplier implements ControlObserver {
    private static final Logger LOG = LoggerFactory.getLogger(ControlApplier.class);

    private final ControlStore store;
    private final Runnable changed;

    /** @param changed is called when a record was applied */
    public ControlApplier(ControlStore store, Runnable changed) {
        this.store = store;
        this.changed = changed;
    }

    @Override
    public void onDesiredState(Scope scope, Optional<ControlRecord> record, ControlPosition position) {
        // A deleted record leaves the state as it is: only a record with state RUN resumes.
        if (record.isPresent() && applied(scope, record.get(), position)) {
            LOG.atInfo()
                    .addKeyValue("scope", scope.key())
                    .addKeyValue("state", record.get().state())
                    .addKeyValue("offset", position.offset())
                    .addKeyValue("action", EventAction.CONTROL_APPLIED)
                    .log("control record applied");
            changed.run();
        }
    }

    private boolean applied(Scope scope, ControlRecord record, ControlPosition position) {
        try {
            return store.apply(scope, record, Optional.of(position));
        } catch (UnreadableException e) {
            LOG.atWarn()
                    .addKeyValue("scope", scope.key())
                    .addKeyValue("why", e.getMessage())
                    .addKeyValue("action", EventAction.CONTROL_REFUSED)
                    .log("control record for a job that this release cannot read; skipped");
            return false;
        }
    }
}

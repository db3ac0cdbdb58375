package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.telemetry.KafkaClientLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies the observer of each view that differs from the previous one. */
final class ViewNotifier {
    private static final Logger log = LoggerFactory.getLogger(ViewNotifier.class);

    private final ControlObserver observer;
    private ControlView last = ControlView.DISCONNECTED;

    ViewNotifier(ControlObserver observer) {
        this.observer = observer;
    }

    void notifyIfChanged(ControlView view) {
        if (view.connected()) {
            KafkaClientLog.kafkaAnswers();
        }
        if (view.equals(last)) {
            return;
        }
        if (view.connected() != last.connected()) {
            log.atInfo()
                    .addKeyValue("connected", view.connected())
                    .addKeyValue(
                            "action",
                            view.connected() ? EventAction.CONTROL_CONNECTED : EventAction.CONTROL_DISCONNECTED)
                    .log("control topic");
        }
        if (view.hasLeader() != last.hasLeader()) {
            log.atInfo()
                    .addKeyValue("received", view.hasLeader())
                    .addKeyValue(
                            "action", view.hasLeader() ? EventAction.HEARTBEAT_RECEIVED : EventAction.HEARTBEAT_MISSING)
                    .log("coordinator heartbeat");
        }
        last = view;
        try {
            observer.onChange(view);
        } catch (RuntimeException e) {
            // The view can be read at any time; the notification is only faster.
            log.atWarn().addKeyValue("cause", KafkaFailures.describe(e)).log("control change not processed");
        }
    }
}

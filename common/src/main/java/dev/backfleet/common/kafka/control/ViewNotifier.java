package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.kafka.KafkaFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observer about each view that differs from the one before. */
final class ViewNotifier {
    private static final Logger log = LoggerFactory.getLogger(ViewNotifier.class);

    private final ControlObserver observer;
    private ControlView last = ControlView.UNHEARD;

    ViewNotifier(ControlObserver observer) {
        this.observer = observer;
    }

    void announce(ControlView view) {
        if (view.equals(last)) {
            return;
        }
        if (view.heard() != last.heard()) {
            log.atInfo().addKeyValue("heard", view.heard()).log("control topic");
        }
        if (view.led() != last.led()) {
            log.atInfo().addKeyValue("leads", view.led()).log("coordinator");
        }
        last = view;
        try {
            observer.onChange(view);
        } catch (RuntimeException e) {
            // The view is there to be asked; being told is only quicker.
            log.atWarn().addKeyValue("cause", KafkaFailures.describe(e)).log("control change not taken");
        }
    }
}

package dev.backfleet.common.management;

import dev.backfleet.common.health.Health;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.settings.typed.ManagementSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management side of a coordinator or worker: the process's only registry of metrics, and the listener that publishes it and the
 * process's health. It is opened before the process connects to its servers, so that it answers while that waits for them.
 */
public final class Management implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Management.class);

    private final MeterRegistry registry;
    private final HealthPage health = new HealthPage();
    private final SampledMetrics sampled;
    private final @Nullable ManagementServer server;

    private Management(ManagementSettings settings, String version, String revision) {
        sampled = new SampledMetrics(version, revision);
        if (!settings.address().isOn()) {
            registry = new SimpleMeterRegistry();
            server = null;
            return;
        }
        var published = new PublishedMetrics(sampled);
        registry = published.registry();
        server = ManagementServer.start(settings, health, published);
    }

    /**
     * Begins to listen.
     *
     * @param version of this release
     * @param revision the commit that it was built from
     * @throws PortTakenException if the address was set and cannot be used
     */
    public static Management open(ManagementSettings settings, String version, String revision) {
        var management = new Management(settings, version, revision);
        management.describeProcess();
        var server = management.server;
        if (server != null) {
            LOG.atInfo()
                    .addKeyValue("address", server.address())
                    .log(
                            server.address().port() == settings.address().port()
                                    ? "health and metrics are published"
                                    : "health and metrics are published, on a free port since the default one is taken");
        }
        return management;
    }

    private void describeProcess() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Where the process counts. */
    public MeterRegistry registry() {
        return registry;
    }

    /** The process has started: from now on its health is what it says, until it stops. */
    public Running running(Health now) {
        health.started(now);
        return health::stopping;
    }

    /**
     * The same, with metrics that are not counted but read.
     *
     * @param points what is known at the moment of a scrape; must not wait
     */
    public Running running(Health now, Supplier<List<MetricPoint>> points) {
        sampled.source(points);
        return running(now);
    }

    /**
     * Publishes a page beside health and metrics, if it listens.
     *
     * @param path such as {@code /flags.json}
     * @param json called for each request; an exception of it is answered with status 503
     */
    public void page(String path, Supplier<String> json) {
        if (server != null) {
            server.page(path, new JsonPage(json));
        }
    }

    /** The port on which it listens; 0 if it does not. */
    public int port() {
        return server == null ? 0 : server.address().port();
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }

    /** A process that runs. Close it before the process begins to stop: then it is not ready any more, but alive. */
    @FunctionalInterface
    public interface Running extends AutoCloseable {
        @Override
        void close();
    }
}

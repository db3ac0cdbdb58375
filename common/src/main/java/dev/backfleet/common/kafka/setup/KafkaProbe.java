package dev.backfleet.common.kafka.setup;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.failure.CertificateProblem;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Checks whether Kafka can be reached and, if not, what a person should check. */
public final class KafkaProbe {
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private final KafkaClients clients;

    public KafkaProbe(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Asks the cluster to describe itself; again as long as the port is open and nothing answers, as of a broker that is
     * starting or overloaded.
     *
     * @param timeout how long to wait for each answer, at most 8 s
     * @param wait how long to go on asking
     * @throws KafkaUnreachableException with one line: which servers, what happened, what to check
     */
    public void await(Duration timeout, StartWait wait) throws InterruptedException {
        wait.await(
                () -> {
                    try {
                        check(timeout);
                        return Optional.empty();
                    } catch (KafkaUnreachableException e) {
                        if (!e.isSilent()) {
                            throw e;
                        }
                        return Optional.of(String.valueOf(e.getMessage()));
                    }
                },
                why -> new KafkaUnreachableException(why, null));
    }

    /**
     * Asks the cluster to describe itself.
     *
     * @param timeout how long to wait, at most 8 s
     * @throws KafkaUnreachableException with one line: which servers, what happened, what to check
     */
    public void check(Duration timeout) {
        var limit = timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
        var answer = new CompletableFuture<Void>();
        // On a thread of its own: resolving a name can take longer than the time limit.
        var thread = new Thread(() -> ask(limit, answer), "kafka-probe");
        thread.setDaemon(true);
        thread.start();
        try {
            answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaUnreachableException known
                    ? known
                    : unreachable(KafkaFailures.describe(e), e.getCause());
        } catch (TimeoutException e) {
            throw silent(limit, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void ask(Duration limit, CompletableFuture<Void> answer) {
        try {
            var time = new TimeLeft(limit);
            var doors = BootstrapConnectivity.connect(servers(), security(), limit.dividedBy(8));
            if (!doors.anyOpen()) {
                throw unreachable(doors.describe(), null);
            }
            if (doors.isNotKafka()) {
                throw unreachable(
                        doors.speaksTls()
                                ? wantsTls()
                                : "the port is open, but the server is not a Kafka" + " broker: check host and port",
                        null);
            }
            // The rest of the time is for the diagnosis, if there is no answer.
            describeCluster(time.left().minus(limit.dividedBy(4)), doors);
            answer.complete(null);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void describeCluster(Duration limit, BootstrapConnectivity doors) {
        try (var admin = clients.admin("probe")) {
            try {
                var options = new DescribeClusterOptions().timeoutMs((int) limit.toMillis());
                KafkaFailures.await(admin.describeCluster(options).nodes(), limit);
            } finally {
                admin.close(Duration.ZERO);
            }
        } catch (SslAuthenticationException e) {
            throw unreachable(
                    CertificateProblem.of(e)
                            .map(KafkaProbe::certificate)
                            .orElseGet(() -> "the TLS handshake failed (" + KafkaFailures.describe(e)
                                    + "): check ssl.truststore, and whether the listener wants a client's certificate"
                                    + " (ssl.keystore)"),
                    e);
        } catch (AuthenticationException e) {
            throw unreachable(
                    "authentication failed (" + KafkaFailures.describe(e)
                            + "): check sasl.mechanism and sasl.jaas.config",
                    e);
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw doors.speaksTls() ? unreachable(wantsTls(), e) : silent(limit, e);
        } catch (KafkaException e) {
            throw unreachable(KafkaFailures.describe(e), e);
        }
    }

    private static String certificate(CertificateProblem problem) {
        return problem.words()
                + switch (problem) {
                    case EXPIRED -> ": have it renewed on the brokers";
                    case NOT_YET_VALID -> ": compare them";
                    case UNKNOWN_AUTHORITY -> ": put the authority's certificate into ssl.truststore";
                    case OTHER_HOST ->
                        ": connect by a name that the certificate has, or have one issued for the names of the brokers";
                };
    }

    private String wantsTls() {
        return "the server speaks TLS but security.protocol is " + security()
                + ": set security.protocol to SSL or SASL_SSL in the client properties";
    }

    private KafkaUnreachableException silent(Duration limit, Throwable cause) {
        var why = "the port is open but did not answer as a Kafka broker within " + limit.toMillis()
                + " ms: check that the broker is not frozen or overloaded, that it is its client port, and that"
                + " security.protocol (" + security() + ") is what the listener expects";
        return new KafkaUnreachableException(text(why), true, cause);
    }

    private KafkaUnreachableException unreachable(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new KafkaUnreachableException(text(why), cause);
    }

    private String text(String why) {
        return "Cannot reach Kafka at " + servers() + ": " + why + ".";
    }

    private String servers() {
        return clients.settings().bootstrapServers();
    }

    private String security() {
        return clients.settings().clientProperties().getOrDefault("security.protocol", "PLAINTEXT");
    }
}

package dev.backfleet.deploy;

import dev.backfleet.common.reference.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The Prometheus Operator takes the same rules, in an object of its own. */
class PrometheusRuleTest {

    @Test
    void the_operators_rules_are_those_of_the_file() throws IOException {
        var rules = Files.readString(Path.of("prometheus/alerts.yml"));
        GeneratedPage.assertCurrent(
                "deploy/kubernetes/components/prometheus/prometheus-rule.yaml",
                """
                # Made from deploy/prometheus/alerts.yml by: mvn -pl deploy -am test -Dbackfleet.regenerate=true
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata:
                  name: backfleet
                spec:
                """
                        + rules.substring(rules.indexOf("groups:\n"))
                                .stripTrailing()
                                .indent(2));
    }
}

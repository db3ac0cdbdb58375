package dev.backfleet.standalone;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.finding.FindingReference;
import org.junit.jupiter.api.Test;

/** The page of findings is made from the code. */
class FindingReferenceTest {
    @Test
    void the_page_of_findings_is_current() {
        GeneratedPage.assertCurrent("docs/reference/findings.md", FindingReference.page());
    }
}

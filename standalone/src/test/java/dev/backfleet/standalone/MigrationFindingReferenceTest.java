package dev.backfleet.standalone;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.migration.finding.MigrationFindingReference;
import org.junit.jupiter.api.Test;

/** The page of findings about migrations is made from the code. */
class MigrationFindingReferenceTest {
    @Test
    void the_page_of_findings_about_migrations_is_current() {
        GeneratedPage.assertCurrent("docs/reference/migration-findings.md", MigrationFindingReference.page());
    }
}

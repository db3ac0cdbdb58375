package dev.backfleet.standalone;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.migration.file.MigrationReference;
import org.junit.jupiter.api.Test;

/** The page of a migration's file is made from the code. */
class MigrationReferenceTest {
    @Test
    void the_page_of_a_migrations_file_is_current() {
        GeneratedPage.assertCurrent("docs/reference/migration.md", MigrationReference.markdown());
    }
}

package dev.backfleet.standalone;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.migration.contract.ContractReference;
import org.junit.jupiter.api.Test;

/** The page of the report before the old columns of a migration go is made from the code. */
class ContractReferenceTest {
    @Test
    void the_page_of_the_preconditions_is_current() {
        GeneratedPage.assertCurrent("docs/reference/contract.md", ContractReference.page());
    }
}

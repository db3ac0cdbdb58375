/** The questions about the audit: who changed what, and whether the audit itself was changed. */
@NullMarked
package dev.backfleet.coordinator.query.audit;

import org.jspecify.annotations.NullMarked;

/** The steps of a migration as files for other tools. They execute the same statements, without the law for locks. */
@NullMarked
package dev.backfleet.coordinator.migration.export;

import org.jspecify.annotations.NullMarked;

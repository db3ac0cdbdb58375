/** Statements that change the definition of a table while the application uses it: which locks they take, and how they wait for them. */
@NullMarked
package dev.backfleet.coordinator.ddl;

import org.jspecify.annotations.NullMarked;

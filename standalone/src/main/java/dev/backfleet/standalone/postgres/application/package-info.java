/** The statements of the application that runs beside the migration of the demo. */
@NullMarked
package dev.backfleet.standalone.postgres.application;

import org.jspecify.annotations.NullMarked;

/** PostgreSQL from Maven Central as processes of this machine. */
@NullMarked
package dev.backfleet.embedded.postgres;

import org.jspecify.annotations.NullMarked;

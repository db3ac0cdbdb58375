/** What the local stack and the demo ask PostgreSQL. */
@NullMarked
package dev.backfleet.standalone.postgres;

import org.jspecify.annotations.NullMarked;

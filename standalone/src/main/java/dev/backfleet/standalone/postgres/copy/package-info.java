/** The definition of a table, read from one database and made in another, without its rows. */
@NullMarked
package dev.backfleet.standalone.postgres.copy;

import org.jspecify.annotations.NullMarked;

/** SQL that users write (names, tables, expressions), as values that are safe to put into a statement. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.sql;

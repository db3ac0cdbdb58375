/** Statements as text: their parameters, for Jdbi and without it. */
@NullMarked
package dev.backfleet.common.postgres.statement;

import org.jspecify.annotations.NullMarked;

/** The table whose growth is measured, and the ways that change it. */
@NullMarked
package dev.backfleet.benchmark.postgres.bloat;

import org.jspecify.annotations.NullMarked;

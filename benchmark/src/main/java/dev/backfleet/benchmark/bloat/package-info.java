/** What ways to change a table leave behind: how far table and indexes grow, and what that costs. */
@NullMarked
package dev.backfleet.benchmark.bloat;

import org.jspecify.annotations.NullMarked;

/** How commands print: tables, JSON, and what the terminal can show. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.cli.output;

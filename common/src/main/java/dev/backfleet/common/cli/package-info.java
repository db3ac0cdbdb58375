/** What all commands share: settings as flags, output, messages and exit codes. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.cli;

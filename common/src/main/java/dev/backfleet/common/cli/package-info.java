/** What all commands share: settings as flags, output, messages, exit codes. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.cli;

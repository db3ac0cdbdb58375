/** What all commands share: settings as flags, messages, signals and exit codes. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.cli;

/** Settings: one definition per setting, and where values come from. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.settings;

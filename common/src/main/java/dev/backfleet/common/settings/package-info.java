/** What people can set: one definition per setting, where values come from, and the small records that the parts get. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.settings;

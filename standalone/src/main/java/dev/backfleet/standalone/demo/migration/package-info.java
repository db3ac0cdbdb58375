/** The demo of a migration: a file, an application of three versions that runs all the time, and the commands of a person. */
@NullMarked
package dev.backfleet.standalone.demo.migration;

import org.jspecify.annotations.NullMarked;

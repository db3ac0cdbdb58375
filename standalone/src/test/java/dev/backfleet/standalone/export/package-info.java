/** The files for other tools are executed by these tools, or as they would. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.export;

/** The flags of migrations, evaluated in the memory of an application. */
@NullMarked
package dev.backfleet.openfeature;

import org.jspecify.annotations.NullMarked;

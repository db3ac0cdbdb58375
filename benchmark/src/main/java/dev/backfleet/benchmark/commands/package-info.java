/** How long commands take: started as a person starts them, beside a running job. */
@NullMarked
package dev.backfleet.benchmark.commands;

import org.jspecify.annotations.NullMarked;

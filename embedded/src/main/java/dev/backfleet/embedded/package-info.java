/** Real servers without an installation: PostgreSQL and a Kafka broker for the demo, the local stack and the tests. */
@NullMarked
package dev.backfleet.embedded;

import org.jspecify.annotations.NullMarked;

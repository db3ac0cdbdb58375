/** Certificates for tests of connections over TLS. */
package dev.backfleet.common.tls;

/** The fleet with the rights that the scripts in {@code deploy} give, and without. */
package dev.backfleet.standalone.access;

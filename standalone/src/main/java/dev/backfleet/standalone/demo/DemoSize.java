package dev.backfleet.standalone.demo;

/**
 * The size of a demo.
 *
 * @param rows the rows of the table
 * @param tenants the tenants they belong to
 * @param workers the worker processes
 * @param kill whether one of them is killed half-way
 */
public record DemoSize(long rows, int tenants, int workers, boolean kill) {}

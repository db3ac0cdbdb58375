package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Decides whether a server can have the port that a person asked for, before anything is started. */
final class RequestedPort {

    private static final int LAST = 65_535;

    private RequestedPort() {}

    /**
     * Checks that the port is free, or 0 for any.
     *
     * @param flag the flag that the person used
     * @throws CommandException if it is taken, or is no port
     */
    static void require(String flag, int port) {
        if (port < 0 || port > LAST) {
            throw new CommandException(
                    ExitCode.USAGE, flag + " " + port + " is not a port: give a number from 1 to " + LAST);
        }
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "port " + port + " cannot be used (" + e.getMessage() + "): give " + flag
                            + " another one, or leave it out for a free one",
                    e);
        }
    }
}

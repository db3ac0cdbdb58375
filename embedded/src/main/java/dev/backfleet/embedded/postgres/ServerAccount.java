package dev.backfleet.embedded.postgres;

import com.sun.security.auth.module.UnixSystem;
import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Chooses the user for PostgreSQL's programs, which do not run as root.
 *
 * @param prefix the prefix of each command
 * @param other whether the programs run as another user, which must own the files
 */
record ServerAccount(List<String> prefix, boolean other) {

    private static final int NOBODY = 65534;
    private static final ServerAccount SELF = new ServerAccount(List.of(), false);

    /** Root without its privileges: in a user namespace of its own, where files still belong to root. */
    private static final ServerAccount NAMESPACE = new ServerAccount(List.of("unshare", "-U"), false);

    /** Where namespaces are forbidden, as in most containers. */
    static final ServerAccount UNPRIVILEGED = new ServerAccount(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs"), true);

    /** The first account that works here. */
    static ServerAccount choose() {
        if (new UnixSystem().getUid() != 0) {
            return SELF;
        }
        return Stream.of(NAMESPACE, UNPRIVILEGED)
                .filter(ServerAccount::works)
                .findFirst()
                .orElseThrow(() -> new EmbeddedServerException("PostgreSQL does not run as root, and neither"
                        + " 'unshare -U' nor 'setpriv' of util-linux works here: run as an ordinary user"));
    }

    /** Makes the account the owner of a directory and of all that is in it. */
    void own(Path directory) {
        if (!other) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.setAttribute(file, "unix:uid", NOBODY);
                Files.setAttribute(file, "unix:gid", NOBODY);
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot hand the directory " + directory + " to PostgreSQL's user", e);
        }
    }

    /** The command as the account runs it. */
    List<String> command(List<String> words) {
        return Stream.concat(prefix.stream(), words.stream()).toList();
    }

    private boolean works() {
        var result = Command.run(command(List.of("id", "-u")));
        return result.succeeded() && !"0".equals(result.output());
    }
}

import dev.backfleet.openfeature.BackfleetOptions;
import dev.backfleet.openfeature.BackfleetProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * An application that reads customers' names, in the old shape (full_name) or in the new one (first_name, last_name), as the flag
 * split-names of Backfleet says for each tenant. It prints which tenant reads which shape whenever that changes.
 *
 * <p>Usage: SplitNames JDBC-URL. The role needs SELECT on customers and the grants of deploy/postgres/flag-grants.sql.
 */
public final class SplitNames implements AutoCloseable {
    private static final String OLD = "select full_name from customers where tenant_id = ? order by id";

    private static final String NEW =
            "select concat_ws(' ', first_name, nullif(last_name, '')) from customers where tenant_id = ? order by id";

    private final DataSource database;
    private final Client flags;

    public SplitNames(DataSource database, String instance) {
        this.database = database;
        var api = OpenFeatureAPI.getInstance();
        // The domain, so that other flags of the application may come from another provider.
        api.setProviderAndWait(
                "backfleet",
                new BackfleetProvider(database, BackfleetOptions.defaults().instance(instance)));
        flags = api.getClient("backfleet");
    }

    /** Whether a tenant reads the new shape. The default holds if there is no such flag yet: the old shape is true until it is dropped. */
    public boolean readsNewShape(int tenant) {
        return flags.getBooleanValue("split-names", false, new ImmutableContext(Integer.toString(tenant)));
    }

    /** The names of a tenant's customers. The flag is asked once for a unit of work, so that it reads one shape. */
    public List<String> names(Connection connection, int tenant) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.prepareStatement(readsNewShape(tenant) ? NEW : OLD)) {
            statement.setInt(1, tenant);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    /** Reads again and again, until the thread is interrupted. */
    public void run(PrintStream out) throws SQLException, InterruptedException {
        Map<Integer, Boolean> before = new HashMap<>();
        try (var connection = database.getConnection()) {
            var tenants = tenants(connection);
            while (true) {
                for (var tenant : tenants) {
                    names(connection, tenant);
                    var now = readsNewShape(tenant);
                    var last = before.put(tenant, now);
                    if (last == null || last != now) {
                        out.println("tenant " + tenant + " reads the " + (now ? "new" : "old") + " shape");
                    }
                }
                Thread.sleep(10);
            }
        }
    }

    private static List<Integer> tenants(Connection connection) throws SQLException {
        var tenants = new ArrayList<Integer>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select distinct tenant_id from customers order by tenant_id")) {
            while (rows.next()) {
                tenants.add(rows.getInt(1));
            }
        }
        return tenants;
    }

    @Override
    public void close() {
        OpenFeatureAPI.getInstance().getProvider("backfleet").shutdown();
    }

    public static void main(String[] arguments) throws SQLException {
        var database = new PGSimpleDataSource();
        database.setURL(arguments[0]);
        try (var application = new SplitNames(database, "split-names/" + ProcessHandle.current().pid())) {
            application.run(System.out);
        } catch (InterruptedException e) {
            System.out.println("stopped");
        }
    }
}

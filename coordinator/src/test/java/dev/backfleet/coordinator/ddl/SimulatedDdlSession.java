package dev.backfleet.coordinator.ddl;

import dev.backfleet.coordinator.ddl.SimulatedTable.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The session of the one who changes the table's definition, on the simulated queue. */
class SimulatedDdlSession implements DdlSession {
    static final long EXECUTION = 5;

    final SimulatedTable table;
    private final boolean seesAges;
    private final List<Request> own = new ArrayList<>();
    private long requestedBesideOldOnes;
    private boolean executed;

    SimulatedDdlSession(SimulatedTable table, boolean seesAges) {
        this.table = table;
        this.seesAges = seesAges;
    }

    /** Requests for the lock itself while an old transaction held a conflicting one, if this session may see how old it is. */
    long requestedBesideOldOnes() {
        return requestedBesideOldOnes;
    }

    boolean executed() {
        return executed;
    }

    @Override
    public List<LockHolder> holders(List<TableLock> locks) {
        var needed = locks.get(0).mode();
        return table.held().stream()
                .filter(request -> !request.ours && needed.conflicts().contains(request.mode))
                .map(request -> request.holder(table.now(), seesAges))
                .toList();
    }

    @Override
    public boolean clear(List<TableLock> locks, Duration limit) {
        return request(LockMode.SHARE_UPDATE_EXCLUSIVE, limit);
    }

    @Override
    public boolean ask(List<TableLock> locks, Duration limit) {
        var mode = locks.get(0).mode();
        requestedBesideOldOnes += table.held().stream()
                .filter(request -> !request.ours
                        && request.kind == LockHolder.Kind.CLIENT
                        && mode.conflicts().contains(request.mode)
                        && seesAges
                        && table.now() - request.since >= LockPatience.OLD.toMillis())
                .count();
        return request(mode, limit);
    }

    boolean request(LockMode mode, Duration limit) {
        var request = table.request(mode);
        if (table.await(limit, () -> table.isHeld(request))) {
            own.add(request);
            return true;
        }
        table.release(request);
        return false;
    }

    @Override
    public void execute() {
        table.await(Duration.ofMillis(EXECUTION), () -> false);
        executed = true;
        withdraw();
    }

    @Override
    public void withdraw() {
        own.forEach(table::release);
        own.clear();
    }
}

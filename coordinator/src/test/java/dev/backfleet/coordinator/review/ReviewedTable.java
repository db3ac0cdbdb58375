package dev.backfleet.coordinator.review;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;

/** A database with a table {@code "My shop"."T t"}, all names of which must be quoted, and what is found about it. */
final class ReviewedTable implements AutoCloseable {
    static final String SPEC = "name: j\ntable: '\"My shop\".\"T t\"'\nset: { n: 1 }\nwhere: n is null\n";

    final TestDatabase db = TestDatabase.open();

    /** A table in a schema of its own, all names of which must be quoted. */
    void create(String more) throws SQLException {
        db.run("create schema \"My shop\"");
        db.run("create table \"My shop\".\"T t\" (id bigint primary key, n integer, o text, \"P p\" integer)");
        db.run("insert into \"My shop\".\"T t\" select i from generate_series(1, 20) i");
        db.run("set search_path = \"My shop\"; " + more + "; reset search_path");
    }

    void createPartitioned(String more) throws SQLException {
        db.run("create schema \"My shop\"");
        db.run(
                "create table \"My shop\".\"T t\" (tenant integer, id bigint, n integer, o text, primary key (tenant, id))"
                        + " partition by list (tenant)");
        db.run("create table \"My shop\".one partition of \"My shop\".\"T t\" for values in (1)");
        db.run("create table \"My shop\".rest partition of \"My shop\".\"T t\" default partition by range (id)");
        db.run("create table \"My shop\".\"D d\" partition of \"My shop\".rest default");
        db.run("insert into \"My shop\".\"T t\" select i % 3, i from generate_series(1, 30) i");
        db.run("set search_path = \"My shop\"; " + more + "; reset search_path");
    }

    /** Drops the table, and all that was made with it. */
    void drop() throws SQLException {
        db.run(
                "drop schema if exists \"My shop\" cascade; drop publication if exists p, \"P 2\"; delete from backfleet.job");
    }

    List<Finding> all(String spec) throws SQLException {
        db.run("delete from backfleet.job");
        return db.force(spec).findings();
    }

    List<String> of(FindingCode code, String spec) throws SQLException {
        return all(spec).stream()
                .filter(finding -> finding.code() == code)
                .map(Finding::line)
                .toList();
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}

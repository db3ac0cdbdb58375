package dev.backfleet.coordinator.review;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text of a function shows what it reads and writes, and nothing that its comments and strings say. */
class FunctionTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "begin insert into public.log values (new.id); return new; end | writes public.log",
                "begin update only \"My Table\" set n = 1 where id = new.id; end | writes \"My Table\"",
                "begin delete from a; truncate table b; merge into c using d on true when matched then delete; end"
                        + " | writes a, b, c, reads d",
                "select max(price) from shop . rates r join lateral (select 1) s on true | reads shop.rates",
                "begin if new.n is distinct from old.n then new.n = 1; end if; return new; end | ``",
                "begin perform 1 from t where id = new.id for update of t skip locked; end | reads t",
                "begin execute format('update %I set n = 1', tg_table_name); end | runs SQL that it puts together",
                "begin perform pg_notify('changed', new.id::text); end | sends notifications",
                "begin notify changed; return null; end | sends notifications",
                "begin /* delete from b */ raise notice 'update c set'; perform 1 from d; -- insert into a | reads d",
                "select x from generate_series(1, 3) x | ``",
                "select extract(epoch from new.at), substring(new.o from length(new.o)), trim(both from (o)) | ``",
                "with a as (select 1 from \"B b\"), c as materialized (select 2) select * from a join c on true | reads \"B b\"",
                "begin for r in select * from t loop execute q using r; end loop; raise 'x' using errcode = 'P0001'; end"
                        + " | reads t, runs SQL that it puts together",
            })
    void words_of_SQL_name_tables(String source, String words) {
        assertThat(FunctionText.of("plpgsql", source.replace("\\n", "\n")).words())
                .isEqualTo(words);
    }

    @Test
    void nothing_is_known_of_another_language() {
        assertThat(FunctionText.of("c", "insert into t").words())
                .isEqualTo("what it does cannot be read from its text");
    }
}

package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeeQuoteTest {
    @Test
    void takesTwiceTheBaseFeeAndTheMiddleOfWhatWasPaid() {
        assertThat(FeeQuote.fromHistory(big(100), List.of(big(0), big(7), big(3), big(5), big(0))))
                .isEqualTo(FeeQuote.dynamic(big(205), big(5)));
    }

    @Test
    void asksNothingWhereTheChainAsksNothing() {
        assertThat(FeeQuote.fromHistory(BigInteger.ZERO, List.of(BigInteger.ZERO))
                        .isZero())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # max fee, priority, now: max fee, priority; raised by 13 %: max fee, priority
            100,       10,       50,           1,        113,      12
            100,       10,       200,          50,       200,      50
            1,         1,        1,            0,        2,        2
            0,         0,        0,            0,        0,        0
            0,         0,        30,           3,        30,       3
            1000,      1,        100,          1,        1000,     1
            """)
    void raisesBothPartsUnlessTheFeeIsNotWhatKeepsItBack(
            long maxFee, long priority, long nowMax, long nowPriority, long raisedMax, long raisedPriority) {
        var raised = FeeQuote.dynamic(big(maxFee), big(priority))
                .bumped(FeeQuote.dynamic(big(nowMax), big(nowPriority)), 13);
        assertThat(raised).isEqualTo(FeeQuote.dynamic(big(raisedMax), big(raisedPriority)));
    }

    @Test
    void raisesALegacyGasPriceToo() {
        assertThat(FeeQuote.legacy(big(100)).bumped(FeeQuote.legacy(big(90)), 13))
                .isEqualTo(FeeQuote.legacy(big(113)));
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }
}

package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollkeeper.chain.OutboxRow.Outcome;
import io.tollkeeper.chain.OutboxRow.Stage;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutboxRowCodecTest {
    private static final Instant AT = Instant.ofEpochMilli(1_800_000_000_123L);
    private static final Bytes32 HASH = Bytes32.fromHex("0x" + "aa".repeat(32));
    private static final Attempt FIRST = new Attempt(
            HASH, new byte[] {1, 2, 3}, FeeQuote.dynamic(BigInteger.TEN, BigInteger.ONE), 21_000, false, AT, 5);
    private static final Attempt NOOP = new Attempt(
            Bytes32.fromHex("0x" + "bb".repeat(32)),
            new byte[] {4},
            FeeQuote.legacy(BigInteger.valueOf(255)),
            21_000,
            true,
            AT,
            6);
    private static final Stage.Signed SIGNED = new Stage.Signed(7, List.of(FIRST, NOOP));
    private static final TxReceipt RECEIPT = new TxReceipt(
            9,
            Bytes32.fromHex("0x" + "cc".repeat(32)),
            HASH,
            false,
            30_000,
            Optional.of(Address.fromHex("11".repeat(20))));
    private static final RevertReason REASON = new RevertReason("No", List.of("1", "é"), new byte[] {9, 9, 9, 9});

    static Stream<OutboxRow> rows() {
        return Stream.of(
                        new Stage.Waiting(),
                        SIGNED,
                        new Stage.InBlock(SIGNED, NOOP, RECEIPT, Optional.empty()),
                        new Stage.InBlock(SIGNED, FIRST, RECEIPT, Optional.of(REASON)),
                        new Stage.Settled(OptionalLong.of(7), new Outcome.Succeeded(RECEIPT), AT),
                        new Stage.Settled(OptionalLong.of(7), new Outcome.Reverted(REASON, Optional.of(RECEIPT)), AT),
                        new Stage.Settled(OptionalLong.empty(), new Outcome.Reverted(REASON, Optional.empty()), AT),
                        new Stage.Settled(OptionalLong.of(7), new Outcome.Refused("why"), AT))
                .flatMap(stage -> Stream.of(
                        new OutboxRow(
                                3,
                                "pay/é",
                                call(Optional.of(Address.fromHex("22".repeat(20)))),
                                OptionalLong.empty(),
                                stage),
                        new OutboxRow(4, "", call(Optional.empty()), OptionalLong.of(5), stage)));
    }

    private static ChainCall call(Optional<Address> to) {
        return new ChainCall(to, new byte[] {8, 0, 8}, BigInteger.TEN.pow(20));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsBackWhatItWrote(OutboxRow row) {
        var back = OutboxRowCodec.decode(OutboxRowCodec.encode(row));
        assertThat(back).isEqualTo(row);
        assertThat(OutboxRowCodec.encode(back)).isEqualTo(OutboxRowCodec.encode(row));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void refusesARowThatIsCutOffAnywhere(OutboxRow row) {
        var whole = OutboxRowCodec.encode(row);
        for (var length = 0; length < whole.length; length++) {
            var part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> OutboxRowCodec.decode(part)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theBytesAreTheseAndNoOthers() {
        var row = new OutboxRow(
                3,
                "k",
                new ChainCall(Optional.of(Address.fromHex("22".repeat(20))), new byte[] {8}, BigInteger.TEN),
                OptionalLong.of(5),
                new Stage.Signed(7, List.of(FIRST)));
        assertThat(Hex.data(OutboxRowCodec.encode(row)))
                .isEqualTo("0x01" + "0000000000000003" + "00000001" + "6b" + "01" + "22".repeat(20) + "00000001" + "08"
                        + "00000001" + "0a" + "01" + "0000000000000005" + "01" + "0000000000000007" + "00000001"
                        + "aa".repeat(32) + "00000003" + "010203" + "01" + "00000001" + "0a" + "00000001" + "01"
                        + "0000000000005208" + "00" + "000001a3185c507b" + "0000000000000005");
    }
}

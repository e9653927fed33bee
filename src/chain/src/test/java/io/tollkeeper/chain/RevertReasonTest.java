package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RevertReasonTest {
    private static final String TEXT_NO = "0x08c379a0" + word("20") + word("2") + "6e6f" + "00".repeat(30);

    @Test
    void explainsTheCompilersOwnErrors() {
        assertThat(RevertReason.decode(Hex.toBytes(TEXT_NO))).hasToString("Error(no)");
        assertThat(RevertReason.decode(Hex.toBytes("0x4e487b71" + word("11")))).hasToString("Panic(17)");
    }

    @Test
    void keepsWhatItDoesNotKnow() {
        assertThat(RevertReason.decode(Hex.toBytes("0xdeadbeef00"))).hasToString("Unknown(0xdeadbeef00)");
        assertThat(RevertReason.decode(Hex.toBytes("0xde"))).hasToString("Unknown(0xde)");
        assertThat(RevertReason.decode(new byte[0])).hasToString("None()");
    }

    @Test
    void aKnownErrorWithBrokenArgumentsIsStillNamed() {
        assertThat(RevertReason.decode(Hex.toBytes("0x08c379a0")).name()).isEqualTo("Error");
    }

    @Test
    void findsTheDataInEveryClientsForm() {
        assertThat(RevertReason.of(error(3, "execution reverted", TEXT_NO))).hasValueSatisfying(this::saysNo);
        assertThat(RevertReason.of(error(-32_015, "VM execution error", "Reverted " + TEXT_NO)))
                .hasValueSatisfying(this::saysNo);
        assertThat(RevertReason.of(new RpcErrorException("eth_call", -32_000, "execution reverted", Optional.empty())))
                .hasValueSatisfying(none -> assertThat(none.name()).isEqualTo(RevertReason.NONE));
        assertThat(RevertReason.of(new RpcErrorException("eth_call", -32_000, "header not found", Optional.empty())))
                .isEmpty();
    }

    private void saysNo(RevertReason reason) {
        assertThat(reason).hasToString("Error(no)");
    }

    private static RpcErrorException error(int code, String text, String data) {
        return new RpcErrorException("eth_call", code, text, Optional.of(data));
    }

    private static String word(String hex) {
        return "0".repeat(64 - hex.length()) + hex;
    }
}

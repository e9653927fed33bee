package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChainConfigTest {
    private static final Map<String, String> GOOD = Map.of(
            "chainId", "31337",
            "endpoints", "http://127.0.0.1:8545, https://rpc.example.org/key",
            "usageAnchor", "0x" + "A1".repeat(20),
            "feeVault", "0x" + "b2".repeat(20),
            "startBlock", "17",
            "finalityDepth", "0",
            "adminSecret", "of the operator");

    @Test
    void readsWhatIsThereAndLeavesOtherKeysAlone() {
        var config = ChainConfig.from(GOOD);
        assertThat(config.chainId()).isEqualTo(31_337);
        assertThat(config.endpoints())
                .containsExactly(URI.create("http://127.0.0.1:8545"), URI.create("https://rpc.example.org/key"));
        assertThat(config.usageAnchor().hex()).isEqualTo("0x" + "a1".repeat(20));
        assertThat(config.startBlock()).isEqualTo(17);
        assertThat(config.fleet()).isEmpty();
        assertThat(ChainConfig.from(config.toKeys())).isEqualTo(config);
    }

    @Test
    void namesAllFaultsAtOnce() {
        assertThatThrownBy(() -> ChainConfig.from(Map.of(
                        "chainId", "0",
                        "endpoints", "ftp://example.org",
                        "usageAnchor", "0x" + "00".repeat(20),
                        "feeVault", "0x12",
                        "startBlock", "latest",
                        "fleet", "x")))
                .isInstanceOfSatisfying(ChainConfigException.class, refused -> assertThat(refused.faults())
                        .isEqualTo(List.of(
                                "chainId: expected a decimal number of at least 1, got \"0\"",
                                "endpoints: expected http://… or https://…, got \"ftp://example.org\"",
                                "usageAnchor: expected an address of 20 bytes in hex and not zero, got \"0x"
                                        + "00".repeat(20) + "\"",
                                "feeVault: expected an address of 20 bytes in hex and not zero, got \"0x12\"",
                                "startBlock: expected a decimal number of at least 0, got \"latest\"",
                                "finalityDepth: is missing",
                                "fleet: expected 32 bytes in hex, got \"x\"")));
    }
}

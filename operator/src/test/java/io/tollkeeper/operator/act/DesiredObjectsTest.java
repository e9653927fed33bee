package io.tollkeeper.operator.act;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeStatus.Server;
import io.tollkeeper.api.node.ChainKeys;
import io.tollkeeper.operator.decide.Action.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every object that the operator makes for a node, as text in src/test/resources/golden. Run with {@code
 * -Dgolden=write} after a wanted change, and read the difference.
 */
class DesiredObjectsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final BillingNode billingNode = read("billingnode.yaml");
    private final DesiredObjects objects = new DesiredObjects(billingNode);

    @Test
    void service() throws IOException {
        assertGolden("service.yaml", objects.service("shop-n1", 3));
    }

    @Test
    void rights() throws IOException {
        assertGolden("serviceaccount.yaml", objects.serviceAccount("shop-n1"));
        assertGolden("role.yaml", objects.role("shop-n1"));
        assertGolden("rolebinding.yaml", objects.roleBinding("shop-n1"));
    }

    @Test
    void lease() throws IOException {
        assertGolden("lease.yaml", objects.lease("shop-n1", "shop-n1-e3", Instant.parse("2026-03-01T12:00:00Z")));
    }

    @Test
    void key() throws IOException {
        assertGolden("key.yaml", objects.key("shop-n1", 3, "00".repeat(31) + "07", "0xabc"));
    }

    @Test
    void chainWithoutWhatIsTheOperatorsAlone() throws IOException {
        assertGolden(
                "chain.yaml",
                objects.chain(Map.of(
                        ChainKeys.CHAIN_ID, "1337",
                        ChainKeys.ENDPOINTS, "http://127.0.0.1:8545",
                        ChainKeys.FLEET, "0x01",
                        ChainKeys.GAS_FIRST, "1",
                        ChainKeys.GAS_LOW, "1",
                        ChainKeys.GAS_TARGET, "1",
                        ChainKeys.ADMIN_SECRET, "secret")));
    }

    @Test
    void servers() throws IOException {
        assertGolden(
                "servers.yaml",
                objects.servers(List.of(
                        new Server("shop-n0", DesiredObjects.url("shop-n0", "billing"), "zone-a"),
                        new Server("shop-n1", DesiredObjects.url("shop-n1", "billing"), ""))));
    }

    @Test
    void podThatMayNotGoToAFailedZone() throws IOException {
        Placement placement =
                new Placement(List.of(), List.of("zone-a"), List.of(), Map.of("zone-b", 10, "zone-c", 100));
        assertGolden("pod.yaml", new PodTemplate(billingNode, "image:1").pod("shop-n1", 1, 3, "0xabc", placement));
    }

    @Test
    void podThatMayGoToTwoZonesAndNotToOneMachine() throws IOException {
        Placement placement =
                new Placement(List.of("zone-a", "zone-b"), List.of("(none)"), List.of("zone-a-1"), Map.of());
        HasMetadata pod = new PodTemplate(billingNode, "image:1").pod("shop-n1", 1, 3, "0xabc", placement);
        assertGolden("pod-affinity.yaml", pod);
    }

    @Test
    void theHashOfASpecificationIsTheSameInEveryProcess() {
        assertThat(SpecHash.of(billingNode.getSpec(), "image:1")).isEqualTo(SPEC_HASH);
    }

    private static final String SPEC_HASH = "cbe14e9f9d1148f6";

    private BillingNode read(String name) {
        try (InputStream in = DesiredObjectsTest.class.getResourceAsStream("/golden/" + name)) {
            return serialization.unmarshal(
                    new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8),
                    BillingNode.class);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void assertGolden(String name, HasMetadata object) throws IOException {
        String text = serialization.asYaml(object);
        Path file = GOLDEN.resolve(name);
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }
}

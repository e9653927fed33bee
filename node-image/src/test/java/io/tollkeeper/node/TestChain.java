package io.tollkeeper.node;

import io.tollkeeper.chain.ChainCall;
import io.tollkeeper.chain.ChainConfig;
import io.tollkeeper.chain.ChainEndpoints;
import io.tollkeeper.chain.FeeVaultGateway;
import io.tollkeeper.chain.Outbox;
import io.tollkeeper.chain.OutboxPolicy;
import io.tollkeeper.chain.OutboxState;
import io.tollkeeper.chain.OutboxStore;
import io.tollkeeper.chain.TxReceipt;
import io.tollkeeper.chain.UsageAnchorGateway;
import io.tollkeeper.chain.UsageAnchorGateway.NodeName;
import io.tollkeeper.node.config.ServedPlan;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Opening;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real anvil with both contracts and one fleet, a block a second. It dies with this JVM, however that ends. */
public final class TestChain implements AutoCloseable {
    public static final Bytes32 FLEET = Bytes32.fromHex("0x" + "f1".repeat(32));
    public static final int FINALITY_DEPTH = 2;

    private static final long CHAIN_ID = 31_337;
    private static final BigInteger COIN = BigInteger.TEN.pow(18);
    private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");

    /** Published development keys of anvil. */
    private static final SignerKey ADMIN =
            SignerKey.fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private static final SignerKey PAYEE =
            SignerKey.fromHex("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");

    /** $0 is anvil; the shell reads its own input's end, which comes with the end of this JVM. */
    private static final String UNTIL_INPUT_ENDS =
            "exec 3<&0; \"$0\" \"$@\" </dev/null 3<&- & read _ <&3; kill -9 $! 2>/dev/null";

    private final Process shell;
    private final URI uri;
    private final ChainEndpoints endpoints;
    private final Outbox admin;
    private final Outbox payee;
    private final UsageAnchorGateway usageAnchor;
    private final FeeVaultGateway vault;
    private int calls;

    public TestChain() throws IOException, InterruptedException {
        Path anvil = Path.of("../src/contracts/node_modules/.bin/anvil")
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(anvil)) {
            throw new IllegalStateException("expected anvil at " + anvil + "; the build of src/contracts installs it");
        }
        shell = new ProcessBuilder(
                        "/bin/sh", "-c", UNTIL_INPUT_ENDS, anvil.toString(), "--port", "0", "--block-time", "1")
                .redirectErrorStream(true)
                .start();
        BufferedReader output = shell.inputReader();
        uri = URI.create("http://127.0.0.1:" + port(output));
        Thread.ofVirtual().start(() -> drain(output));
        endpoints = new ChainEndpoints(CHAIN_ID, List.of(uri));
        admin = outbox(ADMIN);
        payee = outbox(PAYEE);
        usageAnchor = new UsageAnchorGateway(
                endpoints,
                send(admin, UsageAnchorGateway.creation(admin.address()))
                        .contract()
                        .orElseThrow());
        vault = new FeeVaultGateway(
                endpoints, send(admin, FeeVaultGateway.creation()).contract().orElseThrow());
        send(admin, usageAnchor.setFleet(FLEET, admin.address(), 64, 64, 60));
    }

    private static int port(BufferedReader output) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
        }
        throw new IOException("anvil ended: " + said);
    }

    private static void drain(BufferedReader output) {
        try {
            output.transferTo(Writer.nullWriter());
        } catch (IOException _) {
            // it has ended
        }
    }

    private Outbox outbox(SignerKey key) {
        return new Outbox(OutboxStore.inMemory(), key, endpoints, OutboxPolicy.withFinalityDepth(0), Clock.systemUTC());
    }

    private TxReceipt send(Outbox from, ChainCall call) throws InterruptedException {
        OutboxState state = from.await(from.submit("call " + calls++, call), Duration.ofSeconds(60));
        if (state instanceof OutboxState.Final(TxReceipt receipt)) {
            return receipt;
        }
        throw new IllegalStateException("expected a final transaction, got " + state);
    }

    public Address payeeAddress() {
        return PAYEE.address();
    }

    public SigningDomain domain() {
        return new SigningDomain(CHAIN_ID, vault.address());
    }

    public ChainConfig config() {
        return new ChainConfig(
                CHAIN_ID, List.of(uri), usageAnchor.address(), vault.address(), 0, FINALITY_DEPTH, Optional.of(FLEET));
    }

    public UsageAnchorGateway usageAnchor() {
        return usageAnchor;
    }

    public FeeVaultGateway vault() {
        return vault;
    }

    public ChainEndpoints endpoints() {
        return endpoints;
    }

    public void registerPlan(ServedPlan plan) throws InterruptedException {
        send(payee, vault.registerPlan(plan.terms()));
    }

    public void registerNode(String billingNode, int index, long epoch, Address signer) throws InterruptedException {
        send(
                admin,
                usageAnchor.register(
                        new NodeName(FLEET, "default", billingNode, index), epoch, signer, "zone-a", COIN));
    }

    /** Opens an agreement of the payee's own money; who pays is of no matter to a node. */
    public TestClient open(ServedPlan plan, long depositWei) throws InterruptedException {
        SignerKey signer = SignerKey.generate();
        Opening opening = new Opening(plan.planId(), PAYEE.address(), signer.address(), 0);
        Bytes32 digest = domain().digest(opening);
        send(payee, vault.open(opening, PAYEE.sign(digest), signer.sign(digest), BigInteger.valueOf(depositWei)));
        return new TestClient(domain(), signer, AgreementIds.agreementId(domain(), plan.planId(), signer.address(), 0));
    }

    public BigInteger charged(TestClient client) {
        return vault.agreement(client.agreement).orElseThrow().charged();
    }

    /** The chain's time, in Unix seconds. */
    public long now() {
        return Long.decode(endpoints
                .call("eth_getBlockByNumber", "latest", false)
                .path("timestamp")
                .asText());
    }

    @Override
    public void close() {
        endpoints.close();
        try {
            // The shell ends anvil when its input ends; ending the shell itself would leave anvil behind.
            shell.getOutputStream().close();
            shell.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

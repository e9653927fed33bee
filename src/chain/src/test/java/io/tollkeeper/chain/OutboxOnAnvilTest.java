package io.tollkeeper.chain;

import static io.tollkeeper.chain.AnvilProcess.COIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollkeeper.chain.CrashPlan.Crash;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The outbox against a real chain that is mined by hand, with its clock in the test's hand. */
class OutboxOnAnvilTest {
    private static final Duration RESEND = Duration.ofSeconds(5);
    private static final Duration BUMP = Duration.ofSeconds(20);
    private static final Duration REFUSE = Duration.ofSeconds(30);
    private static final OutboxPolicy AT_ONCE = OutboxPolicy.withFinalityDepth(0);

    private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
    private AnvilProcess anvil;
    private ChainEndpoints chain;

    @BeforeEach
    void start() {
        use(AnvilProcess.minedByHand());
    }

    @AfterEach
    void end() {
        chain.close();
        anvil.close();
    }

    private void use(AnvilProcess next) {
        anvil = next;
        chain = anvil.endpoints();
    }

    private void useInstead(AnvilProcess next) {
        end();
        use(next);
    }

    @Test
    void bringsEachCallToTheChainOnceWhereverTheProcessDies() {
        var crashes = 0;
        for (var step = 0; ; step++) {
            if (!runWithCrashAt(step)) {
                break;
            }
            crashes++;
        }
        // 3 calls: submitted, signed, sent, raised once, sent again, settled; each write and send has a before and an
        // after.
        assertThat(crashes).isGreaterThanOrEqualTo(20);
    }

    /** False when the run has fewer steps than that. */
    private boolean runWithCrashAt(int step) {
        var disk = new ConcurrentHashMap<Long, byte[]>();
        var key = richKey();
        var receivers = IntStream.range(0, 3)
                .mapToObj(_ -> SignerKey.generate().address())
                .toList();
        var plan = new CrashPlan(step);
        var crashed = false;
        try {
            run(new Outbox(plan.store(disk), key, plan.chain(chain), AT_ONCE, clock), receivers);
        } catch (Crash _) {
            crashed = true;
        }
        var known = hashesOnDisk(disk);
        var successor = new Outbox(storeOn(disk), key, chain, AT_ONCE, clock);
        run(successor, receivers);

        for (var receiver : receivers) {
            assertThat(anvil.balance(receiver))
                    .as("paid after a crash at step %d", step)
                    .isEqualTo(COIN);
            var id = successor.find("pay/" + receiver.hex()).orElseThrow();
            assertThat(successor.state(id))
                    .as("state after a crash at step %d", step)
                    .isInstanceOf(OutboxState.Final.class);
        }
        assertThat(anvil.nonce(key.address()))
                .as("nonces after a crash at step %d", step)
                .isEqualTo(3);
        assertThat(hashesOnDisk(disk))
                .as("bytes signed before the crash at step %d are the ones that count", step)
                .containsAll(known);
        return crashed;
    }

    /** Submits, sends, loses the endpoint's pool, raises the fee, is mined, settles. */
    private void run(Outbox outbox, List<Address> receivers) {
        for (var receiver : receivers) {
            outbox.submit("pay/" + receiver.hex(), ChainCall.transfer(receiver, COIN));
        }
        outbox.tick();
        anvil.dropAllFromPool();
        anvil.mine();
        clock.advance(BUMP);
        outbox.tick();
        anvil.mine();
        outbox.tick();
    }

    private static List<Bytes32> hashesOnDisk(Map<Long, byte[]> disk) {
        return disk.values().stream()
                .map(OutboxRowCodec::decode)
                .flatMap(row -> switch (row.stage()) {
                    case OutboxRow.Stage.Settled(var _, OutboxRow.Outcome.Succeeded(var receipt), var _) ->
                        java.util.stream.Stream.of(receipt.transactionHash());
                    case OutboxRow.Stage.Signed _, OutboxRow.Stage.InBlock _, OutboxRow.Stage.Waiting _ ->
                        java.util.stream.Stream.<Bytes32>empty();
                    case OutboxRow.Stage.Settled settled -> throw new AssertionError(settled.outcome());
                })
                .toList();
    }

    @Test
    void sendsTheSameBytesAgainAfterARestart() {
        var disk = new ConcurrentHashMap<Long, byte[]>();
        var key = richKey();
        var receiver = SignerKey.generate().address();
        var crashing = new CrashPlan(4); // submit has 2 steps, signing has 2, then comes the send
        var dying = new Outbox(crashing.store(disk), key, crashing.chain(chain), AT_ONCE, clock);
        dying.submit("pay", ChainCall.transfer(receiver, COIN));
        assertThatThrownBy(dying::tick).isInstanceOf(Crash.class).hasMessage("before send");
        assertThat(anvil.pooled()).isZero();

        var successor = new Outbox(storeOn(disk), key, chain, AT_ONCE, clock);
        var persisted = ((OutboxState.Sent) successor.state(0)).hashes();
        successor.tick();
        anvil.mine();
        successor.tick();

        assertThat(successor.state(0)).isInstanceOfSatisfying(OutboxState.Final.class, done -> assertThat(
                        done.receipt().transactionHash())
                .isEqualTo(persisted.getFirst()));
        assertThat(persisted).hasSize(1);
    }

    @Test
    void aCallThatEveryEndpointRefusesGivesItsNonceToANoopAndHoldsNothingUp() {
        var key = richKey();
        var outbox = outbox(key);
        var receiver = SignerKey.generate().address();
        var tooMuchGas = 10_000_000_000L;
        var refused = outbox.submit("too much gas", ChainCall.transfer(receiver, COIN), tooMuchGas);
        var behind = outbox.submit("behind", ChainCall.transfer(receiver, COIN));
        anvil.setBalance(key.address(), COIN.multiply(BigInteger.valueOf(1_000)));

        outbox.tick();
        assertThat(outbox.state(refused))
                .isInstanceOfSatisfying(OutboxState.Sent.class, sent -> assertThat(sent.trouble())
                        .isPresent());
        assertThat(outbox.state(behind)).isInstanceOf(OutboxState.Sent.class);
        anvil.mine();
        outbox.tick();
        clock.advance(REFUSE);
        outbox.tick();
        outbox.tick();
        anvil.mine();
        outbox.tick();
        anvil.mine();
        outbox.tick();

        assertThat(outbox.state(refused)).isInstanceOf(OutboxState.Refused.class);
        assertThat(outbox.state(behind)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
        assertThat(anvil.nonce(key.address())).isEqualTo(2);
    }

    @Test
    void waitsForFundsWithoutANonce() {
        var key = SignerKey.generate();
        var outbox = outbox(key);
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));

        outbox.tick();
        assertThat(outbox.state(id))
                .isInstanceOfSatisfying(OutboxState.Queued.class, queued -> assertThat(queued.waitingFor())
                        .hasValueSatisfying(why -> assertThat(why).startsWith("funds: needs ")));

        anvil.setBalance(key.address(), COIN);
        clock.advance(REFUSE);
        outbox.tick();
        assertThat(outbox.state(id))
                .as("enough for the payment, not for its gas")
                .isInstanceOf(OutboxState.Queued.class);

        anvil.setBalance(key.address(), COIN.add(COIN));
        outbox.tick();
        anvil.mine();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void fillsTheGapOfATransactionThatTheEndpointForgot() {
        var key = richKey();
        var outbox = outbox(key);
        var receiver = SignerKey.generate().address();
        var first = outbox.submit("first", ChainCall.transfer(receiver, COIN));
        var second = outbox.submit("second", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.dropFromPool(((OutboxState.Sent) outbox.state(first)).hashes().getFirst());
        anvil.mine();
        outbox.tick();
        assertThat(anvil.nonce(key.address())).isZero();

        clock.advance(RESEND);
        outbox.tick();
        anvil.mine();
        outbox.tick();

        assertThat(outbox.state(first)).isInstanceOf(OutboxState.Final.class);
        assertThat(outbox.state(second)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void usesUpANonceThatNoRowHasAndThatHoldsOthersBack() {
        var key = richKey();
        sendElsewhere(key, 0, SignerKey.generate().address());
        anvil.mine();
        var outbox = outbox(key);
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        assertThat(((OutboxState.Sent) outbox.state(id)).nonce()).isEqualTo(1);

        anvil.reorg(1);
        anvil.dropAllFromPool();
        assertThat(anvil.nonce(key.address())).isZero();
        outbox.tick();
        clock.advance(OutboxDecider.BELIEVE_AFTER);
        outbox.tick();
        anvil.mine();
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void aCallWhoseNonceAnotherTransactionTookGetsANewOneAndHappensOnce() {
        var key = richKey();
        var outbox = outbox(key);
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.dropAllFromPool();
        sendElsewhere(key, 0, SignerKey.generate().address());
        anvil.mine();

        outbox.tick();
        outbox.tick();
        anvil.mine();
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
        assertThat(anvil.nonce(key.address())).isEqualTo(2);
    }

    @Test
    void raisesTheFeeOfWhatTheChainPassedOverAndRemembersEveryHash() {
        var outbox = outbox(richKey());
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.call("anvil_setNextBlockBaseFeePerGas", Hex.quantity(BigInteger.TEN.pow(11)));
        anvil.mine();
        clock.advance(BUMP.minusSeconds(1));
        outbox.tick();
        assertThat(((OutboxState.Sent) outbox.state(id)).hashes()).hasSize(1);

        clock.advance(Duration.ofSeconds(1));
        outbox.tick();
        assertThat(((OutboxState.Sent) outbox.state(id)).hashes()).hasSize(2).doesNotHaveDuplicates();
        anvil.mine();
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void raisesNothingWhileTheChainStandsStill() {
        var outbox = outbox(richKey());
        var id = outbox.submit("pay", ChainCall.transfer(SignerKey.generate().address(), COIN));
        outbox.tick();
        clock.advance(BUMP.multipliedBy(10));
        outbox.tick();
        assertThat(((OutboxState.Sent) outbox.state(id)).hashes()).hasSize(1);
    }

    @Test
    void sendsOnAChainWithoutGasPriceFromAnEmptyAccountAndNeverRaises() {
        useInstead(AnvilProcess.minedByHand(
                "--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-min-priority-fee"));
        var key = SignerKey.generate();
        var outbox = outbox(key);
        var id = outbox.submit("call", ChainCall.of(SignerKey.generate().address(), new byte[0]));
        outbox.tick();
        anvil.dropAllFromPool();
        anvil.mine();
        clock.advance(BUMP);
        outbox.tick();
        assertThat(((OutboxState.Sent) outbox.state(id)).hashes()).hasSize(1);
        anvil.mine();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
    }

    @Test
    void sendsLegacyTransactionsWhereTheChainHasNoBaseFee() {
        useInstead(AnvilProcess.minedByHand("--hardfork", "berlin"));
        var outbox = outbox(richKey());
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.mine();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOfSatisfying(OutboxState.Final.class, done -> assertThat(anvil.call(
                                "eth_getTransactionByHash",
                                done.receipt().transactionHash().hex())
                        .path("type")
                        .asText())
                .isEqualTo("0x0"));
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void goesBackToSentWhenItsBlockIsReplacedAndIsMinedAgain() {
        var outbox = new Outbox(OutboxStore.inMemory(), richKey(), chain, OutboxPolicy.withFinalityDepth(3), clock);
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.mine();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Mined.class);
        anvil.mine();

        anvil.reorg(2);
        anvil.dropAllFromPool();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Sent.class);
        assertThat(anvil.balance(receiver)).isZero();
        anvil.mine();
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Mined.class);
        anvil.mine(3);
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void goesBackToSentWhenTheChainBecameShorter() {
        var outbox = new Outbox(OutboxStore.inMemory(), richKey(), chain, OutboxPolicy.withFinalityDepth(3), clock);
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        outbox.tick();
        anvil.mine();
        outbox.tick();

        anvil.call("anvil_rollback", 1);
        anvil.dropAllFromPool();
        outbox.tick();
        assertThat(outbox.state(id)).as("perhaps the endpoint is only behind").isInstanceOf(OutboxState.Mined.class);
        clock.advance(OutboxDecider.BELIEVE_AFTER);
        outbox.tick();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Sent.class);
        anvil.mine(4);
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void tellsTheReasonOfACallThatWasRevertedInABlockAndCanSendItAgain() {
        try (var deployment = new Deployment(AnvilProcess.minedByHand())) {
            var node = new UsageAnchorGateway.NodeName(Deployment.FLEET, "billing", "demo", 0);
            var key = SignerKey.generate();
            var anchor = deployment.usageAnchor.anchor(
                    node.nodeId(), 1, 1, Bytes32.fromHex("0x" + "01".repeat(32)), new byte[0]);
            deployment.mined(deployment.admin, "1", deployment.usageAnchor.register(node, 1, key.address(), "a", COIN));
            var outbox = new Outbox(OutboxStore.inMemory(), key, deployment.chain, AT_ONCE, clock);
            var id = outbox.submit("anchor", anchor);
            outbox.tick();
            deployment.anvil.dropAllFromPool();
            deployment.mined(deployment.admin, "fence", deployment.usageAnchor.fence(node, 1));
            clock.advance(RESEND);
            outbox.tick();
            deployment.anvil.mine();
            outbox.tick();

            assertThat(outbox.state(id)).isInstanceOfSatisfying(OutboxState.Reverted.class, reverted -> {
                assertThat(reverted.reason().name()).isEqualTo("SignerNotActive");
                assertThat(reverted.receipt()).hasValueSatisfying(receipt -> assertThat(receipt.succeeded())
                        .isFalse());
                assertThat(reverted.isFinal()).isTrue();
            });
            outbox.retry(id);
            outbox.tick();
            assertThat(outbox.state(id))
                    .isInstanceOfSatisfying(OutboxState.Reverted.class, reverted -> assertThat(reverted.receipt())
                            .as("the simulation keeps it from spending gas again")
                            .isEmpty());
            assertThat(deployment.anvil.nonce(key.address())).isEqualTo(1);
        }
    }

    @Test
    void aCallThatTheSimulationRefusedSucceedsOnceItIsTriedAgainLater() {
        try (var deployment = new Deployment(AnvilProcess.minedByHand())) {
            var node = new UsageAnchorGateway.NodeName(Deployment.FLEET, "billing", "demo", 0);
            var key = SignerKey.generate();
            var outbox = deployment.outbox(key);
            var id = outbox.submit(
                    "anchor",
                    deployment.usageAnchor.anchor(
                            node.nodeId(), 1, 1, Bytes32.fromHex("0x" + "01".repeat(32)), new byte[0]));
            outbox.tick();
            assertThat(outbox.state(id)).isInstanceOf(OutboxState.Reverted.class);
            deployment.mined(deployment.admin, "1", deployment.usageAnchor.register(node, 1, key.address(), "a", COIN));
            outbox.retry(id);
            outbox.tick();
            deployment.anvil.mine();
            outbox.tick();
            assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
            assertThatThrownBy(() -> outbox.retry(id)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void oneKeyIsOneCall() {
        var outbox = outbox(richKey());
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        assertThat(outbox.submit("pay", ChainCall.transfer(receiver, COIN))).isEqualTo(id);
        assertThatThrownBy(() -> outbox.submit("pay", ChainCall.transfer(receiver, BigInteger.TWO)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pay");
    }

    @Test
    void keepsCallsInOrderAndAtMostSixteenUnderWay() {
        var key = richKey();
        var outbox = outbox(key);
        var ids = IntStream.range(0, 20)
                .mapToLong(i -> outbox.submit(
                        "pay/" + i, ChainCall.transfer(SignerKey.generate().address(), COIN)))
                .toArray();
        assertThat(outbox.tick()).isEqualTo(new OutboxReport(4, 16, java.util.Optional.empty()));
        anvil.mine();
        outbox.tick();
        anvil.mine();
        outbox.tick();
        var blocks = new HashSet<Long>();
        for (var id : ids) {
            assertThat(outbox.state(id))
                    .isInstanceOfSatisfying(
                            OutboxState.Final.class,
                            done -> blocks.add(done.receipt().blockNumber()));
        }
        assertThat(blocks).hasSize(2);
        assertThat(anvil.nonce(key.address())).isEqualTo(20);
    }

    @Test
    void forgetsWhatWasSettledLongAgoButNotWhichNonceIsNext() {
        var disk = new ConcurrentHashMap<Long, byte[]>();
        var key = richKey();
        var outbox = new Outbox(storeOn(disk), key, chain, AT_ONCE, clock);
        outbox.submit("1", ChainCall.transfer(SignerKey.generate().address(), COIN));
        outbox.submit("2", ChainCall.transfer(SignerKey.generate().address(), COIN));
        outbox.tick();
        anvil.mine();
        outbox.tick();
        clock.advance(AT_ONCE.retention());
        outbox.tick();
        assertThat(outbox.find("1")).isEmpty();
        assertThat(disk).hasSize(1);
        assertThat(OutboxRowCodec.decode(disk.values().iterator().next()).nonce())
                .hasValue(1);
    }

    @Test
    void awaitsTheEndOfACallOnAChainThatMinesByItself() throws InterruptedException {
        useInstead(AnvilProcess.minedEverySecond());
        var outbox = new Outbox(OutboxStore.inMemory(), richKey(), chain, AT_ONCE, Clock.systemUTC());
        var receiver = SignerKey.generate().address();
        var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
        assertThat(outbox.await(id, Duration.ofSeconds(20))).isInstanceOf(OutboxState.Final.class);
        assertThat(anvil.balance(receiver)).isEqualTo(COIN);
    }

    @Test
    void isHeldUpByNoEndpointThatHangsOrLies() {
        try (var hung = new FakeRpcServer(AnvilProcess.CHAIN_ID);
                var foreign = new FakeRpcServer(1);
                var several =
                        new ChainEndpoints(AnvilProcess.CHAIN_ID, List.of(hung.uri(), foreign.uri(), anvil.uri()))) {
            hung.mood = FakeRpcServer.Mood.HANGS;
            var outbox = new Outbox(OutboxStore.inMemory(), richKey(), several, AT_ONCE, clock);
            var receiver = SignerKey.generate().address();
            var id = outbox.submit("pay", ChainCall.transfer(receiver, COIN));
            assertThat(outbox.tick().trouble()).isEmpty();
            anvil.mine();
            assertThat(outbox.tick().trouble()).isEmpty();
            assertThat(outbox.state(id)).isInstanceOf(OutboxState.Final.class);
            assertThat(foreign.count("eth_sendRawTransaction")).isZero();
        }
    }

    @Test
    void saysThatTheChainIsAwayAndKeepsTheCall() {
        var outbox = outbox(richKey());
        var id = outbox.submit("pay", ChainCall.transfer(SignerKey.generate().address(), COIN));
        anvil.close();
        assertThat(outbox.tick().trouble()).isPresent();
        assertThat(outbox.state(id)).isInstanceOf(OutboxState.Queued.class);
    }

    private Outbox outbox(SignerKey key) {
        return new Outbox(OutboxStore.inMemory(), key, chain, AT_ONCE, clock);
    }

    private SignerKey richKey() {
        var key = SignerKey.generate();
        anvil.setBalance(key.address(), COIN.multiply(BigInteger.valueOf(100)));
        return key;
    }

    /** Another process with the same key. */
    private void sendElsewhere(SignerKey key, long nonce, Address receiver) {
        var signer = new TransactionSigner(key, AnvilProcess.CHAIN_ID);
        var attempt = signer.sign(
                ChainCall.transfer(receiver, BigInteger.ONE),
                nonce,
                21_000,
                FeeQuote.dynamic(BigInteger.TEN.pow(11), BigInteger.TEN.pow(10)),
                clock.instant(),
                0);
        assertThat(chain.send(attempt.signed())).hasOnlyElementsOfType(SendAnswer.Accepted.class);
    }

    private static OutboxStore storeOn(Map<Long, byte[]> disk) {
        return new CrashPlan(-1).store(disk);
    }
}

package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollkeeper.chain.ChainAnchorReader.Claim;
import io.tollkeeper.chain.ChainAnchorReader.Verdict;
import io.tollkeeper.chain.FeeVaultGateway.RowVerdict;
import io.tollkeeper.chain.UsageAnchorGateway.NodeName;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.AnchorRows;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Counter;
import io.tollkeeper.protocol.Opening;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.RecordBody;
import io.tollkeeper.protocol.RecordKind;
import io.tollkeeper.protocol.Salt;
import io.tollkeeper.protocol.SignedRecord;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.UsageRecord;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gateways, events, errors and the anchor reader against the real contracts. */
class ContractsOnAnvilTest {
    private static final NodeName NODE = new NodeName(Deployment.FLEET, "billing", "demo", 0);
    private static final Bytes32 ROOT = Bytes32.fromHex("0x" + "01".repeat(32));
    private static final BigInteger GAS_MONEY = AnvilProcess.COIN;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = new Deployment(AnvilProcess.minedByHand());
    }

    @AfterEach
    void end() {
        deployment.close();
    }

    @Test
    void readsBackARegisteredNodeAndWhatItAnchored() {
        var key = SignerKey.generate();
        register(key, 1);
        assertThat(deployment.anvil.balance(key.address())).isEqualTo(GAS_MONEY);
        assertThat(deployment.usageAnchor.node(NODE.nodeId()).orElseThrow())
                .satisfies(node -> assertThat(node.epoch()).isEqualTo(1))
                .satisfies(node -> assertThat(node.signer()).isEqualTo(key.address()))
                .satisfies(node -> assertThat(node.active()).isTrue());
        assertThat(deployment
                        .usageAnchor
                        .log(NODE.nodeId(), 1, key.address())
                        .orElseThrow()
                        .size())
                .isZero();

        deployment.mined(
                deployment.outbox(key), "7", deployment.usageAnchor.anchor(NODE.nodeId(), 1, 7, ROOT, new byte[0]));

        assertThat(deployment.usageAnchor.log(NODE.nodeId(), 1, key.address()).orElseThrow())
                .satisfies(log -> assertThat(log.size()).isEqualTo(7))
                .satisfies(log -> assertThat(log.active()).isTrue());
        assertThat(deployment.usageAnchor.fleet(Deployment.FLEET).orElseThrow().nodes())
                .isEqualTo(1);
    }

    @Test
    void whatWasNeverRegisteredIsAbsent() {
        assertThat(deployment.usageAnchor.node(ROOT)).isEmpty();
        assertThat(deployment.usageAnchor.log(ROOT, 1, SignerKey.generate().address()))
                .isEmpty();
        assertThat(deployment.usageAnchor.fleet(ROOT)).isEmpty();
        assertThat(deployment.feeVault.plan(ROOT)).isEmpty();
        assertThat(deployment.feeVault.agreement(ROOT)).isEmpty();
    }

    @Test
    void aViewOfAnAddressWithoutContractSaysSo() {
        var nobody =
                new UsageAnchorGateway(deployment.chain, SignerKey.generate().address());
        assertThatThrownBy(() -> nobody.node(ROOT)).isInstanceOf(WrongContractException.class);
    }

    @Test
    void theSimulationNamesTheContractsErrorAndSpendsNothing() {
        var old = SignerKey.generate();
        register(old, 1);
        var successor = SignerKey.generate();
        register(successor, 2);
        var balance = deployment.anvil.balance(old.address());
        var outbox = deployment.outbox(old);

        var id = outbox.submit("late", deployment.usageAnchor.anchor(NODE.nodeId(), 1, 1, ROOT, new byte[0]));
        outbox.tick();

        assertThat(outbox.state(id)).isInstanceOfSatisfying(OutboxState.Reverted.class, reverted -> {
            assertThat(reverted.reason().name()).isEqualTo("SignerNotActive");
            assertThat(reverted.reason().arguments())
                    .containsExactly(NODE.nodeId().hex(), "1", old.address().hex());
            assertThat(reverted.receipt()).isEmpty();
            assertThat(reverted.isFinal()).isTrue();
        });
        assertThat(deployment.anvil.balance(old.address())).isEqualTo(balance);
        assertThat(deployment.anvil.nonce(old.address())).isZero();
    }

    @Test
    void collectsASignedRecordAndTellsItAsEvents() {
        var payee = deployment.anvil.rich(1);
        var payer = deployment.anvil.rich(2);
        var signer = SignerKey.generate();
        var plan = Deployment.plan(payee.address());
        deployment.mined(deployment.outbox(payee), "plan", deployment.feeVault.registerPlan(plan));
        assertThat(deployment.feeVault.plan(plan.planId()).orElseThrow().payee())
                .isEqualTo(payee.address());

        var opening = new Opening(plan.planId(), payer.address(), signer.address(), 1);
        var digest = deployment.domain.digest(opening);
        var payers = deployment.outbox(payer);
        deployment.mined(
                payers,
                "open",
                deployment.feeVault.open(opening, payer.sign(digest), signer.sign(digest), BigInteger.valueOf(700)));
        var agreement = AgreementIds.agreementId(deployment.domain, plan.planId(), signer.address(), 1);
        deployment.mined(payers, "top up", deployment.feeVault.deposit(agreement, BigInteger.valueOf(300)));
        assertThat(deployment.feeVault.agreement(agreement).orElseThrow())
                .isEqualTo(new FeeVaultGateway.AgreementState(
                        payer.address(), BigInteger.valueOf(1_000), BigInteger.ZERO));

        var row = new SettlementRow(signer.address(), 1, signed(agreement, signer, 640, RecordKind.STOP));
        assertThat(deployment.feeVault.preview(plan, List.of(row))).containsExactly(RowVerdict.COLLECTABLE);
        var settled = deployment.mined(payers, "settle", deployment.feeVault.settle(plan, List.of(row)));
        assertThat(settled.gasUsed()).isLessThan(FeeVaultGateway.settleGasLimit(1));
        assertThat(FeeVaultGateway.settleGasLimit(1) - settled.gasUsed())
                .as("room for what this row did not need")
                .isBetween(20_000L, 100_000L);
        assertThat(deployment.feeVault.preview(plan, List.of(row))).containsExactly(RowVerdict.STALE);
        deployment.mined(payers, "again", deployment.feeVault.settle(plan, List.of(row)));
        assertThat(deployment.feeVault.agreement(agreement).orElseThrow().charged())
                .isEqualTo(BigInteger.valueOf(640));
        assertThat(deployment.feeVault.credits(payee.address(), Address.ZERO)).isEqualTo(BigInteger.valueOf(640));
        deployment.mined(
                deployment.outbox(payee),
                "withdraw",
                deployment.feeVault.withdrawCredits(Address.ZERO, payee.address()));
        assertThat(deployment.feeVault.credits(payee.address(), Address.ZERO)).isZero();

        var events = finalEvents();
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly(
                        "PlanRegistered", "Opened", "Deposited", "Deposited", "Charged", "Skipped", "CreditsWithdrawn");
        assertThat(events.get(1)).isInstanceOfSatisfying(ChainEvent.Opened.class, opened -> {
            assertThat(opened.agreement()).isEqualTo(agreement);
            assertThat(opened.planId()).isEqualTo(plan.planId());
            assertThat(opened.payer()).isEqualTo(payer.address());
            assertThat(opened.signer()).isEqualTo(signer.address());
            assertThat(opened.nonce()).isEqualTo(1);
        });
        assertThat(events.get(3)).isInstanceOfSatisfying(ChainEvent.Deposited.class, deposited -> {
            assertThat(deposited.amount()).isEqualTo(BigInteger.valueOf(300));
            assertThat(deposited.deposit()).isEqualTo(BigInteger.valueOf(1_000));
        });
        assertThat(events.get(4)).isInstanceOfSatisfying(ChainEvent.Charged.class, charged -> {
            assertThat(charged.agreement()).isEqualTo(agreement);
            assertThat(charged.delta()).isEqualTo(BigInteger.valueOf(640));
            assertThat(charged.charged()).isEqualTo(BigInteger.valueOf(640));
            assertThat(charged.digest())
                    .isEqualTo(deployment.domain.digest(row.signed().record()));
            assertThat(charged.condition()).isEqualTo(PaymentCondition.STOP);
        });
    }

    @Test
    void findsAnAnchorWhereTheClaimSaysAndNowhereElse() {
        var key = SignerKey.generate();
        register(key, 1);
        var signer = SignerKey.generate();
        var rows = AnchorRows.encode(List.of(signed(ROOT, signer, 5, RecordKind.INTERIM)));
        deployment.mined(deployment.outbox(key), "3", deployment.usageAnchor.anchor(NODE.nodeId(), 1, 3, ROOT, rows));

        var events = finalEvents();
        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Registered", "Rows", "Anchored");
        assertThat(((ChainEvent.Rows) events.get(1)).rows()).isEqualTo(rows);
        var anchored = (ChainEvent.Anchored) events.get(2);
        assertThat(anchored.dataHash()).isEqualTo(AnchorRows.dataHash(rows));
        var claim = claim(anchored, 3);

        assertThat(reader(0).verify(claim)).isInstanceOf(Verdict.Anchored.class);
        assertThat(reader(2).verify(claim)).isInstanceOf(Verdict.NotFinal.class);
        deployment.anvil.mine(2);
        assertThat(reader(2).verify(claim)).isInstanceOf(Verdict.Anchored.class);
        assertThat(reader(0).verify(claim(anchored, 4))).isInstanceOf(Verdict.Wrong.class);
        assertThat(reader(0).verify(movedTo(claim, claim.blockNumber() + 1, claim.logIndex())))
                .isInstanceOf(Verdict.Wrong.class);
        assertThat(reader(0).verify(movedTo(claim, claim.blockNumber(), claim.logIndex() - 1)))
                .isInstanceOf(Verdict.Wrong.class);
        assertThat(reader(0).verify(movedTo(claim, claim.blockNumber() + 100, claim.logIndex())))
                .isInstanceOf(Verdict.NotYet.class);
        var elsewhere = new ChainAnchorReader(deployment.chain, deployment.feeVault.address(), 0);
        assertThat(elsewhere.verify(claim)).isInstanceOf(Verdict.Wrong.class);
    }

    @Test
    void twoNodesThatSettleTheSameRowChargeItOnce() {
        var payee = deployment.anvil.rich(1);
        var payer = deployment.anvil.rich(2);
        var signer = SignerKey.generate();
        var plan = Deployment.plan(payee.address());
        deployment.mined(deployment.outbox(payee), "plan", deployment.feeVault.registerPlan(plan));
        var opening = new Opening(plan.planId(), payer.address(), signer.address(), 1);
        var digest = deployment.domain.digest(opening);
        deployment.mined(
                deployment.outbox(payer),
                "open",
                deployment.feeVault.open(opening, payer.sign(digest), signer.sign(digest), BigInteger.valueOf(900)));
        var agreement = AgreementIds.agreementId(deployment.domain, plan.planId(), signer.address(), 1);
        var row = new SettlementRow(signer.address(), 1, signed(agreement, signer, 640, RecordKind.STOP));
        var one = deployment.outbox(deployment.anvil.rich(1));
        var other = deployment.outbox(deployment.anvil.rich(3));

        var first = one.submit("settle", deployment.feeVault.settle(plan, List.of(row)));
        var second = other.submit("settle", deployment.feeVault.settle(plan, List.of(row)));
        one.tick();
        other.tick();
        deployment.anvil.mine();
        one.tick();
        other.tick();

        assertThat(one.state(first)).isInstanceOf(OutboxState.Final.class);
        assertThat(other.state(second)).isInstanceOf(OutboxState.Final.class);
        assertThat(deployment.feeVault.agreement(agreement).orElseThrow().charged())
                .isEqualTo(BigInteger.valueOf(640));
        assertThat(finalEvents())
                .filteredOn(ChainEvent.Charged.class::isInstance)
                .hasSize(1);
    }

    private void register(SignerKey key, long epoch) {
        deployment.mined(
                deployment.admin,
                "register/" + epoch,
                deployment.usageAnchor.register(NODE, epoch, key.address(), "zone-a", GAS_MONEY));
    }

    private ChainAnchorReader reader(int finalityDepth) {
        return new ChainAnchorReader(deployment.chain, deployment.usageAnchor.address(), finalityDepth);
    }

    private static Claim claim(ChainEvent.Anchored anchored, long size) {
        var at = anchored.location();
        return new Claim(
                anchored.nodeId(),
                anchored.epoch(),
                size,
                anchored.root(),
                at.blockNumber(),
                at.blockHash(),
                at.transactionHash(),
                at.logIndex());
    }

    private static Claim movedTo(Claim claim, long block, long logIndex) {
        return new Claim(
                claim.nodeId(),
                claim.epoch(),
                claim.size(),
                claim.root(),
                block,
                claim.blockHash(),
                claim.transactionHash(),
                logIndex);
    }

    private List<ChainEvent> finalEvents() {
        var events = new ArrayList<ChainEvent>();
        var follower = new Follower(
                deployment.chain,
                deployment.config(0),
                CursorStore.inMemory(),
                new FollowerListener() {
                    @Override
                    public void finalized(List<ChainEvent> told, BlockRef upTo) {
                        events.addAll(told);
                    }

                    @Override
                    public void finalityBroken(BlockRef to) {
                        throw new AssertionError("finality broken at " + to);
                    }
                },
                Clock.systemUTC());
        assertThat(follower.tick().trouble()).isEmpty();
        return events;
    }

    private SignedRecord signed(Bytes32 agreement, SignerKey signer, long amount, RecordKind kind) {
        var now = deployment.anvil.head().time().getEpochSecond();
        var body = new RecordBody(
                1,
                now,
                0,
                0,
                BigInteger.ZERO,
                List.of(new Counter(1, 0, amount)),
                0,
                Bytes32.ZERO,
                Bytes32.ZERO,
                Salt.random());
        var usage = new UsageRecord(agreement, 1, 1, now, BigInteger.valueOf(amount), kind, body);
        return new SignedRecord(usage, signer.sign(deployment.domain.digest(usage)));
    }
}

package io.tollkeeper.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.PaymentCondition;
import io.tollkeeper.protocol.PaymentMethod;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.SignerKey;
import io.tollkeeper.protocol.SigningDomain;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** Both contracts on an anvil that is mined by hand, with one fleet. */
final class Deployment implements AutoCloseable {
    static final Bytes32 FLEET = Bytes32.fromHex("0x" + "f1".repeat(32));

    final AnvilProcess anvil;
    final ChainEndpoints chain;
    final Outbox admin;
    final UsageAnchorGateway usageAnchor;
    final FeeVaultGateway feeVault;
    final SigningDomain domain;

    Deployment(AnvilProcess anvil) {
        this.anvil = anvil;
        this.chain = anvil.endpoints();
        this.admin = outbox(anvil.rich(0));
        this.usageAnchor =
                new UsageAnchorGateway(chain, deploy("anchor", UsageAnchorGateway.creation(admin.address())));
        this.feeVault = new FeeVaultGateway(chain, deploy("vault", FeeVaultGateway.creation()));
        this.domain = new SigningDomain(AnvilProcess.CHAIN_ID, feeVault.address());
        mined(admin, "fleet", usageAnchor.setFleet(FLEET, admin.address(), 64, 64, 60));
    }

    Outbox outbox(SignerKey key) {
        return new Outbox(OutboxStore.inMemory(), key, chain, OutboxPolicy.withFinalityDepth(0), Clock.systemUTC());
    }

    private Address deploy(String name, ChainCall creation) {
        return mined(admin, name, creation).contract().orElseThrow();
    }

    /** Sends, mines a block, and wants success. */
    TxReceipt mined(Outbox outbox, String key, ChainCall call) {
        var state = outcome(outbox, key, call);
        assertThat(state).isInstanceOf(OutboxState.Final.class);
        return ((OutboxState.Final) state).receipt();
    }

    /** Sends, mines a block, and wants any end. */
    OutboxState outcome(Outbox outbox, String key, ChainCall call) {
        var id = outbox.submit(key, call);
        assertThat(outbox.tick().trouble()).isEmpty();
        anvil.mine();
        assertThat(outbox.tick().trouble()).isEmpty();
        assertThat(outbox.state(id).isSettled()).as("%s", outbox.state(id)).isTrue();
        return outbox.state(id);
    }

    ChainConfig config(int finalityDepth) {
        return new ChainConfig(
                AnvilProcess.CHAIN_ID,
                List.of(anvil.uri()),
                usageAnchor.address(),
                feeVault.address(),
                0,
                finalityDepth,
                java.util.Optional.of(FLEET));
    }

    static PlanTerms plan(Address payee) {
        return new PlanTerms(
                payee,
                Address.ZERO,
                Bytes32.fromHex("0x" + "7a".repeat(32)),
                1,
                List.of(PaymentMethod.DEPOSIT),
                Set.of(PaymentCondition.STOP, PaymentCondition.TIME),
                30,
                BigInteger.ZERO,
                BigInteger.ZERO,
                20,
                120,
                2,
                2,
                BigInteger.ZERO);
    }

    @Override
    public void close() {
        chain.close();
        anvil.close();
    }
}

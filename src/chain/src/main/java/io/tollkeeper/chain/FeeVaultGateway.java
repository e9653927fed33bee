package io.tollkeeper.chain;

import io.tollkeeper.contracts.FeeVault;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.Opening;
import io.tollkeeper.protocol.PlanTerms;
import io.tollkeeper.protocol.Signature;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.web3j.abi.datatypes.Type;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.RemoteFunctionCall;
import org.web3j.tx.TransactionManager;

/** FeeVault: calls for the {@link Outbox} and views, in our own types. Amounts are in base units. */
public final class FeeVaultGateway {
    private final ChainAccess chain;
    private final Address address;
    private final FeeVault contract;

    public FeeVaultGateway(ChainAccess chain, Address address) {
        this.chain = chain;
        this.address = address;
        this.contract = encoder(address);
    }

    @SuppressWarnings("NullAway") // As an encoder a wrapper never uses its Web3j or its transaction manager.
    private static FeeVault encoder(Address address) {
        return FeeVault.load(address.hex(), (Web3j) null, (TransactionManager) null, Views.NO_GAS);
    }

    public Address address() {
        return address;
    }

    // ---- calls

    /** Creates the contract. */
    public static ChainCall creation() {
        return ChainCall.creation(Hex.toBytes("0x" + FeeVault.BINARY));
    }

    /** Offers a plan; by its payee. Repeated it changes nothing. */
    public ChainCall registerPlan(PlanTerms plan) {
        return call(contract.registerPlan(struct(plan)));
    }

    /** Opens an agreement and pays in; by anybody who has both signatures over {@code opening}'s digest. */
    public ChainCall open(Opening opening, Signature byPayer, Signature bySigner, BigInteger depositWei) {
        return call(contract.open(
                        opening.plan().toByteArray(),
                        opening.payer().hex(),
                        opening.signer().hex(),
                        BigInteger.valueOf(opening.nonce()),
                        byPayer.toByteArray(),
                        bySigner.toByteArray(),
                        depositWei))
                .withValue(depositWei);
    }

    /** Pays into an open agreement; by anybody. */
    public ChainCall deposit(Bytes32 agreement, BigInteger wei) {
        return call(contract.deposit(agreement.toByteArray(), wei)).withValue(wei);
    }

    /** Collects what can be collected of these rows, all of one plan; by anybody. */
    public ChainCall settle(PlanTerms plan, List<SettlementRow> rows) {
        return call(contract.settle(struct(plan), SettlementRow.encode(rows)));
    }

    /** Pays out what was collected for the sender. */
    public ChainCall withdrawCredits(Address token, Address to) {
        return call(contract.withdrawCredits(token.hex(), to.hex()));
    }

    // ---- views

    /** Who offered a plan, and in which block. */
    public record PlanState(Address payee, long registeredBlock) {}

    /** Empty: not registered. */
    public Optional<PlanState> plan(Bytes32 planId) {
        var values = Views.ask(chain, address, contract.planOf(planId.toByteArray()));
        var payee = Address.fromHex((String) values.get(0).getValue());
        return payee.isZero()
                ? Optional.empty()
                : Optional.of(new PlanState(payee, ((BigInteger) values.get(1).getValue()).longValueExact()));
    }

    /** Where the money of an agreement stands: all that was ever paid in, all that was ever charged. */
    public record AgreementState(Address payer, BigInteger deposit, BigInteger charged) {}

    /** Empty: not open. */
    public Optional<AgreementState> agreement(Bytes32 agreement) {
        var state = (FeeVault.AgreementState) Views.ask(chain, address, contract.agreementOf(agreement.toByteArray()))
                .getFirst();
        var payer = Address.fromHex(state.payer);
        return payer.isZero() ? Optional.empty() : Optional.of(new AgreementState(payer, state.deposit, state.charged));
    }

    /** What was collected for a payee and not yet withdrawn. */
    public BigInteger credits(Address payee, Address token) {
        return (BigInteger) Views.ask(chain, address, contract.creditsOf(payee.hex(), token.hex()))
                .getFirst()
                .getValue();
    }

    /** What {@code settle} would do now with a row. */
    public enum RowVerdict {
        COLLECTABLE,
        MALFORMED,
        UNKNOWN,
        STALE,
        UNFUNDED,
        EARLY,
        SIGNATURE_INVALID
    }

    /** What {@code settle} would do now with each of these rows, each seen alone. */
    public List<RowVerdict> preview(PlanTerms plan, List<SettlementRow> rows) {
        var answer = Views.ask(chain, address, contract.preview(struct(plan), SettlementRow.encode(rows)))
                .getFirst();
        var verdicts = new ArrayList<RowVerdict>();
        for (var verdict : (List<?>) answer.getValue()) {
            verdicts.add(RowVerdict.values()[((BigInteger) ((Type<?>) verdict).getValue()).intValueExact()]);
        }
        return verdicts;
    }

    private static FeeVault.Plan struct(PlanTerms plan) {
        return new FeeVault.Plan(
                plan.payee().hex(),
                plan.token().hex(),
                plan.tariff().toByteArray(),
                BigInteger.valueOf(plan.engineVersion()),
                BigInteger.valueOf(plan.methodsCode()),
                BigInteger.valueOf(plan.conditionsMask()),
                BigInteger.valueOf(plan.period()),
                plan.threshold(),
                plan.lowFunds(),
                BigInteger.valueOf(plan.offlineAfter()),
                BigInteger.valueOf(plan.withdrawDelay()),
                BigInteger.valueOf(plan.reportEvery()),
                BigInteger.valueOf(plan.grace()),
                plan.credit());
    }

    private ChainCall call(RemoteFunctionCall<?> call) {
        return ChainCall.of(address, Views.data(call));
    }
}

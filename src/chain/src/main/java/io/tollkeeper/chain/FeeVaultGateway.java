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
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint64;
import org.web3j.abi.datatypes.generated.Uint8;

/** FeeVault: calls for the {@link Outbox} and views, in our own types. Amounts are in base units. */
@SuppressWarnings("rawtypes") // web3j's types are
public final class FeeVaultGateway {
    private static final List<TypeReference<?>> PLAN =
            List.of(new TypeReference<org.web3j.abi.datatypes.Address>() {}, new TypeReference<Uint64>() {});
    private static final List<TypeReference<?>> AGREEMENT = List.of(new TypeReference<FeeVault.AgreementState>() {});
    private static final List<TypeReference<?>> CREDITS = List.of(new TypeReference<Uint256>() {});
    private static final List<TypeReference<?>> VERDICTS = List.of(new TypeReference<DynamicArray<Uint8>>() {});

    /** Measured 14,616 a row at 100 rows and, all in all, 64,316 for one row that is the payee's first. */
    private static final long SETTLE_GAS_A_ROW = 20_000;

    private static final long SETTLE_GAS = 100_000;

    private final ChainAccess chain;
    private final Address address;

    public FeeVaultGateway(ChainAccess chain, Address address) {
        this.chain = chain;
        this.address = address;
    }

    public Address address() {
        return address;
    }

    // ---- calls

    /** Creates the contract. */
    public static ChainCall creation() {
        return ChainCall.creation(Abi.constructor(FeeVault.BINARY));
    }

    /** Offers a plan; by its payee. Repeated it changes nothing. */
    public ChainCall registerPlan(PlanTerms plan) {
        return call(FeeVault.FUNC_REGISTERPLAN, struct(plan));
    }

    /** Opens an agreement and pays in; by anybody who has both signatures over {@code opening}'s digest. */
    public ChainCall open(Opening opening, Signature byPayer, Signature bySigner, BigInteger depositWei) {
        return call(
                        FeeVault.FUNC_OPEN,
                        Abi.bytes32(opening.plan()),
                        Abi.address(opening.payer()),
                        Abi.address(opening.signer()),
                        Abi.uint40(opening.nonce()),
                        Abi.bytes(byPayer.toByteArray()),
                        Abi.bytes(bySigner.toByteArray()))
                .withValue(depositWei);
    }

    /** Pays into an open agreement; by anybody. */
    public ChainCall deposit(Bytes32 agreement, BigInteger wei) {
        return call(FeeVault.FUNC_DEPOSIT, Abi.bytes32(agreement)).withValue(wei);
    }

    /** Collects what can be collected of these rows, all of one plan; by anybody. */
    public ChainCall settle(PlanTerms plan, List<SettlementRow> rows) {
        return call(FeeVault.FUNC_SETTLE, struct(plan), Abi.bytes(SettlementRow.encode(rows)));
    }

    /**
     * Gas for {@link #settle}, whatever the contract finds: an estimate is low while rows would be skipped, and runs out
     * once they are charged.
     */
    public static long settleGasLimit(int rows) {
        return SETTLE_GAS + rows * SETTLE_GAS_A_ROW;
    }

    /** Pays out what was collected for the sender. */
    public ChainCall withdrawCredits(Address token, Address to) {
        return call(FeeVault.FUNC_WITHDRAWCREDITS, Abi.address(token), Abi.address(to));
    }

    private ChainCall call(String function, Type... arguments) {
        return ChainCall.of(address, Abi.encode(function, arguments));
    }

    // ---- views

    /** Who offered a plan, and in which block. */
    public record PlanState(Address payee, long registeredBlock) {}

    /** Empty: not registered. */
    public Optional<PlanState> plan(Bytes32 planId) {
        var values = ask(PLAN, FeeVault.FUNC_PLANOF, Abi.bytes32(planId));
        var payee = Address.fromHex((String) values.get(0).getValue());
        return payee.isZero()
                ? Optional.empty()
                : Optional.of(new PlanState(payee, ((BigInteger) values.get(1).getValue()).longValueExact()));
    }

    /** Where the money of an agreement stands: all that was ever paid in, all that was ever charged. */
    public record AgreementState(Address payer, BigInteger deposit, BigInteger charged) {}

    /** Empty: not open. */
    public Optional<AgreementState> agreement(Bytes32 agreement) {
        var state = (FeeVault.AgreementState) ask(AGREEMENT, FeeVault.FUNC_AGREEMENTOF, Abi.bytes32(agreement))
                .getFirst();
        var payer = Address.fromHex(state.payer);
        return payer.isZero() ? Optional.empty() : Optional.of(new AgreementState(payer, state.deposit, state.charged));
    }

    /** What was collected for a payee and not yet withdrawn. */
    public BigInteger credits(Address payee, Address token) {
        return (BigInteger) ask(CREDITS, FeeVault.FUNC_CREDITSOF, Abi.address(payee), Abi.address(token))
                .getFirst()
                .getValue();
    }

    /** What {@code settle} would do now with a row; in the contract's order. */
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
        var answer = ask(VERDICTS, FeeVault.FUNC_PREVIEW, struct(plan), Abi.bytes(SettlementRow.encode(rows)))
                .getFirst();
        var verdicts = new ArrayList<RowVerdict>();
        for (var verdict : (List<?>) answer.getValue()) {
            verdicts.add(RowVerdict.values()[((BigInteger) ((Type<?>) verdict).getValue()).intValueExact()]);
        }
        return verdicts;
    }

    private List<Type> ask(List<TypeReference<?>> answer, String function, Type... arguments) {
        return Abi.ask(chain, address, answer, function, arguments);
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
}

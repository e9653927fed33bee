package io.tollkeeper.chain;

import io.tollkeeper.contracts.UsageAnchor;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.util.Optional;
import org.web3j.abi.FunctionEncoder;
import org.web3j.protocol.Web3j;
import org.web3j.tx.TransactionManager;

/** UsageAnchor: calls for the {@link Outbox} and views, in our own types. */
public final class UsageAnchorGateway {
    private final ChainAccess chain;
    private final Address address;
    private final UsageAnchor contract;

    public UsageAnchorGateway(ChainAccess chain, Address address) {
        this.chain = chain;
        this.address = address;
        this.contract = encoder(address);
    }

    @SuppressWarnings("NullAway") // As an encoder a wrapper never uses its Web3j or its transaction manager.
    private static UsageAnchor encoder(Address address) {
        return UsageAnchor.load(address.hex(), (Web3j) null, (TransactionManager) null, Views.NO_GAS);
    }

    public Address address() {
        return address;
    }

    // ---- calls

    /** Creates the contract. */
    public static ChainCall creation(Address owner) {
        var arguments =
                FunctionEncoder.encodeConstructor(java.util.List.of(new org.web3j.abi.datatypes.Address(owner.hex())));
        return ChainCall.creation(Hex.toBytes("0x" + UsageAnchor.BINARY + arguments));
    }

    /** Authorises a fleet; by the owner. {@code window} in seconds. */
    public ChainCall setFleet(Bytes32 fleet, Address nodeAdmin, long maxNodes, long burst, long window) {
        return call(contract.setFleet(fleet.toByteArray(), nodeAdmin.hex(), big(maxNodes), big(burst), big(window)));
    }

    /** Begins an epoch and ends the one before; by the fleet's NODE_ADMIN. {@code gasMoneyWei} goes to the new key. */
    public ChainCall register(NodeName node, long epoch, Address signer, String zone, BigInteger gasMoneyWei) {
        return call(contract.register(
                        node.fleet().toByteArray(),
                        node.namespace(),
                        node.billingNode(),
                        big(node.index()),
                        big(epoch),
                        signer.hex(),
                        zone,
                        gasMoneyWei))
                .withValue(gasMoneyWei);
    }

    /** Ends an epoch without successor; by the fleet's NODE_ADMIN. */
    public ChainCall fence(NodeName node, long epoch) {
        return call(contract.fence(
                node.fleet().toByteArray(), node.namespace(), node.billingNode(), big(node.index()), big(epoch)));
    }

    /** Writes a checkpoint; by the epoch's key. {@code rows}: FULL mode's, empty in DIGEST mode. */
    public ChainCall anchor(Bytes32 nodeId, long epoch, long size, Bytes32 root, byte[] rows) {
        return call(contract.anchor(nodeId.toByteArray(), big(epoch), big(size), root.toByteArray(), rows));
    }

    // ---- views

    /** A node by what people call it. */
    public record NodeName(Bytes32 fleet, String namespace, String billingNode, long index) {
        public Bytes32 nodeId() {
            return AgreementIds.nodeId(fleet, namespace, billingNode, index);
        }
    }

    /** A node's newest epoch; {@code active} is false after its fence. */
    public record NodeState(Bytes32 fleet, long epoch, Address signer, boolean active, long registeredBlock) {}

    /** Empty: never registered. */
    public Optional<NodeState> node(Bytes32 nodeId) {
        var state = (UsageAnchor.Node)
                Views.ask(chain, address, contract.node(nodeId.toByteArray())).getFirst();
        return state.epoch.signum() == 0
                ? Optional.empty()
                : Optional.of(new NodeState(
                        Bytes32.of(state.fleet),
                        state.epoch.longValueExact(),
                        Address.fromHex(state.signer),
                        state.active,
                        state.registeredBlock.longValueExact()));
    }

    /** What an epoch's key has anchored: the size of its log, and whether it may go on. */
    public record LogState(long size, BigInteger head, boolean active) {}

    /** Empty: this key was never registered for this epoch. */
    public Optional<LogState> log(Bytes32 nodeId, long epoch, Address signer) {
        var values = Views.ask(chain, address, contract.log(nodeId.toByteArray(), big(epoch), signer.hex()));
        var head = (BigInteger) values.get(1).getValue();
        return head.signum() == 0
                ? Optional.empty()
                : Optional.of(new LogState(((BigInteger) values.get(0).getValue()).longValueExact(), head, (Boolean)
                        values.get(2).getValue()));
    }

    /** A fleet's terms, and how many nodes are active. {@code window} in seconds. */
    public record FleetState(Address nodeAdmin, long maxNodes, long burst, long window, long nodes) {}

    /** Empty: unknown or closed. */
    public Optional<FleetState> fleet(Bytes32 fleet) {
        var state = (UsageAnchor.Fleet)
                Views.ask(chain, address, contract.fleet(fleet.toByteArray())).getFirst();
        var admin = Address.fromHex(state.nodeAdmin);
        return admin.isZero()
                ? Optional.empty()
                : Optional.of(new FleetState(
                        admin,
                        state.maxNodes.longValueExact(),
                        state.burst.longValueExact(),
                        state.window.longValueExact(),
                        state.nodes.longValueExact()));
    }

    private ChainCall call(org.web3j.protocol.core.RemoteFunctionCall<?> call) {
        return ChainCall.of(address, Views.data(call));
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }
}

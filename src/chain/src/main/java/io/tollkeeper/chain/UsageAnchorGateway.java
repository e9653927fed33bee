package io.tollkeeper.chain;

import io.tollkeeper.contracts.UsageAnchor;
import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.AgreementIds;
import io.tollkeeper.protocol.Bytes32;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Uint192;
import org.web3j.abi.datatypes.generated.Uint64;

/** UsageAnchor: calls for the {@link Outbox} and views, in our own types. */
@SuppressWarnings("rawtypes") // web3j's types are
public final class UsageAnchorGateway {
    /** Two functions have this name, so the generated wrapper has no constant for it. */
    private static final String ANCHOR = "anchor";

    private static final List<TypeReference<?>> NODE = List.of(new TypeReference<UsageAnchor.Node>() {});
    private static final List<TypeReference<?>> FLEET = List.of(new TypeReference<UsageAnchor.Fleet>() {});
    private static final List<TypeReference<?>> LOG =
            List.of(new TypeReference<Uint64>() {}, new TypeReference<Uint192>() {}, new TypeReference<Bool>() {});

    private final ChainAccess chain;
    private final Address address;

    public UsageAnchorGateway(ChainAccess chain, Address address) {
        this.chain = chain;
        this.address = address;
    }

    public Address address() {
        return address;
    }

    // ---- calls

    /** Creates the contract. */
    public static ChainCall creation(Address owner) {
        return ChainCall.creation(Abi.constructor(UsageAnchor.BINARY, Abi.address(owner)));
    }

    /** Authorises a fleet; by the owner. {@code window} in seconds. */
    public ChainCall setFleet(Bytes32 fleet, Address nodeAdmin, long maxNodes, long burst, long window) {
        return call(
                UsageAnchor.FUNC_SETFLEET,
                Abi.bytes32(fleet),
                Abi.address(nodeAdmin),
                Abi.uint32(maxNodes),
                Abi.uint32(burst),
                Abi.uint32(window));
    }

    /** Begins an epoch and ends the one before; by the fleet's NODE_ADMIN. {@code gasMoneyWei} goes to the new key. */
    public ChainCall register(NodeName node, long epoch, Address signer, String zone, BigInteger gasMoneyWei) {
        return call(
                        UsageAnchor.FUNC_REGISTER,
                        Abi.bytes32(node.fleet()),
                        Abi.string(node.namespace()),
                        Abi.string(node.billingNode()),
                        Abi.uint32(node.index()),
                        Abi.uint64(epoch),
                        Abi.address(signer),
                        Abi.string(zone))
                .withValue(gasMoneyWei);
    }

    /** Ends an epoch without successor; by the fleet's NODE_ADMIN. */
    public ChainCall fence(NodeName node, long epoch) {
        return call(
                UsageAnchor.FUNC_FENCE,
                Abi.bytes32(node.fleet()),
                Abi.string(node.namespace()),
                Abi.string(node.billingNode()),
                Abi.uint32(node.index()),
                Abi.uint64(epoch));
    }

    /** Writes a checkpoint; by the epoch's key. {@code rows}: FULL mode's, empty in DIGEST mode. */
    public ChainCall anchor(Bytes32 nodeId, long epoch, long size, Bytes32 root, byte[] rows) {
        return rows.length == 0
                ? call(ANCHOR, Abi.bytes32(nodeId), Abi.uint64(epoch), Abi.uint64(size), Abi.bytes32(root))
                : call(
                        ANCHOR,
                        Abi.bytes32(nodeId),
                        Abi.uint64(epoch),
                        Abi.uint64(size),
                        Abi.bytes32(root),
                        Abi.bytes(rows));
    }

    private ChainCall call(String function, Type... arguments) {
        return ChainCall.of(address, Abi.encode(function, arguments));
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
        var node = (UsageAnchor.Node)
                ask(NODE, UsageAnchor.FUNC_NODE, Abi.bytes32(nodeId)).getFirst();
        return node.epoch.signum() == 0
                ? Optional.empty()
                : Optional.of(new NodeState(
                        Bytes32.of(node.fleet),
                        node.epoch.longValueExact(),
                        Address.fromHex(node.signer),
                        node.active,
                        node.registeredBlock.longValueExact()));
    }

    /** What an epoch's key has anchored: the size of its log, and whether it may go on. */
    public record LogState(long size, BigInteger head, boolean active) {}

    /** Empty: this key was never registered for this epoch. */
    public Optional<LogState> log(Bytes32 nodeId, long epoch, Address signer) {
        var values = ask(LOG, UsageAnchor.FUNC_LOG, Abi.bytes32(nodeId), Abi.uint64(epoch), Abi.address(signer));
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
                ask(FLEET, UsageAnchor.FUNC_FLEET, Abi.bytes32(fleet)).getFirst();
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

    private List<Type> ask(List<TypeReference<?>> answer, String function, Type... arguments) {
        return Abi.ask(chain, address, answer, function, arguments);
    }
}

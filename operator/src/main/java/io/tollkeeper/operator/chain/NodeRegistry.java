package io.tollkeeper.operator.chain;

import java.math.BigInteger;
import java.util.Optional;

/** The registry of billing nodes on one chain, as the operator needs it. Calls wait for the chain, and throw. */
public interface NodeRegistry extends AutoCloseable {
    /** A node, by its place in Kubernetes; the fleet is the registry's. */
    record NodeName(String namespace, String billingNode, int index) {}

    /**
     * What the chain says of a node.
     *
     * @param epoch newest epoch
     * @param active whether that epoch's signer may anchor
     */
    record Entry(long epoch, String signer, boolean active, long registeredBlock) {}

    String nodeId(NodeName node);

    /** Empty: never registered. */
    Optional<Entry> read(NodeName node) throws Exception;

    /** Sends and waits until it is mined or refused. */
    void register(NodeName node, long epoch, String signer, String zone) throws Exception;

    /** Sends and waits until it is mined or refused. */
    void fence(NodeName node, long epoch) throws Exception;

    BigInteger balance(String address) throws Exception;

    /** Balance of NODE_ADMIN's own account. */
    BigInteger adminBalance() throws Exception;

    /** Pays {@code signer} up to the target, if it has less than the low mark. Returns what it has then. */
    BigInteger topUp(String signer) throws Exception;

    /** Whether the account of NODE_ADMIN can pay this many first gas moneys. */
    boolean canFund(BigInteger adminBalance, int registrations);

    @Override
    void close();
}

package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;
import io.tollkeeper.protocol.Bytes32;
import java.util.Optional;

/**
 * Where a transaction stands on the chain.
 *
 * @param succeeded false when the contract refused it; its gas is spent all the same
 * @param contract the contract that it created, if it did
 */
public record TxReceipt(
        long blockNumber,
        Bytes32 blockHash,
        Bytes32 transactionHash,
        boolean succeeded,
        long gasUsed,
        Optional<Address> contract) {}

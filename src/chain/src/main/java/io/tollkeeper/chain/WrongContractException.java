package io.tollkeeper.chain;

import io.tollkeeper.protocol.Address;

/** At a contract's configured address there is no such contract. */
public final class WrongContractException extends ChainException {
    public WrongContractException(Address address, long chainId) {
        super("at " + address.hex() + " on chain " + chainId + " is not the contract that the configuration says");
    }
}

package io.tollkeeper.operator.act;

import io.tollkeeper.protocol.SignerKey;

/** Keys from the system's secure source. */
public final class FreshKeys implements Keys {
    @Override
    public Key fresh() {
        SignerKey key = SignerKey.generate();
        return new Key(key.toSecretHex().substring(2), key.address().hex());
    }
}

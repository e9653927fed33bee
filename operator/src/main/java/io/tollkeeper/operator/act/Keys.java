package io.tollkeeper.operator.act;

/** Makes the key of an epoch. */
public interface Keys {
    Key fresh();

    /** A private key, 32 bytes in hex without prefix, and its address, 0x and lower case. */
    record Key(String privateKeyHex, String address) {
        @Override
        public String toString() {
            return "Key[" + address + "]";
        }
    }
}

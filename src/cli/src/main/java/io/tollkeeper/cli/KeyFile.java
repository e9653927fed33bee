package io.tollkeeper.cli;

import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file with a private key: 32 bytes in hex. */
final class KeyFile {
    private KeyFile() {}

    static SignerKey read(Path file) throws FaultsException {
        try {
            return SignerKey.fromFile(file);
        } catch (IOException failure) {
            throw new FaultsException(List.of(new Fault(
                    Fault.Rule.FILE_UNREADABLE, file.toString(), "a file that can be read", failure.toString())));
        } catch (IllegalArgumentException wrong) {
            // The message never quotes the key.
            throw new FaultsException(List.of(new Fault(
                    Fault.Rule.VALUE_WRONG, file.toString(), "a private key, 32 bytes in hex", "something else")));
        }
    }
}

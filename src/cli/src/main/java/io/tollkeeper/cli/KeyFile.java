package io.tollkeeper.cli;

import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/** A file with a private key: 32 bytes in hex. */
final class KeyFile {
    private KeyFile() {}

    static SignerKey read(Path file) throws FaultsException {
        try {
            return SignerKey.fromFile(file);
        } catch (FileSystemException failure) {
            throw fault(Fault.Rule.FILE_UNREADABLE, file, "a file that can be read", failure.toString());
        } catch (IOException | IllegalArgumentException _) {
            // Its message might quote the key.
            throw fault(Fault.Rule.VALUE_WRONG, file, "a private key, 32 bytes in hex", "something else");
        }
    }

    private static FaultsException fault(Fault.Rule rule, Path file, String expected, String actual) {
        return new FaultsException(List.of(new Fault(rule, file.toString(), expected, actual)));
    }
}

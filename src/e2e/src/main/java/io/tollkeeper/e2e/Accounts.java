package io.tollkeeper.e2e;

import io.tollkeeper.localcluster.Anvil;
import io.tollkeeper.protocol.SignerKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is who among the development chain's accounts, as key files.
 *
 * @param admin deploys the contracts and authorises the fleet
 * @param nodeAdmin registers nodes: the operator's key
 * @param payee the provider
 * @param payers the customers
 */
public record Accounts(Path admin, Path nodeAdmin, Path payee, List<Path> payers) {
    private static final int FIRST_PAYER = 3;

    public Accounts {
        payers = List.copyOf(payers);
    }

    static Accounts write(Workspace workspace) {
        var payers = new ArrayList<Path>();
        for (var i = FIRST_PAYER; i < Anvil.KEYS.size(); i++) {
            payers.add(keyFile(workspace, "payer-" + (i - FIRST_PAYER), i));
        }
        return new Accounts(
                keyFile(workspace, "admin", 0),
                keyFile(workspace, "node-admin", 1),
                keyFile(workspace, "payee", 2),
                payers);
    }

    private static Path keyFile(Workspace workspace, String name, int account) {
        return workspace.write("keys/" + name + ".key", Anvil.KEYS.get(account) + "\n");
    }

    /** One of the customers, from 0. */
    public Path payer(int index) {
        return payers.get(index);
    }

    public String payeeAddress() {
        return read(payee).address().hex();
    }

    public String nodeAdminSecret() {
        return read(nodeAdmin).toSecretHex();
    }

    private static SignerKey read(Path file) {
        try {
            return SignerKey.fromFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

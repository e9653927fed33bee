package io.tollkeeper.e2e;

import io.tollkeeper.protocol.Bytes32;
import io.tollkeeper.protocol.SignerKey;
import java.nio.file.Path;

/**
 * An open agreement of one customer.
 *
 * @param customer name of the customer
 * @param id on the chain
 */
public record Agreement(String customer, Bytes32 id, PlanFile plan, SignerKey signer, Path signerFile) {}

/** The way to the chain: endpoints, outbox, follower, gateways to the contracts. */
@NullMarked
package io.tollkeeper.chain;

import org.jspecify.annotations.NullMarked;

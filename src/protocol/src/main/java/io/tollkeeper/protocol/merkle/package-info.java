/**
 * The Merkle tree of RFC 6962 section 2 (the same in RFC 9162 section 2.1), over SHA-256, as pure functions: whoever
 * stores the nodes hands them in.
 */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.protocol.merkle;

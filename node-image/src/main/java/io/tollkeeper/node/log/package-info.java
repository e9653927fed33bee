/** The append-only RFC 6962 log of one epoch over the store. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.log;

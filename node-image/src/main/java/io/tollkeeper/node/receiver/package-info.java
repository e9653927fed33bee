/** Takes reports, has them checked and stored, and answers each record. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.receiver;

@org.jspecify.annotations.NullMarked
package io.tollkeeper.protocol.merkle;

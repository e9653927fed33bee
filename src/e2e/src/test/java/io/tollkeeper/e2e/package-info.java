/** Acceptance tests: the real control plane, the real chain, the artifacts that ship, and faults. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.e2e;

/** Writes the CRD's files from the classes of io.tollkeeper.api. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.api.crd;

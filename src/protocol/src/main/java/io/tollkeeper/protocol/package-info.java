/** Usage records, their canonical bytes and signatures, and the log that holds them. No I/O. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.protocol;

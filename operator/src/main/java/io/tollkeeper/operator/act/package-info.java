/** Does what a plan says; every step may be repeated. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.act;

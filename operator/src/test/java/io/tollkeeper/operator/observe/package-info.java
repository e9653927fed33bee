@org.jspecify.annotations.NullMarked
package io.tollkeeper.operator.observe;

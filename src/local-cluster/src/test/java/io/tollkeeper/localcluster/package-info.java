@org.jspecify.annotations.NullMarked
package io.tollkeeper.localcluster;

/** What the environment and its files tell a node; every fault is found before anything starts. */
@org.jspecify.annotations.NullMarked
package io.tollkeeper.node.config;

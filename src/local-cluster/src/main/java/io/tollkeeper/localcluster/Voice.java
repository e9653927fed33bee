package io.tollkeeper.localcluster;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Whether a kubelet can act and be heard. Cutting its Node off makes it silent; everything it does asks here first. */
final class Voice {
    private final String node;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition back = lock.newCondition();
    private boolean silent;

    Voice(String node) {
        this.node = node;
    }

    boolean isSilent() {
        lock.lock();
        try {
            return silent;
        } finally {
            lock.unlock();
        }
    }

    /** Returns at once, or when the kubelet is back. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (silent) {
                back.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void fallSilent() {
        lock.lock();
        try {
            silent = true;
        } finally {
            lock.unlock();
        }
    }

    void speak() {
        lock.lock();
        try {
            silent = false;
            back.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs {@code action} while the kubelet cannot fall silent, so that no process starts after a cut began. */
    <T> T whileSpeaking(Supplier<T> action) {
        lock.lock();
        try {
            if (silent) {
                throw new SilentKubeletException(node);
            }
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** For calls that take time: asks first, holds nothing. */
    void require() {
        if (isSilent()) {
            throw new SilentKubeletException(node);
        }
    }
}

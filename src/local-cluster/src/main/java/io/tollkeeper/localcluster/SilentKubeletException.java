package io.tollkeeper.localcluster;

/** A kubelet that is cut off wanted to act. Ends what it was at; it begins anew when it is back. */
final class SilentKubeletException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SilentKubeletException(String node) {
        super("the kubelet of " + node + " is cut off");
    }
}

package io.tollkeeper.localcluster;

/** What happens to the processes of a zone that is cut off. */
public enum CutMode {
    /** They stop where they stand and go on when the zone is back, as behind a cut network or in a paused machine. */
    FREEZE,

    /** They are gone, as after a power cut; when the zone is back, its kubelets start them anew. */
    KILL,

    /**
     * They go on, and Services still lead to them, but the API server is out of their reach and their kubelets': its
     * connections stay open and nothing passes.
     */
    ISOLATE_FROM_API
}

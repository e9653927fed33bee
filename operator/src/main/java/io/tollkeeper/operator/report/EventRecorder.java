package io.tollkeeper.operator.report;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.operator.Names;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Kubernetes events of a BillingNode. Best effort: an event that cannot be written never fails a pass (in a namespace
 * that is going, none can).
 */
public final class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);

    /** The same sentence is not said again within this time. */
    private static final Duration QUIET = Duration.ofMinutes(5);

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Instant> said = new ConcurrentHashMap<>();

    public EventRecorder(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    public void record(BillingNode about, Note note) {
        Instant now = clock.instant();
        String key = about.getMetadata().getUid() + note;
        said.values().removeIf(at -> now.isAfter(at.plus(QUIET)));
        if (said.putIfAbsent(key, now) != null) {
            return;
        }
        LOG.infof(
                "%s/%s %s: %s",
                about.getMetadata().getNamespace(), about.getMetadata().getName(), note.reason(), note.message());
        try {
            client.v1()
                    .events()
                    .inNamespace(about.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(about.getMetadata().getName() + ".")
                            .withNamespace(about.getMetadata().getNamespace())
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion(BillingNode.API_VERSION)
                            .withKind("BillingNode")
                            .withName(about.getMetadata().getName())
                            .withNamespace(about.getMetadata().getNamespace())
                            .withUid(about.getMetadata().getUid())
                            .endInvolvedObject()
                            .withType(note.warning() ? "Warning" : "Normal")
                            .withReason(note.reason())
                            .withMessage(note.message())
                            .withFirstTimestamp(now.toString())
                            .withLastTimestamp(now.toString())
                            .withCount(1)
                            .withNewSource()
                            .withComponent(Names.FIELD_MANAGER)
                            .endSource()
                            .withReportingComponent(Names.FIELD_MANAGER)
                            .build())
                    .create();
        } catch (RuntimeException e) {
            LOG.debugf("event %s not written: %s", note.reason(), e.getMessage());
        }
    }
}

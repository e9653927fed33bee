package io.tollkeeper.operator.act;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTermBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import io.tollkeeper.api.BillingNode;
import io.tollkeeper.api.BillingNodeSpec;
import io.tollkeeper.api.Durations;
import io.tollkeeper.api.PodSettings;
import io.tollkeeper.api.node.NodeEnvironment;
import io.tollkeeper.api.node.NodeLabels;
import io.tollkeeper.api.node.NodePorts;
import io.tollkeeper.operator.Names;
import io.tollkeeper.operator.decide.Action.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pod of one epoch. It is created once and never changed. */
final class PodTemplate {
    private static final String CONTAINER = "node";
    private static final long USER = 10001;
    private static final int KEY_MODE = 0440;
    private static final String DATA = "/var/lib/tollkeeper";
    private static final String ETC = "/etc/tollkeeper";

    private final DesiredObjects objects;
    private final BillingNodeSpec spec;
    private final String defaultImage;

    PodTemplate(BillingNode billingNode, String defaultImage) {
        this.objects = new DesiredObjects(billingNode);
        this.spec = billingNode.getSpec();
        this.defaultImage = defaultImage;
    }

    Pod pod(String node, int index, long epoch, String signer, Placement placement) {
        PodSettings settings = spec.pod();
        Map<String, String> labels = new TreeMap<>(settings.labels());
        labels.putAll(objects.epochLabels(node, epoch));
        Map<String, String> annotations = new TreeMap<>(settings.annotations());
        annotations.put(Names.SIGNER, signer);
        annotations.put(NodeLabels.SPEC_HASH, SpecHash.of(spec, image()));
        String name = Names.epoch(node, epoch);
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder(objects.meta(name, labels))
                        .withAnnotations(annotations)
                        .build())
                .withNewSpec()
                .withServiceAccountName(node)
                .withAutomountServiceAccountToken(true)
                .withEnableServiceLinks(false)
                .withRestartPolicy("Always")
                .withTerminationGracePeriodSeconds(seconds(settings.terminationGracePeriod()))
                .withPriorityClassName(settings.priorityClassName())
                .withNodeSelector(settings.nodeSelector().isEmpty() ? null : settings.nodeSelector())
                .withTolerations(settings.tolerations())
                .withImagePullSecrets(settings.imagePullSecrets())
                .withAffinity(affinity(placement))
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container(node, index, epoch))
                .withVolumes(volumes(name))
                .endSpec()
                .build();
    }

    private String image() {
        String image = spec.image();
        return image == null ? defaultImage : image;
    }

    private Container container(String node, int index, long epoch) {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(image())
                .withImagePullPolicy("IfNotPresent")
                .withEnv(environment(node, index, epoch))
                .addNewPort()
                .withName(NodePorts.GRPC_NAME)
                .withContainerPort(NodePorts.GRPC)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName(NodePorts.HTTP_NAME)
                .withContainerPort(NodePorts.HTTP)
                .withProtocol("TCP")
                .endPort()
                .withNewResources()
                .withRequests(spec.pod().resources().requests())
                .withLimits(spec.pod().resources().limits())
                .endResources()
                .withStartupProbe(probe(NodePorts.LIVE_PATH, 1, 120))
                .withLivenessProbe(probe(NodePorts.LIVE_PATH, 5, 3))
                .withReadinessProbe(probe(NodePorts.READY_PATH, 1, 2))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(mounts())
                .build();
    }

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(NodePorts.HTTP_NAME)
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(2)
                .withFailureThreshold(failures)
                .build();
    }

    private List<EnvVar> environment(String node, int index, long epoch) {
        Map<String, String> values = new TreeMap<>();
        values.put(NodeEnvironment.NAMESPACE, objects.namespace());
        values.put(NodeEnvironment.BILLING_NODE, objects.name());
        values.put(NodeEnvironment.NODE_NAME, node);
        values.put(NodeEnvironment.NODE_INDEX, Integer.toString(index));
        values.put(NodeEnvironment.EPOCH, Long.toString(epoch));
        values.put(NodeEnvironment.POD_NAME, Names.epoch(node, epoch));
        values.put(NodeEnvironment.KEY_FILE, ETC + "/key/" + DesiredObjects.KEY_FILE);
        values.put(NodeEnvironment.DATA_DIR, DATA);
        values.put(NodeEnvironment.CHAIN_DIR, ETC + "/chain");
        values.put(NodeEnvironment.PLANS_DIR, ETC + "/plans");
        values.put(NodeEnvironment.ANCHOR_MODE, spec.anchor().mode().name());
        values.put(NodeEnvironment.ANCHOR_INTERVAL, spec.anchor().interval());
        values.put(NodeEnvironment.ANCHOR_PROMISE, spec.anchor().promise());
        values.put(NodeEnvironment.LEASE_NAME, node);
        values.put(NodeEnvironment.LEASE_RENEW_INTERVAL, spec.health().renewInterval());
        values.put(NodeEnvironment.LEASE_DURATION, spec.health().leaseDuration());
        values.put(NodeEnvironment.DRAIN_DEADLINE, spec.update().drainDeadline());
        List<EnvVar> environment = new ArrayList<>();
        values.forEach((name, value) -> environment.add(
                new EnvVarBuilder().withName(name).withValue(value).build()));
        return environment;
    }

    private static List<VolumeMount> mounts() {
        return List.of(
                mount("data", DATA, false),
                mount("tmp", "/tmp", false),
                mount("key", ETC + "/key", true),
                mount("chain", ETC + "/chain", true),
                mount("plans", ETC + "/plans", true));
    }

    private static VolumeMount mount(String name, String path, boolean readOnly) {
        return new VolumeMountBuilder()
                .withName(name)
                .withMountPath(path)
                .withReadOnly(readOnly ? true : null)
                .build();
    }

    private List<Volume> volumes(String epochName) {
        List<VolumeProjection> plans = spec.plans().configMaps().stream()
                .map(name -> new VolumeProjectionBuilder()
                        .withNewConfigMap()
                        .withName(name)
                        .endConfigMap()
                        .build())
                .toList();
        return List.of(
                new VolumeBuilder()
                        .withName("data")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build(),
                new VolumeBuilder()
                        .withName("tmp")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build(),
                new VolumeBuilder()
                        .withName("key")
                        .withNewSecret()
                        .withSecretName(epochName)
                        .withDefaultMode(KEY_MODE)
                        .endSecret()
                        .build(),
                new VolumeBuilder()
                        .withName("chain")
                        .withNewConfigMap()
                        .withName(Names.chain(objects.name()))
                        .endConfigMap()
                        .build(),
                new VolumeBuilder()
                        .withName("plans")
                        .withNewProjected()
                        .withSources(plans)
                        .endProjected()
                        .build());
    }

    /**
     * Failed zones are forbidden, the operator's order is a wish: a pod pinned to a zone that is full waits for ever,
     * one with a wish lands in the next best zone at once.
     */
    private static Affinity affinity(Placement placement) {
        List<NodeSelectorRequirement> required = new ArrayList<>();
        if (!placement.onlyZones().isEmpty()) {
            required.add(requirement(Names.ZONE_LABEL, "In", placement.onlyZones()));
        }
        List<String> labelled = placement.excludedZones().stream()
                .filter(zone -> !zone.equals(Names.NO_ZONE))
                .toList();
        if (!labelled.isEmpty()) {
            required.add(requirement(Names.ZONE_LABEL, "NotIn", labelled));
        }
        if (placement.excludedZones().contains(Names.NO_ZONE)) {
            required.add(requirement(Names.ZONE_LABEL, "Exists", List.of()));
        }
        if (!placement.excludedMachines().isEmpty()) {
            required.add(requirement(Names.HOST_LABEL, "NotIn", placement.excludedMachines()));
        }
        List<PreferredSchedulingTerm> preferred = new ArrayList<>();
        new TreeMap<>(placement.zoneWeights())
                .forEach((zone, weight) -> preferred.add(new PreferredSchedulingTermBuilder()
                        .withWeight(weight)
                        .withNewPreference()
                        .withMatchExpressions(requirement(Names.ZONE_LABEL, "In", List.of(zone)))
                        .endPreference()
                        .build()));
        var node = new AffinityBuilder().withNewNodeAffinity();
        if (!required.isEmpty()) {
            node.withNewRequiredDuringSchedulingIgnoredDuringExecution()
                    .addNewNodeSelectorTerm()
                    .withMatchExpressions(required)
                    .endNodeSelectorTerm()
                    .endRequiredDuringSchedulingIgnoredDuringExecution();
        }
        return node.withPreferredDuringSchedulingIgnoredDuringExecution(preferred)
                .endNodeAffinity()
                .build();
    }

    private static NodeSelectorRequirement requirement(String key, String operator, List<String> values) {
        return new NodeSelectorRequirementBuilder()
                .withKey(key)
                .withOperator(operator)
                .withValues(values.stream().sorted().toList())
                .build();
    }

    /** Kubernetes counts whole seconds; a part of one counts as one. */
    private static long seconds(String duration) {
        Duration parsed = Durations.parse(duration);
        return parsed.toSeconds() + (parsed.toMillisPart() > 0 ? 1 : 0);
    }
}

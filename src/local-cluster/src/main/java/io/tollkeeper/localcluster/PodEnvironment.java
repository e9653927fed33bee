package io.tollkeeper.localcluster;

import static io.tollkeeper.localcluster.PodFields.orEmpty;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command and the environment that a container's process starts with. */
record PodEnvironment(List<String> command, Map<String, String> variables) {
    private static final String IDENTITY = "/var/run/secrets/kubernetes.io/serviceaccount";

    PodEnvironment {
        command = List.copyOf(command);
        variables = Map.copyOf(variables);
    }

    static PodEnvironment of(Machine machine, Kubelet kubelet, Pod pod, Container container, Path root, String podIp)
            throws NotYetException {
        var entry = machine.images()
                .find(container.getImage())
                .orElseThrow(() -> new NotYetException(
                        "ErrImagePull", "image " + container.getImage() + " is not among the images of this cluster"));
        var namespace = pod.getMetadata().getNamespace();
        var context = new ContainerContext(
                namespace,
                pod.getMetadata().getName(),
                container.getName(),
                kubelet.node(),
                podIp,
                machine.names().ofNamespace(namespace),
                PodFields.memoryLimitBytes(container),
                root);
        var mounts = container.getVolumeMounts().stream()
                .map(VolumeMount::getMountPath)
                .toList();
        var declared = declared(machine, kubelet, pod, container, podIp);
        var variables = new LinkedHashMap<String, String>();
        variables.put("HOME", root.toString());
        variables.put("LANG", "C.UTF-8");
        variables.put("HOSTNAME", pod.getMetadata().getName());
        declared.forEach((name, value) -> variables.put(name, PodText.relocate(value, mounts, root)));
        variables.putAll(identity(kubelet, namespace, mounts, root));
        variables.putAll(entry.environment().apply(context));

        var command = new ArrayList<String>();
        if (container.getCommand().isEmpty()) {
            command.addAll(entry.command().apply(context));
        }
        for (var words : List.of(container.getCommand(), container.getArgs())) {
            words.forEach(word -> command.add(PodText.relocate(PodText.expand(word, declared), mounts, root)));
        }
        return new PodEnvironment(command, variables);
    }

    /** How a process finds the API server and who it is there: what fabric8 reads from fixed paths in a container. */
    private static Map<String, String> identity(Kubelet kubelet, String namespace, List<String> mounts, Path root) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("KUBERNETES_SERVICE_HOST", kubelet.address());
        variables.put("KUBERNETES_SERVICE_PORT", String.valueOf(kubelet.apiPort()));
        variables.put("KUBERNETES_SERVICE_PORT_HTTPS", String.valueOf(kubelet.apiPort()));
        if (mounts.contains(IDENTITY)) {
            variables.put("KUBERNETES_MASTER", "https://" + kubelet.address() + ":" + kubelet.apiPort());
            variables.put("KUBERNETES_NAMESPACE", namespace);
            variables.put("KUBERNETES_CERTS_CA_FILE", root + IDENTITY + "/ca.crt");
            variables.put("KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN", root + IDENTITY + "/token");
            // No kubeconfig of the user may take the place of the pod's own identity.
            variables.put("KUBECONFIG", root + "/no-kubeconfig");
        }
        return variables;
    }

    private static Map<String, String> declared(
            Machine machine, Kubelet kubelet, Pod pod, Container container, String podIp) throws NotYetException {
        var variables = new LinkedHashMap<String, String>();
        for (var source : container.getEnvFrom()) {
            putAll(machine, pod.getMetadata().getNamespace(), source, variables);
        }
        for (EnvVar variable : container.getEnv()) {
            var from = variable.getValueFrom();
            if (from == null) {
                var value = variable.getValue() == null ? "" : variable.getValue();
                variables.put(variable.getName(), PodText.expand(value, variables));
            } else {
                referenced(machine, kubelet, pod, container, podIp, from)
                        .ifPresent(value -> variables.put(variable.getName(), value));
            }
        }
        return variables;
    }

    private static Optional<String> referenced(
            Machine machine, Kubelet kubelet, Pod pod, Container container, String podIp, EnvVarSource from)
            throws NotYetException {
        if (from.getFieldRef() != null) {
            return Optional.of(PodFields.value(pod, from.getFieldRef(), podIp, kubelet.address()));
        }
        if (from.getResourceFieldRef() != null) {
            return Optional.of(PodFields.value(container, from.getResourceFieldRef()));
        }
        var namespace = pod.getMetadata().getNamespace();
        if (from.getConfigMapKeyRef() != null) {
            var ref = from.getConfigMapKeyRef();
            return required(
                    configMap(machine, namespace, ref.getName(), ref.getOptional())
                            .get(ref.getKey()),
                    ref.getOptional(),
                    "configmap " + ref.getName() + " has no key " + ref.getKey());
        }
        var ref = from.getSecretKeyRef();
        return required(
                secret(machine, namespace, ref.getName(), ref.getOptional()).get(ref.getKey()),
                ref.getOptional(),
                "secret " + ref.getName() + " has no key " + ref.getKey());
    }

    private static void putAll(Machine machine, String namespace, EnvFromSource source, Map<String, String> variables)
            throws NotYetException {
        var prefix = source.getPrefix() == null ? "" : source.getPrefix();
        var values = new LinkedHashMap<String, String>();
        if (source.getConfigMapRef() != null) {
            var ref = source.getConfigMapRef();
            values.putAll(configMap(machine, namespace, ref.getName(), ref.getOptional()));
        }
        if (source.getSecretRef() != null) {
            var ref = source.getSecretRef();
            values.putAll(secret(machine, namespace, ref.getName(), ref.getOptional()));
        }
        values.forEach((key, value) -> variables.put(prefix + key, value));
    }

    private static Map<String, String> configMap(
            Machine machine, String namespace, String name, @Nullable Boolean optional) throws NotYetException {
        var map = machine.configMaps().getIndexer().getByKey(namespace + "/" + name);
        if (map == null) {
            requireOptional(optional, "configmap \"" + name + "\" not found");
            return Map.of();
        }
        return orEmpty(map.getData());
    }

    private static Map<String, String> secret(
            Machine machine, String namespace, String name, @Nullable Boolean optional) throws NotYetException {
        var secret = machine.secrets().getIndexer().getByKey(namespace + "/" + name);
        if (secret == null) {
            requireOptional(optional, "secret \"" + name + "\" not found");
            return Map.of();
        }
        var values = new LinkedHashMap<String, String>();
        orEmpty(secret.getData())
                .forEach((key, value) ->
                        values.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return values;
    }

    private static Optional<String> required(@Nullable String value, @Nullable Boolean optional, String problem)
            throws NotYetException {
        if (value == null) {
            requireOptional(optional, problem);
        }
        return Optional.ofNullable(value);
    }

    private static void requireOptional(@Nullable Boolean optional, String problem) throws NotYetException {
        if (!Boolean.TRUE.equals(optional)) {
            throw new NotYetException("CreateContainerConfigError", problem);
        }
    }
}

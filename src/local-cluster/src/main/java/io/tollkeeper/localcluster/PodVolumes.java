package io.tollkeeper.localcluster;

import static io.tollkeeper.localcluster.PodFields.orEmpty;
import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.tollkeeper.localcluster.AtomicFolder.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The volumes of one pod as folders, and the roots of its containers with links to them where they are mounted. */
final class PodVolumes {
    private static final int DEFAULT_MODE = 0644;
    private static final int TOKEN_MODE = 0600;
    private static final long TOKEN_SECONDS = 3600;

    private record Token(String value, Instant renewAt) {}

    private final Machine machine;
    private final Kubelet kubelet;
    private final Path folder;
    private final String podIp;
    private final Map<String, AtomicFolder> written = new HashMap<>();
    private final Map<String, Token> tokens = new HashMap<>();

    PodVolumes(Machine machine, Kubelet kubelet, Path folder, String podIp) {
        this.machine = machine;
        this.kubelet = kubelet;
        this.folder = folder;
        this.podIp = podIp;
    }

    /** Folder under which the mounts of {@code container} lie. */
    Path root(Container container) {
        return folder.resolve("roots").resolve(container.getName());
    }

    /** Writes every volume as it should be now: ConfigMaps and Secrets anew when they changed, tokens when they age. */
    void write(Pod pod) throws NotYetException {
        for (var volume : pod.getSpec().getVolumes()) {
            if (volume.getEmptyDir() != null) {
                makeFolder(place(volume.getName()));
            } else {
                written.computeIfAbsent(volume.getName(), name -> new AtomicFolder(place(name)))
                        .write(contents(pod, volume));
            }
        }
    }

    /** Links each mount of each container to its volume. */
    void mount(Pod pod) {
        for (var container : pod.getSpec().getContainers()) {
            makeFolder(root(container));
            for (var mount : container.getVolumeMounts()) {
                link(container, mount);
            }
            makeTemporary(root(container).resolve("tmp"));
        }
    }

    private void link(Container container, VolumeMount mount) {
        var target = place(mount.getName());
        if (mount.getSubPath() != null && !mount.getSubPath().isEmpty()) {
            target = target.resolve(mount.getSubPath());
        }
        var at = Path.of(root(container) + mount.getMountPath()).normalize();
        if (!at.startsWith(root(container)) || at.equals(root(container))) {
            throw new IllegalArgumentException("expected a mount path below /, got " + mount.getMountPath());
        }
        makeFolder(requireNonNull(at.getParent(), "a mount path has a folder above it"));
        try {
            if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(at, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every container has a /tmp; a mounted one is there already. */
    private static void makeTemporary(Path path) {
        if (!Files.exists(path)) {
            makeFolder(path);
        }
    }

    private Path place(String volume) {
        return folder.resolve("volumes").resolve(volume);
    }

    private Map<String, Content> contents(Pod pod, Volume volume) throws NotYetException {
        var files = new HashMap<String, Content>();
        if (volume.getConfigMap() != null) {
            var source = volume.getConfigMap();
            putConfigMap(
                    files,
                    pod,
                    source.getName(),
                    source.getItems(),
                    mode(source.getDefaultMode()),
                    Boolean.TRUE.equals(source.getOptional()));
        } else if (volume.getSecret() != null) {
            var source = volume.getSecret();
            putSecret(
                    files,
                    pod,
                    source.getSecretName(),
                    source.getItems(),
                    mode(source.getDefaultMode()),
                    Boolean.TRUE.equals(source.getOptional()));
        } else if (volume.getDownwardAPI() != null) {
            putFields(
                    files,
                    pod,
                    volume.getDownwardAPI().getItems(),
                    mode(volume.getDownwardAPI().getDefaultMode()));
        } else if (volume.getProjected() != null) {
            for (var source : volume.getProjected().getSources()) {
                putProjection(files, pod, source, mode(volume.getProjected().getDefaultMode()));
            }
        }
        return files;
    }

    private void putProjection(Map<String, Content> files, Pod pod, VolumeProjection source, int mode)
            throws NotYetException {
        if (source.getServiceAccountToken() != null) {
            var token = source.getServiceAccountToken();
            files.put(token.getPath(), Content.of(utf8(token(pod, token)), TOKEN_MODE));
        }
        if (source.getConfigMap() != null) {
            var map = source.getConfigMap();
            putConfigMap(files, pod, map.getName(), map.getItems(), mode, Boolean.TRUE.equals(map.getOptional()));
        }
        if (source.getSecret() != null) {
            var secret = source.getSecret();
            putSecret(files, pod, secret.getName(), secret.getItems(), mode, Boolean.TRUE.equals(secret.getOptional()));
        }
        if (source.getDownwardAPI() != null) {
            putFields(files, pod, source.getDownwardAPI().getItems(), mode);
        }
    }

    private void putConfigMap(
            Map<String, Content> files, Pod pod, String name, List<KeyToPath> items, int mode, boolean optional)
            throws NotYetException {
        var map = machine.configMaps().getIndexer().getByKey(pod.getMetadata().getNamespace() + "/" + name);
        if (map == null) {
            requireOptional(optional, "configmap \"" + name + "\" not found");
            return;
        }
        var values = new HashMap<String, byte[]>();
        orEmpty(map.getData()).forEach((key, value) -> values.put(key, utf8(value)));
        orEmpty(map.getBinaryData())
                .forEach((key, value) -> values.put(key, Base64.getDecoder().decode(value)));
        putItems(files, values, items, mode, optional, "configmap \"" + name + "\"");
    }

    private void putSecret(
            Map<String, Content> files, Pod pod, String name, List<KeyToPath> items, int mode, boolean optional)
            throws NotYetException {
        var secret = machine.secrets().getIndexer().getByKey(pod.getMetadata().getNamespace() + "/" + name);
        if (secret == null) {
            requireOptional(optional, "secret \"" + name + "\" not found");
            return;
        }
        var values = new HashMap<String, byte[]>();
        orEmpty(secret.getData())
                .forEach((key, value) -> values.put(key, Base64.getDecoder().decode(value)));
        putItems(files, values, items, mode, optional, "secret \"" + name + "\"");
    }

    private static void putItems(
            Map<String, Content> files,
            Map<String, byte[]> values,
            @Nullable List<KeyToPath> items,
            int mode,
            boolean optional,
            String source)
            throws NotYetException {
        if (items == null || items.isEmpty()) {
            values.forEach((key, value) -> files.put(key, Content.of(value, mode)));
            return;
        }
        for (var item : items) {
            var value = values.get(item.getKey());
            if (value == null) {
                requireOptional(optional, source + " has no key \"" + item.getKey() + "\"");
            } else {
                files.put(item.getPath(), Content.of(value, item.getMode() == null ? mode : item.getMode()));
            }
        }
    }

    private void putFields(Map<String, Content> files, Pod pod, List<DownwardAPIVolumeFile> items, int mode)
            throws NotYetException {
        for (var item : items) {
            var value = PodFields.value(pod, item.getFieldRef(), podIp, kubelet.address());
            files.put(item.getPath(), Content.of(utf8(value), item.getMode() == null ? mode : item.getMode()));
        }
    }

    /** A token of the pod's ServiceAccount, bound to the pod, asked for anew after 80 % of its life. */
    private String token(Pod pod, ServiceAccountTokenProjection source) {
        var known = tokens.get(source.getPath());
        if (known != null && Instant.now().isBefore(known.renewAt())) {
            return known.value();
        }
        long seconds = source.getExpirationSeconds() == null ? TOKEN_SECONDS : source.getExpirationSeconds();
        var request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(seconds)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec();
        if (source.getAudience() != null && !source.getAudience().isEmpty()) {
            request.editSpec().withAudiences(source.getAudience()).endSpec();
        }
        var answer = kubelet.api(() -> machine.client()
                .serviceAccounts()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getSpec().getServiceAccountName())
                .tokenRequest(request.build()));
        var value = answer.getStatus().getToken();
        tokens.put(source.getPath(), new Token(value, Instant.now().plus(Duration.ofSeconds(seconds * 4 / 5))));
        return value;
    }

    private static void requireOptional(boolean optional, String problem) throws NotYetException {
        if (!optional) {
            throw new NotYetException("ContainerCreating", problem);
        }
    }

    private static int mode(@Nullable Integer given) {
        return given == null ? DEFAULT_MODE : given;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void makeFolder(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

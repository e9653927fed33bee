package io.tollkeeper.localcluster;

import static io.tollkeeper.localcluster.PodFields.orEmpty;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Stands for Service routing: listens on each Service's ClusterIP and leads connections to a ready pod of its selector,
 * as kube-proxy would. A port without such a pod refuses connections. It also keeps the hosts files.
 */
final class ServiceRouter implements AutoCloseable {
    /** Where a connection may go. */
    record Endpoint(String podUid, InetSocketAddress address) {}

    private static final System.Logger LOG = System.getLogger(ServiceRouter.class.getName());
    private static final String NO_CLUSTER_IP = "None";

    private final Supplier<List<Service>> services;
    private final Supplier<List<Pod>> pods;
    private final HostsFiles names;
    private final Map<InetSocketAddress, Forwarder> forwarders = new HashMap<>();
    private final Connections connections = new Connections();
    private final Voice path = new Voice("services");
    private final Set<InetSocketAddress> unbindable = new HashSet<>();
    private final Semaphore changes = new Semaphore(0);
    private final Thread thread;

    ServiceRouter(Supplier<List<Service>> services, Supplier<List<Pod>> pods, HostsFiles names) {
        this.services = services;
        this.pods = pods;
        this.names = names;
        this.thread = Thread.ofVirtual().name("service-router").start(this::run);
    }

    /** Services or pods have changed. */
    void changed() {
        changes.release();
    }

    private void run() {
        try {
            while (true) {
                changes.acquire();
                changes.drainPermits();
                try {
                    update();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "Service routes stay as they were", e);
                }
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void update() {
        var allPods = pods.get();
        var routes = new HashMap<InetSocketAddress, List<Endpoint>>();
        var hosts = new ArrayList<HostsFiles.Entry>();
        for (var service : services.get()) {
            var selected = selected(service, allPods);
            var clusterIp = service.getSpec().getClusterIP();
            var namespace = service.getMetadata().getNamespace();
            var name = service.getMetadata().getName();
            if (NO_CLUSTER_IP.equals(clusterIp)) {
                usable(service, selected).stream()
                        .map(pod -> pod.getStatus().getPodIP())
                        .forEach(address -> hosts.add(new HostsFiles.Entry(namespace, name, address)));
            } else if (clusterIp != null && !clusterIp.isEmpty()) {
                hosts.add(new HostsFiles.Entry(namespace, name, clusterIp));
                for (var port : service.getSpec().getPorts()) {
                    routes.put(new InetSocketAddress(clusterIp, port.getPort()), endpoints(service, port, selected));
                }
            }
        }
        names.replace(hosts);
        synchronized (forwarders) {
            apply(
                    routes,
                    allPods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet()));
        }
    }

    private void apply(Map<InetSocketAddress, List<Endpoint>> routes, Set<String> podUids) {
        forwarders.entrySet().removeIf(entry -> {
            var gone = routes.getOrDefault(entry.getKey(), List.of()).isEmpty();
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        routes.forEach((address, endpoints) -> {
            if (!endpoints.isEmpty()) {
                lead(address, endpoints);
            }
        });
        connections.keepOnly(podUids);
    }

    private void lead(InetSocketAddress address, List<Endpoint> endpoints) {
        var known = forwarders.get(address);
        if (known != null) {
            known.lead(endpoints);
            return;
        }
        try {
            forwarders.put(address, new Forwarder(address, endpoints, connections, path));
            unbindable.remove(address);
        } catch (IOException e) {
            if (unbindable.add(address)) {
                LOG.log(System.Logger.Level.WARNING, "the Service address {0} cannot be listened on: {1}", address, e);
            }
        }
    }

    private static List<Pod> selected(Service service, List<Pod> pods) {
        var selector = orEmpty(service.getSpec().getSelector());
        if (selector.isEmpty()) {
            return List.of();
        }
        return pods.stream()
                .filter(pod -> Objects.equals(
                        pod.getMetadata().getNamespace(), service.getMetadata().getNamespace()))
                .filter(pod -> orEmpty(pod.getMetadata().getLabels()).entrySet().containsAll(selector.entrySet()))
                .filter(pod -> pod.getStatus().getPodIP() != null
                        && !"Succeeded".equals(pod.getStatus().getPhase())
                        && !"Failed".equals(pod.getStatus().getPhase()))
                .toList();
    }

    /** Ready pods; where there is none, ready ones that are being deleted, as kube-proxy does. */
    private static List<Pod> usable(Service service, List<Pod> selected) {
        if (Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses())) {
            return selected;
        }
        var ready = selected.stream().filter(ServiceRouter::isReady).toList();
        var staying = ready.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        return staying.isEmpty() ? ready : staying;
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static List<Endpoint> endpoints(Service service, ServicePort port, List<Pod> selected) {
        if (port.getProtocol() != null && !"TCP".equals(port.getProtocol())) {
            return List.of();
        }
        var endpoints = new ArrayList<Endpoint>();
        for (var pod : usable(service, selected)) {
            targetPort(port, pod)
                    .ifPresent(target -> endpoints.add(new Endpoint(
                            pod.getMetadata().getUid(),
                            new InetSocketAddress(pod.getStatus().getPodIP(), target))));
        }
        return endpoints;
    }

    private static Optional<Integer> targetPort(ServicePort port, Pod pod) {
        IntOrString target = port.getTargetPort();
        if (target == null) {
            return Optional.of(port.getPort());
        }
        if (target.getIntVal() != null) {
            return Optional.of(target.getIntVal());
        }
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(candidate -> target.getStrVal().equals(candidate.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    }

    @Override
    public void close() {
        thread.interrupt();
        synchronized (forwarders) {
            forwarders.values().forEach(Forwarder::close);
            forwarders.clear();
        }
        connections.closeAll();
    }
}

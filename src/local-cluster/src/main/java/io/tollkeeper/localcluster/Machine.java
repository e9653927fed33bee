package io.tollkeeper.localcluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;

/**
 * What all stand-in kubelets share: the machine they pretend to be many of.
 *
 * @param client with all rights
 * @param children starts processes
 * @param network gives addresses
 * @param images what stands for an image
 * @param controlPlane where pods find the API server
 * @param names hosts files
 * @param configMaps all ConfigMaps, watched
 * @param secrets all Secrets, watched
 * @param restartBackOff delay before the second restart of a container in a row; doubles
 * @param restartBackOffMax upper bound of that delay
 */
record Machine(
        KubernetesClient client,
        Children children,
        LocalNetwork network,
        Images images,
        ControlPlane controlPlane,
        HostsFiles names,
        SharedIndexInformer<ConfigMap> configMaps,
        SharedIndexInformer<Secret> secrets,
        Duration restartBackOff,
        Duration restartBackOffMax) {}

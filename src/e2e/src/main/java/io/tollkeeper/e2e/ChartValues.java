package io.tollkeeper.e2e;

import io.tollkeeper.localcluster.LocalCluster;

/** Values of the chart for the local cluster: its one chain, and the place of the operator. */
final class ChartValues {
    private static final String VALUES = """
            chains:
              default:
                chainId: "%s"
                endpoints: ["%s"]
                usageAnchor: "%s"
                feeVault: "%s"
                startBlock: "%s"
                finalityDepth: "%s"
                blockTime: 1s
                fleet: "%s"
                adminKey:
                  value: "%s"
            operator:
              nodeSelector:
                %s: %s
              tolerations:
                - {key: %s, operator: Exists}
            """;

    private ChartValues() {}

    static String of(ChainView chain, Accounts accounts) {
        var keys = chain.keys();
        return VALUES.formatted(
                keys.get("chainId"),
                keys.get("endpoints"),
                keys.get("usageAnchor"),
                keys.get("feeVault"),
                keys.get("startBlock"),
                keys.get("finalityDepth"),
                keys.get("fleet"),
                accounts.nodeAdminSecret(),
                LocalCluster.ROLE,
                LocalCluster.SYSTEM_NODE,
                LocalCluster.ROLE);
    }
}

package io.tollkeeper.cli;

/** A plan document whose payee is the second account of a development chain. */
final class Plans {
    static final String GOOD = """
            apiVersion: tollkeeper.io/v1
            plan:
              payee: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
              methods: [DEPOSIT]
              conditions: [STOP]
              offlineAfter: 20s
              withdrawDelay: 120s
              reportEvery: 2s
              grace: 2s
            tariff:
              version: "1"
              engineVersion: 1
              window: none
              meters: [{id: 1, name: time, unit: s}, {id: 2, name: rx, unit: B}, {id: 3, name: tx, unit: B}]
              lines: [{name: minutes, meter: time, kind: perUnit, price: "100", per: "60", rounding: DOWN}]
            """;

    private Plans() {}
}

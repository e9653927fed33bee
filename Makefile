# Tollkeeper. `make help` lists the targets; each does all of its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo cluster test build generate format clean tools kube-binaries

JAVA_HOME := $(shell src/build/find-jdk.sh)
export JAVA_HOME
# JDK 25 warns of what Maven itself still calls.
export MAVEN_OPTS += --sun-misc-unsafe-memory-access=allow

# Downloads are cached by Maven, npm and Go as usual; MAVEN_ARGS is yours (for example -o).
MVN := mvn -B -ntp $(MAVEN_ARGS)
# A demo or cluster ends with the make that started it (setpriv), also when that is killed.
JAVA := $(JAVA_HOME)/bin/java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow

SOURCES := $(shell git ls-files --cached --others --exclude-standard -- '*.java' '*.sol' '*.proto' '*.xml' '*.properties' \
             'src/contracts/*.json' 'src/contracts/*.toml' 'src/contracts/tools/*' 2>/dev/null | grep -v /src/test/)
BUILT := build/.built

help: ## List the targets
	@echo "Tollkeeper: metering that proves itself, on billing nodes that move between zones"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'
	@echo
	@echo "Variables: JAVA_HOME (JDK 25 or newer), MAVEN_ARGS, TOLLKEEPER_KUBE_BIN (folder with Kubernetes binaries of your own)"

demo: tools $(BUILT) ## Meter three customers on a local cluster, cut a zone, collect every fee (writes build/demo/summary.json)
	@kube=$$(src/local-cluster/kube/build.sh | tail -n 1) && test -n "$$kube" && mkdir -p build/demo && \
	  exec setpriv --pdeathsig KILL $(JAVA) -Dtollkeeper.kube="$$kube" -cp "src/e2e/target/classes:$$(cat src/e2e/target/classpath.txt)" io.tollkeeper.e2e.Demo build/demo

cluster: tools $(BUILT) ## Start a local cluster by itself, for development, and keep it until Ctrl-C
	@exec setpriv --pdeathsig KILL $(JAVA) -cp "src/e2e/target/classes:$$(cat src/e2e/target/classpath.txt)" io.tollkeeper.localcluster.Main \
	  tollkeeper/operator:0.1.0=operator/target/tollkeeper-operator-0.1.0-runner.jar \
	  tollkeeper/node:0.1.0=node-image/target/tollkeeper-node-0.1.0-runner.jar

test: tools ## Run every test: contracts, modules, and the acceptance tests on a local cluster
	@src/build/beside.sh build/kube-binaries.log src/local-cluster/kube/build.sh -- $(MVN) verify

build: tools $(BUILT) ## Compile and package everything, without tests

generate: tools ## Rewrite what machines write: CRDs, ABI, reference tables; CI fails if that leaves a difference
	@$(MVN) -q -Pgenerate -DskipTests -Dspotless.check.skip -pl src/api,src/protocol,src/contracts -am process-test-classes

format: tools ## Format Java and Solidity
	@$(MVN) -q spotless:apply
	@cd src/contracts && npx --no-install forge fmt

kube-binaries: tools ## Build the Kubernetes binaries of the local cluster into your cache (once, 6-8 minutes cold)
	@src/local-cluster/kube/build.sh

clean: ## Remove everything that was built here (the cache of Kubernetes binaries stays)
	@rm -rf build && find . -name target -type d -not -path '*/node_modules/*' -prune -exec rm -rf {} +

tools:
	@test -n "$(JAVA_HOME)" && src/build/check-tools.sh

$(BUILT): $(SOURCES)
	@src/build/beside.sh build/kube-binaries.log src/local-cluster/kube/build.sh -- $(MVN) -DskipTests -Dmaven.test.skip=true -Dspotless.check.skip package
	@mkdir -p build && touch $(BUILT)

# Everything here runs on a machine with Go, make, git, curl and a C compiler.
# What is built is in .sandbox. What is started and stored is there, too, or in the
# directory that SANDBOX_HOME names. Nothing else is written but Go's own caches.
#
# Make takes a space for the end of a path, and knows no quotes. So all paths here
# are relative to the checkout, and what the environment says, STACK and
# SANDBOX_HOME, the commands take from the environment.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # one build at a time: some of them need gigabytes

STACK ?= dev
export STACK

# A pulumi of this machine's own, beside the one that is built here.
installed := $(shell PATH="$${PATH#"$$(pwd -P)/.sandbox/bin:"}"; pulumi version 2>/dev/null)

bin := .sandbox/bin
export PATH := $(CURDIR)/$(bin):$(value PATH)

# What the sandbox's Azure has, unless the environment names another one.
export ARM_SUBSCRIPTION_ID ?= 00000000-0000-0000-0000-000000000000

# Two of the program's packages need 5 GB each to compile. With less than 14 GB,
# packages are compiled one after the other.
export GOFLAGS += $(shell awk '/^MemTotal/ && $$2 < 14000000 { print "-p=1" }' /proc/meminfo 2>/dev/null)

# With more than 20 GB, the compilers collect garbage less often: a first build takes a
# fifth less. Nothing else gets the variable.
compile := env $(shell awk '/^MemTotal/ && $$2 > 20000000 { print "GOGC=400" }' /proc/meminfo 2>/dev/null)
# $(call step,TITLE) before a command runs it quietly, with a log of its own.
step = @tools/step "$(1)" .sandbox/logs/$(notdir $@).log
# $(call version,MODULE,DIRECTORY) is the version that DIRECTORY/go.mod requires.
version = $(shell awk '$$1 == "$(1)" { print $$2; exit }' $(2)/go.mod)

space := $(subst ,, )

# What comes before anything is built: sandbox/cmd/home.
home = @go -C sandbox tool home
pulumi := sandbox/pulumi
select = @$(pulumi) stack select --create "$$STACK"

##@ Use

.PHONY: up
up: stack-file sandbox ## Deploy the stack STACK (dev) in the sandbox and print what it has; JSON=1 prints all outputs
	$(select)
	@$(pulumi) up --stack "$$STACK" --yes --suppress-outputs
	@$(pulumi) stack output --json --stack "$$STACK"$(if $(JSON),, | go run ./cmd/overview)

.PHONY: preview
preview: stack-file sandbox ## Show what up would change
	$(select)
	@$(pulumi) preview --stack "$$STACK" --suppress-outputs

.PHONY: refresh
refresh: stack-state sandbox ## Take over drift into the state
	@$(pulumi) refresh --stack "$$STACK" --yes

.PHONY: addresses
addresses: stack-file stack-state sandbox ## Bring changed addresses of container groups into the gateways' pools
	@tools/addresses $(pulumi) --stack "$$STACK" --suppress-outputs

.PHONY: recover
recover: stack-state sandbox ## After a kill: take what was being made over into the state
	@recover --pulumi $(pulumi) --events "$${SANDBOX_HOME:-.sandbox}/events" --stack "$$STACK"

.PHONY: destroy
destroy: stack-state sandbox ## Delete all that the stack made
	@$(pulumi) destroy --stack "$$STACK" --yes

.PHONY: stack-file stack-state
stack-file: # the stack that is to be deployed has a stack file
	$(home) file "$$STACK"
stack-state: # the stack that is worked on has been deployed
	$(home) state "$$STACK"

.PHONY: sandbox
sandbox: build ## Build the sandbox and start the clusters that it has
	$(call step,start the sandbox) sandbox start

.PHONY: sandbox-stop
sandbox-stop: ## Stop all that the sandbox started; what it stores is kept
	@if [ -x $(bin)/sandbox ]; then $(bin)/sandbox stop; fi

.PHONY: clean
clean: sandbox-stop ## Remove all that was built and stored
	$(home) clean

##@ Develop

# The suites of the tests: the program; the sandbox's parts; make and the scripts, in
# a clone at a strange path; on the real engine, the lives of the stacks, what a
# tenant more or less changes among a thousand, outages, kills and faults; and what
# becomes of mistakes.
suites := program sandbox clone lifecycle scale outages crash faults mutants
engine_suites := clone lifecycle scale outages crash faultsuite mutants

.PHONY: test
test: build ## Run all tests, and print how long each suite takes
	@tools/suites $(suites)

.PHONY: $(addprefix test-,$(suites))
test-program: build
	go test ./...
# Never from the cache: the sandbox's tests run programs that Go does not know of.
test-sandbox: build
	cd sandbox && go test -count=1 -timeout 20m $$(go list ./... | grep -vE '/sandbox/($(subst $(space),|,$(engine_suites)))$$')
test-clone: build
	go -C sandbox test -count=1 -timeout 20m ./clone
test-lifecycle: build
	go -C sandbox test -count=1 -timeout 30m ./lifecycle
test-scale: build
	go -C sandbox test -count=1 -timeout 20m ./scale
test-crash: build
	go -C sandbox test -v -count=1 -timeout 30m ./crash # which prints what was killed
test-faults: build
	go -C sandbox test -count=1 -timeout 30m ./faultsuite
test-outages: build
	go -C sandbox test -count=1 -timeout 20m ./outages
test-mutants: build
	go -C sandbox test -count=1 -timeout 30m ./mutants

.PHONY: lint
# More prerequisites are below.
lint: home ## Check the format and look for mistakes in every module
	tools/lint/run . sandbox

.PHONY: bench
bench: build ## Measure previews and deployments; writes docs/benchmarks.md
	go -C sandbox run ./bench

.PHONY: generate
generate: build ## Update what is generated from code and tests, and show what changed
	go -C sandbox test -count=1 ./rules ./mutants ./firewall -update
	go test -v $(dir $(shell grep -rl --include='*_test.go' 'testkit\.Golden' . | grep -v /testkit/)) -update

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Build

.PHONY: home
home: # the directories of the sandbox, or a refusal of one that is not the sandbox's
	$(home) make

.PHONY: build
# More prerequisites are below.
build: home ## Build what is missing or out of date

# An installed pulumi is used, with the language host that came with it, if it is
# at least as new as the engine that this repository pins.
engine := $(call version,github.com/pulumi/pulumi/pkg/v3,tools/engine)
older := $(firstword $(shell printf '%s\n' $(installed) $(engine) | sort -V))
ifneq ($(and $(installed),$(filter $(engine),$(older))),$(engine))
build: $(bin)/pulumi $(bin)/pulumi-language-go $(bin)/pulumi-language-go-host
endif

$(bin)/pulumi: tools/engine/go.mod tools/engine/go.sum
	$(call step,Pulumi engine) $(compile) go -C tools/engine build -o ../../$@ \
		-ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(engine)" \
		github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

# It is run by sandbox/cmd/pulumi-language-go, which ends it with the engine.
$(bin)/pulumi-language-go-host: tools/language-go/go.mod tools/language-go/go.sum
	$(call step,Pulumi language host for Go) $(compile) go -C tools/language-go build -o ../../$@ -ldflags "-s -w" \
		github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go

# The provider for Kubernetes is Pulumi's own: as it is distributed, if it can be
# downloaded, and else built here.
kubernetes_sdk := $(call version,github.com/pulumi/pulumi-kubernetes/sdk/v4,.)
build: $(bin)/kubernetes-provider

$(bin)/kubernetes-provider: $(wildcard tools/kubernetes-provider/*)
	$(call step,Kubernetes provider) tools/kubernetes-provider/download kubernetes $(kubernetes_sdk) $@ \
		$(compile) go -C tools/kubernetes-provider build -o ../../$@ \
		-ldflags "-s -w -X main.version=$(kubernetes_sdk:v%=%)"

# The API server tells clients its version, which the build sets.
kubernetes := $(addprefix $(bin)/,kube-apiserver kube-controller-manager kube-scheduler)
kubernetes_version := $(call version,k8s.io/kubernetes,tools/kubernetes)
build: $(kubernetes) $(bin)/etcd $(bin)/kwok $(bin)/kwok-stages.yaml

$(kubernetes): tools/kubernetes/go.mod tools/kubernetes/go.sum
	$(call step,$(@F)) $(compile) go -C tools/kubernetes build -o ../../$@ \
		-ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$(kubernetes_version)" \
		k8s.io/kubernetes/cmd/$(@F)

$(bin)/etcd: tools/etcd/go.mod tools/etcd/go.sum
	$(call step,etcd) $(compile) go -C tools/etcd build -o ../../$@ -ldflags "-s -w" go.etcd.io/etcd/server/v3

$(bin)/kwok: tools/kwok/go.mod tools/kwok/go.sum
	$(call step,KWOK) $(compile) go -C tools/kwok build -o ../../$@ -ldflags "-s -w" sigs.k8s.io/kwok/cmd/kwok

# What KWOK's nodes and pods do is told by stages.
$(bin)/kwok-stages.yaml: $(bin)/kwok tools/kwok/stages tools/kwok/pod.yaml
	$(call step,KWOK stages) tools/kwok/stages $@

# Microsoft's type definitions are taken from the module cache.
types := .sandbox/types
documents := .sandbox/documents
build lint: $(types) $(documents)

$(types): sandbox/go.mod sandbox/azure/tokens.go $(shell find sandbox/azure/bicep -name "*.go" ! -name "*_test.go")
	$(call step,Azure type definitions) $(compile) go -C sandbox generate ./cmd/pulumi-resource-azure-native
	@touch $@

# So are Google's descriptions of its APIs.
$(documents): sandbox/go.mod $(wildcard sandbox/gcp/discovery/*.go sandbox/gcp/discovery/extract/*.go)
	$(call step,Google API descriptions) $(compile) go -C sandbox generate ./gcp/discovery
	@touch $@

# The sandbox's own programs depend on all sources of its module, and on what it uses
# of the program's; Go finds out which of them have to be compiled.
plugins := .sandbox/pulumi-home/plugins
plugin = $(plugins)/resource-$(1)-$(call version,$(2),.)/pulumi-resource-$(1)
programs := $(bin)/sandbox $(bin)/recover $(bin)/gke-gcloud-auth-plugin \
	$(call plugin,azure-native,github.com/pulumi/pulumi-azure-native-sdk/v2) \
	$(call plugin,gcp,github.com/pulumi/pulumi-gcp/sdk/v7) \
	$(call plugin,kubernetes,github.com/pulumi/pulumi-kubernetes/sdk/v4)
build: $(programs)

$(programs) $(bin)/pulumi-language-go: sandbox/go.mod sandbox/go.sum sandbox/given/given.yaml $(types) $(documents) $(shell find sandbox internal/config internal/clouds internal/machinetype internal/pathpattern -name '*.go' ! -name '*_test.go')
	$(call step,$(@F)) $(compile) go -C sandbox build -o ../$@ -ldflags "-s -w" ./cmd/$(@F)
	@touch $@

# The language host runs the program with "go run": compiled and linked here, it
# starts at once.
program := .sandbox/program
build: $(program)

$(program): go.mod go.sum $(wildcard *.go) $(shell find internal -name '*.go' ! -name '*_test.go')
	$(call step,the program) $(compile) go run -exec true .
	@touch $@

lint: $(bin)/gofumpt $(bin)/staticcheck

$(bin)/gofumpt: tools/lint/go.mod tools/lint/go.sum
	$(call step,gofumpt) $(compile) go -C tools/lint build -o ../../$@ mvdan.cc/gofumpt

$(bin)/staticcheck: tools/lint/go.mod tools/lint/go.sum
	$(call step,staticcheck) $(compile) go -C tools/lint build -o ../../$@ honnef.co/go/tools/cmd/staticcheck

$(bin)/pulumi $(bin)/pulumi-language-go $(bin)/pulumi-language-go-host $(bin)/kubernetes-provider $(kubernetes) $(bin)/etcd $(bin)/kwok $(bin)/kwok-stages.yaml $(types) $(documents) \
	$(programs) $(program) $(bin)/gofumpt $(bin)/staticcheck: | home

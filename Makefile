# Kujdestar: build, tests and the demonstration.  `make help` lists the targets.
#
# Objects go to $(BUILD)/obj; every other build (sanitizers, fuzzing) is the same rules with another
# BUILD and other flags, so a file's flags stand in one place.

BUILD   ?= build
CC      ?= gcc
PREFIX  ?= /usr/local
WERROR  ?=
OPT     ?= -O2 -g
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LDHARD  ?= -pie -Wl,-z,relro,-z,now
SAN     ?=

WARN = -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
       -Wswitch-enum -Wvla -Wundef -Wwrite-strings -fno-common $(WERROR)
CFLAGS_ALL = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen -fPIE $(OPT) $(HARDEN) $(WARN) $(SAN) $(CFLAGS)
LDFLAGS_ALL = $(LDHARD) $(SAN) $(LDFLAGS)

# ---- what is built from what -----------------------------------------------------------------

PARSER_SRC  = $(wildcard parser/*.c)
STORE_SRC   = $(wildcard store/*.c) $(BUILD)/gen/migrations.c
CONFIG_SRC  = $(wildcard config/*.c)
WIRE_SRC    = gateway/hub/wire.c $(wildcard gateway/hub/confine*.c)
FORGET_SRC  = gateway/hub/forget.c
GATEWAY_SRC = $(filter-out $(WIRE_SRC) $(FORGET_SRC),$(wildcard gateway/hub/*.c gateway/cli/*.c gateway/intake/*.c \
              gateway/casework/*.c gateway/outbox/*.c gateway/ussd/*.c gateway/pin/*.c))
MODEM_SRC   = $(filter-out %/main.c,$(wildcard gateway/modem/*.c))
COURIER_SRC = $(filter-out %/main.c,$(wildcard gateway/courier/*.c))
EDGE_SRC    = $(filter-out %/main.c,$(wildcard gateway/edge/*.c))
SIMM_SRC    = $(filter-out %/main.c,$(wildcard tests/sim/modem/*.c))
SIMA_SRC    = $(wildcard tests/sim/agency/*.c)

obj = $(patsubst $(BUILD)/gen/%.c,$(BUILD)/obj/gen/%.o,$(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out $(BUILD)/%,$(1)))) \
      $(patsubst $(BUILD)/gen/%.c,$(BUILD)/obj/gen/%.o,$(filter $(BUILD)/%,$(1)))

LIB = $(BUILD)/lib
LIBS_HUB = $(LIB)/libgateway.a $(LIB)/libstore.a $(LIB)/libcfg.a $(LIB)/libwire.a $(LIB)/libparser.a
LD_HUB   = -lseccomp -lsqlite3 -lsodium -lconfig -lutf8proc -ljansson -lsystemd -lm
LD_PARSER = -lutf8proc -lm
LD_WORKER = -lseccomp $(LD_PARSER)
BINARIES = $(BUILD)/kujdestar $(BUILD)/kujdestar-modem $(BUILD)/kujdestar-courier $(BUILD)/kujdestar-edge
SIMS     = $(BUILD)/sim-modem $(BUILD)/sim-agency $(BUILD)/hostile/kujdestar-modem

UNIT  = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c tests/component/test_*.c))
FUZZ  = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY = $(patsubst %,$(BUILD)/tests/fuzz/%,$(FUZZ))
BENCH = $(addprefix $(BUILD)/bench/,bench_attendance bench_parser bare_http deliver drain replay standin/kujdestar-modem)

.PHONY: all sims units benches help
all: $(BINARIES)
sims: $(SIMS)
units: $(UNIT) $(REPLAY)
benches: $(BENCH)

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(INC_$(firstword $(subst /, ,$*))) -MMD -MP -c $< -o $@
$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@
$(BUILD)/obj/gateway/modem/%.o $(BUILD)/obj/tests/bench/drain.o: CFLAGS_ALL += -I/usr/include/gammu
$(BUILD)/gen/migrations.c: store/embed.sh $(wildcard store/migrations/*.sql)
	@mkdir -p $(@D)
	sh store/embed.sh store/migrations/*.sql > $@.tmp && mv $@.tmp $@

define library
$(LIB)/$(1): $(call obj,$(2))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^
endef
$(eval $(call library,libparser.a,$(PARSER_SRC)))
$(eval $(call library,libstore.a,$(STORE_SRC)))
$(eval $(call library,libcfg.a,$(CONFIG_SRC)))
$(eval $(call library,libwire.a,$(WIRE_SRC)))
$(eval $(call library,libgateway.a,$(GATEWAY_SRC)))
$(eval $(call library,libmodem.a,$(MODEM_SRC)))
$(eval $(call library,libcourier.a,$(COURIER_SRC)))
$(eval $(call library,libedge.a,$(EDGE_SRC)))
$(eval $(call library,libsimmodem.a,$(SIMM_SRC)))

link = @mkdir -p $(@D) && echo "link $@" && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.o %.a,$^)

$(BUILD)/kujdestar: $(BUILD)/obj/gateway/main.o $(LIBS_HUB)
	$(link) $(LD_HUB)
$(BUILD)/kujdestar-modem: $(BUILD)/obj/gateway/modem/main.o $(call obj,$(FORGET_SRC)) $(LIB)/libmodem.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lGammu $(LD_WORKER)
$(BUILD)/kujdestar-courier: $(BUILD)/obj/gateway/courier/main.o $(call obj,$(FORGET_SRC)) $(LIB)/libcourier.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lcurl $(LD_WORKER)
$(BUILD)/kujdestar-edge: $(BUILD)/obj/gateway/edge/main.o $(call obj,$(FORGET_SRC)) $(LIB)/libedge.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lmicrohttpd -lexpat -ljansson $(LD_WORKER)
$(BUILD)/sim-modem: $(BUILD)/obj/tests/sim/modem/main.o $(LIB)/libsimmodem.a $(LIB)/libparser.a
	$(link) $(LD_PARSER)
$(BUILD)/hostile/kujdestar-modem: $(BUILD)/obj/tests/bench/hostile.o $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) $(LD_PARSER)
$(BUILD)/sim-agency: $(call obj,$(SIMA_SRC))
	$(link) -lmicrohttpd -ljansson

# A test links the whole house; a test of a worker's or the simulator's inside names it.
$(BUILD)/tests/unit/test_modem%: $(BUILD)/obj/tests/unit/test_modem%.o $(LIB)/libmodem.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lcmocka -lGammu $(LD_WORKER)
$(BUILD)/tests/unit/test_courier%: $(BUILD)/obj/tests/unit/test_courier%.o $(LIB)/libcourier.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lcmocka -lcurl $(LD_WORKER)
$(BUILD)/tests/unit/test_edge%: $(BUILD)/obj/tests/unit/test_edge%.o $(LIB)/libedge.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lcmocka -lmicrohttpd -lexpat -ljansson $(LD_WORKER)
$(BUILD)/tests/unit/test_sim%: $(BUILD)/obj/tests/unit/test_sim%.o $(LIB)/libsimmodem.a $(LIB)/libparser.a
	$(link) -lcmocka $(LD_PARSER)
$(BUILD)/tests/component/test_ussd%: $(BUILD)/obj/tests/component/test_ussd%.o $(LIB)/libedge.a $(LIBS_HUB)
	$(link) -lcmocka -lmicrohttpd -lexpat $(LD_HUB)
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(LIBS_HUB)
	$(link) -lcmocka $(LD_HUB)
# Named, so that make counts on it: else, with a target's object there and this one not yet, the rule
# above would match first.
$(BUILD)/obj/tests/fuzz/replay_main.o: tests/fuzz/replay_main.c
# What the edge decodes: its own library, before the hub's.
$(BUILD)/tests/fuzz/fuzz_edge%: $(BUILD)/obj/tests/fuzz/fuzz_edge%.o $(BUILD)/obj/tests/fuzz/replay_main.o $(LIB)/libedge.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lmicrohttpd -lexpat -ljansson $(LD_WORKER)
# What the modem worker reads of the line.
$(BUILD)/tests/fuzz/fuzz_modem%: $(BUILD)/obj/tests/fuzz/fuzz_modem%.o $(BUILD)/obj/tests/fuzz/replay_main.o $(LIB)/libmodem.a $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) -lGammu $(LD_WORKER)
# What the hub tells the courier, whose deliveries are played.
$(BUILD)/tests/fuzz/fuzz_courier%: $(BUILD)/obj/tests/fuzz/fuzz_courier%.o $(BUILD)/obj/tests/fuzz/replay_main.o $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) $(LD_WORKER)
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay_main.o $(LIBS_HUB)
	$(link) $(LD_HUB)
$(BUILD)/bench/bench_attendance: $(BUILD)/obj/tests/bench/bench_attendance.o $(LIBS_HUB)
	$(link) $(LD_HUB)
$(BUILD)/bench/bench_parser: $(BUILD)/obj/tests/bench/bench_parser.o $(LIBS_HUB)
	$(link) $(LD_HUB)
$(BUILD)/bench/deliver: $(BUILD)/obj/tests/bench/deliver.o $(LIB)/libwire.a
	$(link) -lcurl
$(BUILD)/bench/bare_http: $(BUILD)/obj/tests/bench/bare_http.o
	$(link) -lmicrohttpd
$(BUILD)/bench/drain: $(BUILD)/obj/tests/bench/drain.o
	$(link) -lGammu
$(BUILD)/bench/replay: $(BUILD)/obj/tests/bench/replay.o
	$(link) -lsqlite3
$(BUILD)/bench/standin/kujdestar-modem: $(BUILD)/obj/tests/bench/standin.o $(LIB)/libwire.a $(LIB)/libparser.a
	$(link) $(LD_PARSER)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
.SECONDARY:

# ---- what people call ------------------------------------------------------------------------

## make demo          a school week against a simulated modem and agency; stays up until Ctrl-C
## make demo ONCE=1   the same, ends by itself; exit status 0 when all that was expected happened
.PHONY: demo
demo:
	@sh tests/deps.sh build
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all sims
	@BUILD=$(BUILD) python3 tests/demo.py $(if $(ONCE),--once)

## make test          installs what the tests need, builds, runs them; ends with "N passed, N failed"
.PHONY: test test-run
test:
	@sh tests/deps.sh test
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all sims units
	@$(MAKE) --no-print-directory -s test-run

REPLAYS = $(foreach f,$(FUZZ),"$(BUILD)/tests/fuzz/$(f) tests/fuzz/corpus/$(f)")
# Faults at their full length take minutes of waiting, and so does a cut at each sync: `make test-long`, and .ci/run.
LONG    = tests/system/test_faults_at_length.py
SYSTEM  = $(filter-out $(LONG),$(wildcard tests/system/test_*.py))
TESTS  ?= $(SYSTEM) $(UNIT) $(REPLAYS)
test-run:
	@BUILD=$(BUILD) python3 tests/run.py $(TESTS)

## make test-long     faults at their full length: a minute mute, an hour without network, power cut at each sync
.PHONY: test-long
test-long:
	@sh tests/deps.sh test
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all sims
	@CUTS=all $(MAKE) --no-print-directory -s test-run TESTS='--timeout 1200 $(LONG) tests/system/test_power_cut.py'

## make quick         unit tests and fuzzing corpora only, seconds
.PHONY: quick
quick:
	@$(MAKE) --no-print-directory -s -j$(shell nproc) units
	@$(MAKE) --no-print-directory -s test-run TESTS='$(filter $(BUILD)/tests/unit/%,$(UNIT)) $(REPLAYS)'

## make asan          everything once more with address and undefined-behaviour sanitizers
.PHONY: asan
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
asan:
	@$(MAKE) --no-print-directory -s -j$(shell nproc) BUILD=$(BUILD)/asan HARDEN= \
		OPT="-O1 -g -fno-omit-frame-pointer" SAN="$(SANITIZE)" all sims units
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/asan SAN="$(SANITIZE)" HARDEN= \
		OPT="-O1 -g -fno-omit-frame-pointer" KILLS=20 TEXTS=60 test-run \
		TESTS='$(addprefix tests/system/,test_gateway.py test_kill.py) $(subst $(BUILD)/,$(BUILD)/asan/,$(UNIT) $(REPLAYS))'

## make asan-system   system tests against sanitizer builds of hub and workers; ALL=1: every one of them
## make valgrind      the same under valgrind's memcheck, which also sees what is read before it was set
.PHONY: asan-system valgrind
# A few minutes' worth beside what `make asan` runs; every one of them with ALL=1.
SOME = $(addprefix tests/system/,test_edge.py test_hostile.py)
# A third of an hour under memcheck, and every part of hub, courier, edge and modem worker in it.
CHECKED = $(addprefix tests/system/,test_pins.py test_edge.py test_answers.py test_backup.py test_cases.py test_delivery.py \
	test_gateway.py)
asan-system:
	@sh tests/deps.sh test
	@$(MAKE) --no-print-directory -s -j$(shell nproc) BUILD=$(BUILD)/asan HARDEN= \
		OPT="-O1 -g -fno-omit-frame-pointer" SAN="$(SANITIZE)" all sims $(BUILD)/asan/tests/unit/test_sign
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/asan KILLS=20 TEXTS=60 test-run \
		TESTS='$(if $(ALL),$(SYSTEM),$(SOME))'
valgrind:
	@sh tests/deps.sh ci
	@$(MAKE) --no-print-directory -s -j$(shell nproc) BUILD=$(BUILD)/valgrind OPT="-O1 -g" HARDEN= \
		CFLAGS=-DCONFINE_OFF all sims $(BUILD)/valgrind/tests/unit/test_sign
	@BUILD=$(BUILD)/valgrind python3 tests/valgrind.py $(if $(ALL),$(SYSTEM),$(CHECKED))

## make layers        proves who includes and calls whom
.PHONY: layers
layers: all
	@python3 tests/layers.py $(BUILD)

## make lint          banned words, cppcheck, clang-tidy, gcc -fanalyzer, manual pages
.PHONY: lint
LINT_SRC = $(PARSER_SRC) $(filter-out $(BUILD)/%,$(STORE_SRC)) $(CONFIG_SRC) $(WIRE_SRC) $(FORGET_SRC) $(GATEWAY_SRC) \
           $(wildcard gateway/*.c gateway/modem/*.c gateway/courier/*.c gateway/edge/*.c)
lint: $(BUILD)/gen/migrations.c
	@sh tests/lint.sh $(LINT_SRC)

## make fuzz SECONDS=10   libFuzzer on every target, SECONDS each (clang)
.PHONY: fuzz fuzz-targets
SECONDS ?= 10
fuzz:
	@$(MAKE) --no-print-directory -s -j$(shell nproc) BUILD=$(BUILD)/fuzz CC=clang HARDEN= LDHARD= \
		OPT="-O1 -g" SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" fuzz-targets
	@for f in $(FUZZ); do mkdir -p $(BUILD)/fuzz/found/$$f; \
		echo "fuzz $$f $(SECONDS) s"; \
		$(BUILD)/fuzz/run/$$f -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
			-print_final_stats=0 -artifact_prefix=$(BUILD)/fuzz/found/$$f- \
			$(BUILD)/fuzz/found/$$f tests/fuzz/corpus/$$f >$(BUILD)/fuzz/$$f.log 2>&1 || \
			{ tail -n 60 $(BUILD)/fuzz/$$f.log; exit 1; }; done
fuzz-targets: $(patsubst %,$(BUILD)/run/%,$(FUZZ))
$(BUILD)/run/fuzz_edge%: $(BUILD)/obj/tests/fuzz/fuzz_edge%.o $(LIB)/libedge.a $(LIB)/libwire.a $(LIB)/libparser.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) -lmicrohttpd -lexpat -ljansson $(LD_WORKER)
$(BUILD)/run/fuzz_modem%: $(BUILD)/obj/tests/fuzz/fuzz_modem%.o $(LIB)/libmodem.a $(LIB)/libwire.a $(LIB)/libparser.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) -lGammu $(LD_WORKER)
$(BUILD)/run/fuzz_courier%: $(BUILD)/obj/tests/fuzz/fuzz_courier%.o $(LIB)/libwire.a $(LIB)/libparser.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(LD_WORKER)
$(BUILD)/run/%: $(BUILD)/obj/tests/fuzz/%.o $(LIBS_HUB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(LD_HUB)

## make bench         figures of this build, and of peers on the same simulator in the same run
## make bench ONLY=receive,hub   those parts alone: parser start latency receive burst throttled large hub deliver menus attendance
.PHONY: bench
bench:
	@sh tests/deps.sh bench
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all sims benches
	@sh tests/bench/peers.sh $(BUILD)/bench/peers
	@BUILD=$(BUILD) ONLY="$(ONLY)" python3 tests/bench/bench.py

## make hostile TEXTS=1000000   hostile texts through the hub: memory flat, quotas kept, others served
.PHONY: hostile
hostile: all sims
	@BUILD=$(BUILD) TEXTS=$(or $(TEXTS),1000000) python3 tests/system/test_hostile_texts.py

## make install DESTDIR= PREFIX=/usr/local
.PHONY: install clean
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/kujdestar
	install -m 755 $(BINARIES) $(DESTDIR)$(PREFIX)/bin
	install -m 644 gateway/kujdestar.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 config/kujdestar.cfg.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 config/*.cfg config/*.csv gateway/kujdestar.service gateway/kujdestar-backup.service gateway/kujdestar-backup.timer gateway/99-kujdestar.rules $(DESTDIR)$(PREFIX)/share/kujdestar
clean:
	rm -rf $(BUILD)

## make soak MINUTES=10  faults at random against the real binaries; SEED= repeats a run
.PHONY: soak
MINUTES ?= 10
soak:
	@sh tests/deps.sh test
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all sims
	@BUILD=$(BUILD) python3 tests/soak.py $(MINUTES)

# Kotak. `make demo` shows it, `make test` proves it; both install what is missing.
# Variables: O (build folder), CC, WERROR= (to relax), SANITIZE=1 (ASan and UBSan), PREFIX, DESTDIR.

O ?= build
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
WERROR ?= -Werror
PKG_CONFIG ?= pkg-config
VERSION := 0.1

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes $(WERROR)
HARDENING := -fstack-protector-strong
ifdef SANITIZE
HARDENING += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
else
HARDENING += -D_FORTIFY_SOURCE=2
endif

pkg = $(shell $(PKG_CONFIG) --$(1) $(2) 2>/dev/null)
LIBS_core := sqlite3 jansson libsodium
LIBS_kotakd := $(LIBS_core) libsystemd inih gammu libserialport libgpiod libcurl zlib
LIBS_kotakctl := $(LIBS_core) inih libcurl zlib
LIBS_ppidd := $(LIBS_core) libsystemd inih libmicrohttpd zlib libpq libqrencode nettle
LIBS_ppidctl := $(LIBS_ppidd)
LIBS_ppidd-opensid := $(LIBS_ppidd) libmariadb
LIBS_modem-sim := jansson libsystemd
LIBS_kotak-demo := jansson libsystemd libmicrohttpd
LIBS_panel-sim := jansson libsystemd
LIBS_panel-view := jansson ncursesw
LIBS_printer-sim := jansson libsystemd libpng libqrencode
LIBS_all := $(sort $(LIBS_kotakd) $(LIBS_kotakctl) $(LIBS_ppidd-opensid) $(LIBS_modem-sim) $(LIBS_kotak-demo) \
	$(LIBS_panel-sim) $(LIBS_panel-view) $(LIBS_printer-sim))
# libgpiod 1.6 and 2.x share a name and nothing else.
GPIOD := $(shell $(PKG_CONFIG) --atleast-version=2 libgpiod && echo 2 || echo 1)
OTHER_GPIOD := $(if $(filter 2,$(GPIOD)),1,2)

KOTAK_CFLAGS := -std=gnu17 -D_GNU_SOURCE -DKOTAK_VERSION='"$(VERSION)"' -DKOTAK_PREFIX='"$(PREFIX)"' \
	-Ifirmware -Idrivers -I. -I$(O) $(WARNINGS) $(HARDENING) -fPIE -MMD -MP \
	$(call pkg,cflags,$(LIBS_all))
KOTAK_LIBS = $(call pkg,libs,$(1))
COMPILE = $(CC) $(KOTAK_CFLAGS) $(CFLAGS) $(CPPFLAGS)
LINK = $(CC) -pie -Wl,--as-needed -Wl,-z,relro,-z,now $(CFLAGS) $(LDFLAGS)

objects = $(patsubst %.c,$(O)/obj/%.o,$(wildcard $(1)))

BASE := $(call objects,firmware/base/*.c firmware/wire/*.c firmware/port/*.c)
STORE := $(call objects,firmware/store/*.c)
CORE_ALL := $(STORE) $(call objects,firmware/dialogue/*.c firmware/sync/*.c firmware/panel/*.c firmware/kotakd/*.c)
CORE := $(filter-out %/main.o,$(CORE_ALL))
DRIVERS := $(filter-out %/lines_gpiod$(OTHER_GPIOD).o,$(call objects,drivers/*/*.c))
KOTAKCTL_ALL := $(call objects,tools/kotakctl/*.c)
PPIDD_ALL := $(call objects,tools/ppidd/*.c)
PPIDD := $(filter-out %/ppidd.o %/ppidctl.o,$(PPIDD_ALL))
PPIDD_OPENSID_ALL := $(call objects,tools/ppidd-opensid/*.c)
MODEM_SIM_ALL := $(call objects,tools/modem-sim/*.c)
MODEM_SIM := $(filter-out %/main.o,$(MODEM_SIM_ALL))
DEMO_ALL := $(call objects,tools/demo/*.c)
# What panel-sim has inside: main.c apart, tests take the pieces.
PANEL_SIM_ALL := $(call objects,tools/panel-sim/*.c)
PANEL_SIM := $(filter-out %/main.o,$(PANEL_SIM_ALL))
PANEL_VIEW_ALL := $(call objects,tools/panel-view/*.c)
PRINTER_SIM_ALL := $(call objects,tools/printer-sim/*.c)
PRINTER_SIM := $(filter-out %/main.o,$(PRINTER_SIM_ALL))

PROGRAMS := $(foreach p,$(if $(wildcard firmware/kotakd/main.c),kotakd) \
	$(if $(KOTAKCTL_ALL),kotakctl) $(if $(filter %/ppidd.o,$(PPIDD_ALL)),ppidd) \
	$(if $(filter %/ppidctl.o,$(PPIDD_ALL)),ppidctl) \
	$(if $(PPIDD_OPENSID_ALL),ppidd-opensid) $(if $(MODEM_SIM_ALL),modem-sim) \
	$(if $(filter %/main.o,$(PANEL_SIM_ALL)),panel-sim) $(if $(filter %/main.o,$(PRINTER_SIM_ALL)),printer-sim) \
	$(if $(PANEL_VIEW_ALL),panel-view) \
	$(if $(DEMO_ALL),kotak-demo),$(O)/$(p))

# Files that programs carry inside: each becomes a list of bytes to #include.
EMBEDDED := $(wildcard firmware/*/migrations/*.sql firmware/panel/words.tsv tools/ppidd/migrations/*.sql tools/*/*.css tools/*/*.html tools/*/*.js)
GENERATED := $(EMBEDDED:%=$(O)/gen/%.inc)

CATALOGUES := $(patsubst firmware/dialogue/po/%.po,$(O)/locale/%/LC_MESSAGES/kotak.mo,$(wildcard firmware/dialogue/po/*.po))

# Boards stand beside the programs, as they are installed beside their data.
BOARDS := $(patsubst board/profiles/%,$(O)/boards/%,$(wildcard board/profiles/*.conf))
HOLIDAYS := $(patsubst board/%,$(O)/%,$(wildcard board/holidays/*.conf))

all: $(PROGRAMS) $(CATALOGUES) $(O)/locale/checked $(BOARDS) $(HOLIDAYS)

$(O)/boards/%.conf: board/profiles/%.conf
	@mkdir -p $(@D)
	cp $< $@
$(O)/holidays/%.conf: board/holidays/%.conf
	@mkdir -p $(@D)
	cp $< $@

$(O)/gen/%.inc: %
	@mkdir -p $(@D)
	od -An -v -tx1 $< | sed 's/[0-9a-f][0-9a-f]/0x&,/g' > $@

$(O)/obj/%.o: %.c | $(GENERATED) libraries
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# A program that was built for another prefix looks in the wrong place.
$(O)/prefix: FORCE
	@mkdir -p $(O)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' > $@
FORCE:
$(patsubst %.c,$(O)/obj/%.o,$(shell grep -ls KOTAK_PREFIX firmware/*/*.c drivers/*/*.c tools/*/*.c)): $(O)/prefix

$(O)/kotakd: $(CORE_ALL) $(DRIVERS) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd))
$(O)/kotakctl: $(KOTAKCTL_ALL) $(STORE) $(BASE) $(call objects,drivers/uplink/*.c drivers/clock/*.c firmware/sync/token.c firmware/kotakd/config*.c)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakctl))
$(O)/ppidd: $(PPIDD) $(O)/obj/tools/ppidd/ppidd.o $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_ppidd))
$(O)/ppidctl: $(PPIDD) $(O)/obj/tools/ppidd/ppidctl.o $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_ppidd))
# The bridge to a village's OpenSID: the server's store, and MariaDB's library.
$(O)/ppidd-opensid: $(PPIDD_OPENSID_ALL) $(PPIDD) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_ppidd-opensid))
$(O)/modem-sim: $(MODEM_SIM_ALL) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_modem-sim) libsodium inih)
$(O)/panel-sim: $(PANEL_SIM_ALL) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_panel-sim) libsodium inih)
$(O)/panel-view: $(PANEL_VIEW_ALL) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_panel-view) libsodium inih)
$(O)/printer-sim: $(PRINTER_SIM_ALL) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_printer-sim) libsodium inih)
$(O)/kotak-demo: $(DEMO_ALL) $(BASE)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotak-demo) libsodium inih)

$(O)/locale/%/LC_MESSAGES/kotak.mo: firmware/dialogue/po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# Every text of every catalogue fits its SMS or its display with its longest values, or the build fails.
$(O)/check-texts: $(O)/obj/tests/check/texts.o $(call objects,firmware/dialogue/*.c) $(BASE) \
		$(filter-out %/worker.o,$(call objects,firmware/panel/*.c))
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_core) inih)
$(O)/locale/checked: $(O)/check-texts $(CATALOGUES)
	$(O)/check-texts $(O)/locale
	@touch $@

# One test program per module, linked to every object but the mains.
UNIT := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))
UNIT_PPIDD := $(patsubst tests/unit/ppidd/%.c,$(O)/tests/ppidd/%,$(wildcard tests/unit/ppidd/test_*.c))
UNIT_SIM := $(patsubst tests/unit/modem-sim/%.c,$(O)/tests/modem-sim/%,$(wildcard tests/unit/modem-sim/test_*.c))
# Of the simulated panel and printer: linked to the drivers that they are the other end of.
UNIT_PANEL_SIM := $(patsubst tests/unit/panel-sim/%.c,$(O)/tests/panel-sim/%,$(wildcard tests/unit/panel-sim/test_*.c))
UNIT_PRINTER_SIM := $(patsubst tests/unit/printer-sim/%.c,$(O)/tests/printer-sim/%,$(wildcard tests/unit/printer-sim/test_*.c))
unit: $(UNIT) $(UNIT_PPIDD) $(UNIT_SIM) $(UNIT_PANEL_SIM) $(UNIT_PRINTER_SIM)

$(UNIT): $(O)/tests/%: $(O)/obj/tests/unit/%.o $(CORE) $(DRIVERS) $(BASE) | $(CATALOGUES)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd) cmocka)
$(UNIT_PPIDD): $(O)/tests/ppidd/%: $(O)/obj/tests/unit/ppidd/%.o $(PPIDD) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_ppidd) cmocka)
$(O)/tests/ppidd/test_ppidd_opensid: $(O)/obj/tools/ppidd-opensid/words.o $(O)/obj/tools/ppidd-opensid/settings.o
$(UNIT_SIM): $(O)/tests/modem-sim/%: $(O)/obj/tests/unit/modem-sim/%.o $(MODEM_SIM) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_modem-sim) libsodium inih cmocka)
$(UNIT_PANEL_SIM): $(O)/tests/panel-sim/%: $(O)/obj/tests/unit/panel-sim/%.o $(PANEL_SIM) $(DRIVERS) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd) cmocka)
$(UNIT_PRINTER_SIM): $(O)/tests/printer-sim/%: $(O)/obj/tests/unit/printer-sim/%.o $(PRINTER_SIM) $(DRIVERS) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd) $(LIBS_printer-sim) cmocka)

# What runs inside the virtual machine of `make test-vm`: the real drivers, and the pieces of the
# simulated panel that decode what they did.
VM_MAINS := $(wildcard tests/vm/test_*.c) tests/vm/person.c
VM_PARTS := $(call objects,$(filter-out $(VM_MAINS),$(wildcard tests/vm/*.c)) \
	$(addprefix tools/panel-sim/,bounce.c hd44780*.c pcf8574.c trace.c typist.c)) \
	$(filter $(foreach d,display i2c keypad lines,$(O)/obj/drivers/$d/%),$(DRIVERS))
VM_PROGRAMS := $(VM_MAINS:tests/vm/%.c=$(O)/vm-tests/%)
vm-programs: $(VM_PROGRAMS) $(CATALOGUES) $(foreach p,kotakd kotakctl printer-sim,$(O)/$(p))
$(VM_PROGRAMS): $(O)/vm-tests/%: $(O)/obj/tests/vm/%.o $(VM_PARTS) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd) cmocka)

deps:
	sh board/deps.sh

# Says in one line what to do when a library isn't there, before the compiler says it in hundreds.
libraries:
	@$(PKG_CONFIG) --exists --print-errors $(LIBS_all) || \
		{ echo 'Libraries are missing: "make deps" installs them.' >&2; exit 1; }

PARALLEL := $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
ASAN := $(O)-asan
# Scenarios that run once more with programs built for ASan, UBSan and LeakSanitizer.
SANITIZED_SCENARIOS := 400 410 420 430 450 800

test:
	sh board/deps.sh test
	-sh board/deps.sh browser
	$(MAKE) $(PARALLEL) all unit
	$(MAKE) $(PARALLEL) O=$(ASAN) SANITIZE=1 CFLAGS='-O1 -g' all unit
	tests/run $(O) $(ASAN) $(SANITIZED_SCENARIOS:%=--scenarios-also %)

# The SOP's table row by row, in a browser against a real kiosk, on SQLite and on PostgreSQL, and every
# page by the rules of accessibility; pictures in $(O)/screenshots/desk*/index.html.
test-desk:
	sh board/deps.sh test browser
	$(MAKE) $(PARALLEL) all
	KOTAK_BUILD=$(O) python3 tests/scenarios/900-desk-walk.py
	KOTAK_BUILD=$(O) KOTAK_STORE=postgresql python3 tests/scenarios/900-desk-walk.py
	KOTAK_BUILD=$(O) python3 tests/scenarios/902-desk-pages.py

# The real drivers and the whole kiosk in a virtual machine with the kernel's gpio-sim, on libgpiod
# 1.6 and 2.2; the first time it fetches a kernel and a Debian root (docs/decisions/010-vm.md).
test-vm:
	sh board/deps.sh test vm
	$(MAKE) $(PARALLEL) vm-programs
	python3 tests/vm/test.py $(O)

check:
	sh board/deps.sh test
	CC='$(CC)' tests/check/run

# Every object without linking, and clang-tidy's word on each; `make check` makes them.
CHECKED := $(sort $(CORE_ALL) $(DRIVERS) $(BASE) $(KOTAKCTL_ALL) $(PPIDD_ALL) $(PPIDD_OPENSID_ALL) $(MODEM_SIM_ALL) \
	$(PANEL_SIM_ALL) $(PANEL_VIEW_ALL) $(PRINTER_SIM_ALL) \
	$(DEMO_ALL) $(call objects,tests/unit/*.c tests/unit/*/*.c tests/fuzz/*.c tests/bench/*.c tests/check/*.c tests/vm/*.c))
# How far the analyser follows a function: deep enough, and done in a minute or two.
ANALYSIS := -Xclang -analyzer-config -Xclang max-nodes=30000
objects: $(CHECKED)
tidy: $(CHECKED:$(O)/obj/%.o=$(O)/tidy/%.ok)
$(O)/tidy/%.ok: $(O)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $*.c -- $(KOTAK_CFLAGS) $(ANALYSIS)
	@touch $@

# One page with a resident's phone beside the officers' desk; Ctrl-C ends it.
demo:
	sh board/deps.sh demo
	$(MAKE) $(PARALLEL) all
	$(O)/kotak-demo --build $(O) --folder $(O)/demo

# Every tests/fuzz/fuzz_*.c for SECONDS each, from tests/fuzz/corpus, under ASan and UBSan; a crash
# ends it and is kept.
SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
$(FUZZERS): $(O)/fuzz/%: $(O)/obj/tests/fuzz/%.o $(CORE) $(DRIVERS) $(BASE)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(call KOTAK_LIBS,$(LIBS_kotakd))
run-fuzzers: $(FUZZERS)
	for fuzzer in $^; do mkdir -p $$fuzzer.corpus && echo "== $$fuzzer" && \
		$$fuzzer -max_total_time=$(SECONDS) -print_final_stats=1 -artifact_prefix=$$fuzzer- \
		$$fuzzer.corpus $$(ls -d tests/fuzz/corpus/$${fuzzer##*fuzz_} 2>/dev/null) || exit 1; done
fuzz:
	sh board/deps.sh test
	$(MAKE) $(PARALLEL) O=$(O)-fuzz CC=clang SANITIZE=1 CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
		SECONDS=$(SECONDS) run-fuzzers

# How well texts of residents are understood: precision and recall by intention.
corpus: $(O)/tests/test_corpus
	$(O)/tests/test_corpus

# Wakeups a second and memory over a whole idle minute.
idle: all
	KOTAK_BUILD=$(O) KOTAK_IDLE_SECONDS=60 python3 tests/scenarios/470-idle.py

# The modem's faults in full length, each with the seconds until all was well again.
faults: all
	KOTAK_BUILD=$(O) KOTAK_SILENCE_SECONDS=60 python3 tests/scenarios/460-modem-faults.py

# Residents write while all is killed at random instants; the figures in one table.
MESSAGES ?= 1000
KILLS ?= 100
SEED ?= 1
kill-storm: all
	KOTAK_BUILD=$(O) python3 tests/storm/kill_storm.py --messages $(MESSAGES) --kills $(KILLS) --seed $(SEED)

# The power cut at every sync of a kiosk's work, CUTS times at each.
CUTS ?= 100
power-cuts: $(O)/tests/test_power
	KOTAK_POWER_SEEDS=$(CUTS) $(O)/tests/test_power

# How fast, beside Debian's gammu-smsd in the same run, then `make echo`; about eleven minutes.
bench:
	sh board/deps.sh test
	$(MAKE) $(PARALLEL) all $(O)/slow_sync.so
	KOTAK_BUILD=$(O) python3 tests/bench/bench.py
	KOTAK_BUILD=$(O) python3 tests/bench/echo.py

# How fast the officers' desk is with TICKETS tickets of 998 kiosks, on SQLite or, with
# KOTAK_STORE=postgresql, on PostgreSQL; some ten minutes to fill the database, DATA=FILE keeps SQLite's.
TICKETS ?= 1000000
desk-bench:
	$(MAKE) $(PARALLEL) $(O)/ppidd $(O)/ppidctl
	KOTAK_BUILD=$(O) python3 tests/bench/desk.py --tickets $(TICKETS) $(if $(DATA),--data $(DATA))

# How soon a key is on the panel's display while SMS are taken in and the disk is slow.
$(O)/slow_sync.so: tests/bench/slow_sync.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(LDFLAGS) -fPIC -shared -o $@ $<
echo: all $(O)/slow_sync.so
	KOTAK_BUILD=$(O) python3 tests/bench/echo.py

# docs/panel-conversations.md, as the kiosk shows it today; its test says where it differs.
panel-conversations: all
	KOTAK_WRITE=1 KOTAK_BUILD=$(O) python3 tests/scenarios/850-panel-conversations.py

# Key presses and seconds of a complaint on the panel's keys, with completion of words and without.
$(O)/typing: $(O)/obj/tests/bench/typing.o $(call objects,firmware/panel/entry.c firmware/panel/complete.c)
	$(LINK) -o $@ $^
typing: $(O)/typing
	$(O)/typing tests/bench/typing.txt

SYSCONFDIR ?= /etc
# udev and systemd-sysusers look below /usr/local too, udev below /etc.
UDEVDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/udev,$(SYSCONFDIR)/udev)
INSTALL ?= install
install: all
	$(INSTALL) -d $(addprefix $(DESTDIR)$(PREFIX)/,bin sbin lib/systemd/system lib/sysusers.d \
		share/man/man1 share/man/man5 share/man/man8 share/doc/kotak share/kotak/boards share/kotak/holidays)
	$(INSTALL) -d $(DESTDIR)$(SYSCONFDIR)/kotak $(DESTDIR)$(UDEVDIR)/rules.d
	$(INSTALL) -m 755 $(wildcard $(O)/kotakd $(O)/ppidd $(O)/ppidd-opensid) $(DESTDIR)$(PREFIX)/sbin
	$(INSTALL) -m 755 $(wildcard $(O)/kotakctl $(O)/ppidctl) $(DESTDIR)$(PREFIX)/bin
	for unit in kotakd.service ppidd.service ppidd-opensid.service; do \
		sed 's|@PREFIX@|$(PREFIX)|g; s|@SYSCONFDIR@|$(SYSCONFDIR)|g' board/systemd/$$unit \
			> $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; done
	$(INSTALL) -m 644 board/systemd/kotak.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/kotak.conf
	$(INSTALL) -m 644 $(wildcard board/udev/*.rules) $(DESTDIR)$(UDEVDIR)/rules.d
	for page in $(filter-out %-sim.1 %/panel-view.1,$(wildcard docs/man/*.[1-8])); do section=$${page##*.}; \
		$(INSTALL) -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$$section || exit 1; done
	for catalogue in $(CATALOGUES); do \
		$(INSTALL) -D -m 644 $$catalogue \
			$(DESTDIR)$(PREFIX)/share/$${catalogue#$(O)/} || exit 1; done
	$(INSTALL) -m 644 $(wildcard board/profiles/*.conf) $(DESTDIR)$(PREFIX)/share/kotak/boards
	$(INSTALL) -m 644 $(wildcard board/holidays/*.conf) $(DESTDIR)$(PREFIX)/share/kotak/holidays
	$(INSTALL) -m 644 README.md $(wildcard docs/*.md docs/*.svg) board/conf/*.conf \
		$(DESTDIR)$(PREFIX)/share/doc/kotak
	for conf in kotakd.conf ppidd.conf; do \
		test -e $(DESTDIR)$(SYSCONFDIR)/kotak/$$conf || $(INSTALL) -m 644 board/conf/$$conf \
			$(DESTDIR)$(SYSCONFDIR)/kotak/$$conf || exit 1; done

clean:
	rm -rf $(O) $(ASAN) $(O)-fuzz build-check-*

.PHONY: FORCE all unit vm-programs deps libraries objects tidy test test-desk test-vm check demo fuzz run-fuzzers idle faults kill-storm power-cuts typing bench desk-bench echo panel-conversations install clean
.SECONDARY:

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)

# ikewhy: one Makefile. Objects go to build/$(VARIANT)/, so that release, asan,
# fuzz and cov never mix. `make help` lists the targets.

VERSION = 0.1.0
VARIANT = release
PREFIX  = /usr/local
DESTDIR =
CC      = gcc
AR      = ar
FUZZ_TIME = 60
FUZZ_ENGINE = -fsanitize=fuzzer

bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
incdir = $(PREFIX)/include/ikewhy
datadir = $(PREFIX)/share/ikewhy
mandir = $(PREFIX)/share/man/man1
docdir = $(PREFIX)/share/doc/ikewhy
unitdir = $(PREFIX)/lib/systemd/system
bashdir = $(PREFIX)/share/bash-completion/completions
zshdir = $(PREFIX)/share/zsh/site-functions

B := build/$(VARIANT)

# ---- sources: whatever stands in a folder belongs to it --------------------

LIB_SRC  := $(sort $(wildcard base/*.c kb/*.c facts/*.c facts/*/*.c \
                              inference/*.c cases/*.c))
CLI_SRC  := $(sort $(wildcard cli/*.c))
TEST_SRC := $(sort $(wildcard tests/test_*.c tests/main.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz_*.c))
HEADERS  := $(sort $(wildcard base/*.h kb/*.h facts/*.h facts/*/*.h \
                              inference/*.h cases/*.h))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
CLI_OBJ  := $(CLI_SRC:%.c=$(B)/%.o)
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o)

# What the program is built with of its own knowledge base (kb/image.h): it
# starts without reading the XML while that is the same. `make KB_IMAGE=` (or a
# base at fault) builds it without, as where the target's programs do not run.
KB_IMAGE := $(if $(filter fuzz,$(VARIANT)),,yes)
KB_XML := $(sort $(wildcard kb/*.xml kb/*/*.xml))
IMAGE_OBJ := $(B)/cli/image.o

# ---- libraries: linked only if a source includes them ----------------------

uses = $(shell grep -lE '^ *\# *include *<($1)' $(LIB_SRC) $(CLI_SRC) \
         2>/dev/null | head -n 1)
PKGS := libxml-2.0 jansson libarchive
PKGS += $(if $(call uses,pcap),libpcap)
PKGS += $(if $(call uses,histedit\.h|editline),libedit)
PKG_CONFIG = pkg-config
# Where it is not, the program is built without (make SECCOMP= does that too),
# as it is for coverage, which writes files at the end.
SECCOMP := $(if $(filter cov,$(VARIANT)),,\
             $(shell $(PKG_CONFIG) --exists libseccomp 2>/dev/null && echo yes))
PKGS += $(if $(SECCOMP),libseccomp)
PKG_CFLAGS := $(patsubst -I%,-isystem %,\
                $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)

# ---- flags -----------------------------------------------------------------

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
       -Wvla -Wundef -Wcast-qual -Wwrite-strings -Wpointer-arith \
       -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
       -Wformat=2
WARN += $(if $(DEVELOPER),-Werror)
OPT_release = -O2 -g
OPT_asan    = -O1 -g -fno-omit-frame-pointer \
              -fsanitize=address,undefined -fno-sanitize-recover=all
OPT_tsan    = -O2 -g -fno-omit-frame-pointer -fsanitize=thread
OPT_fuzz    = -O1 -g -fno-omit-frame-pointer \
              -fsanitize=fuzzer-no-link,address,undefined \
              -fno-sanitize-recover=all
OPT_cov     = -O0 -g --coverage
# asan-clang builds as asan does, beside it
OPT = $(OPT_$(firstword $(subst -, ,$(VARIANT))))

CPPFLAGS =
CFLAGS   =
LDFLAGS  =
IKW_CFLAGS  = -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I. $(PKG_CFLAGS) \
              $(WARN) $(OPT)
CLI_DEFS = -DIKW_VERSION='"$(VERSION)"' -DIKW_KB_DIR='"$(datadir)/kb"' \
           $(if $(SECCOMP),-DIKW_SECCOMP)
COMPILE = $(CC) $(IKW_CFLAGS) $(CPPFLAGS) $(CFLAGS)
LINK = $(CC) -pthread $(OPT) $(CFLAGS) $(LDFLAGS)
# V=1 prints the commands themselves, -s nothing.
Q   = $(if $(V),,@)
silent = $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(silent),,@printf '  %s  %s\n' $1 $2)

# ---- building --------------------------------------------------------------

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all lib demo setup setup-check check check-unit check-cases asan tsan \
        fuzz faults-full clips-check mutate bench truth calibrate lint format kb-check \
        cov cov-build valgrind install uninstall dist clean help report-check bless \
        FORCE

ifeq ($(VARIANT),release)
all: ikewhy ## Build ./ikewhy and build/release/libikewhy.a (the default)
ikewhy: $(B)/ikewhy
	$Qcp -f $< $@.tmp && mv -f $@.tmp $@
else
all: $(B)/ikewhy
endif

lib: $(B)/libikewhy.a

# What the objects were built with: a change of flags rebuilds them.
stamp = @mkdir -p $(@D); printf '%s\n' $1 | cmp -s - $@ || \
        printf '%s\n' $1 > $@
$(B)/flags: FORCE
	$(call stamp,'$(COMPILE) $(PKG_LIBS)')
$(B)/cli-flags: FORCE
	$(call stamp,$(CLI_DEFS))
$(B)/image-of: FORCE
	$(call stamp,'$(if $(KB_IMAGE),$(KB_XML))')

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$Q$(COMPILE) -MMD -MP -c -o $@ $<
$(CLI_OBJ): $(B)/cli-flags
$(B)/cli/%.o: IKW_CFLAGS += $(CLI_DEFS)
# a test may hold a whole log as one literal
$(B)/tests/%.o: IKW_CFLAGS += -Wno-overlength-strings

$(B)/libikewhy.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$Qrm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$(B)/kbimage: $(B)/tools/kbimage.o $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

$(B)/kb.image: $(B)/image-of $(if $(KB_IMAGE),$(B)/kbimage $(KB_XML))
	$(call say,KB,$@)
	$Q$(if $(KB_IMAGE),$(B)/kbimage kb > $@ || \
	    { echo 'kb: the program is built without it' >&2; : > $@; },: > $@)

$(IMAGE_OBJ): cli/image.S $(B)/kb.image $(B)/flags
	@mkdir -p $(@D)
	$(call say,AS,$@)
	$Q$(CC) $(OPT) $(CFLAGS) -DIKW_IMAGE='"$(B)/kb.image"' -c -o $@ $<

$(B)/ikewhy: $(CLI_OBJ) $(IMAGE_OBJ) $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $(CLI_OBJ) $(IMAGE_OBJ) $(B)/libikewhy.a $(PKG_LIBS)

# The suites see the command line's parts too, but its main.
$(B)/cli.a: $(filter-out $(B)/cli/main.o,$(CLI_OBJ)) $(IMAGE_OBJ)
	$(call say,AR,$@)
	$Qrm -f $@ && $(AR) rcs $@ $^

$(B)/check: $(TEST_OBJ) $(B)/cli.a $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS) -lcunit

# What tests/run-confine runs.
$(B)/check: | $(B)/confine_try
$(B)/confine_try: $(B)/tests/confine_try.o $(B)/cli.a $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

# What tests/run-clips compares CLIPS with.
$(B)/check: | $(B)/derive_many
$(B)/derive_many: $(B)/tests/derive_many.o $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

$(B)/diagnose_many: $(B)/tests/diagnose_many.o $(B)/cli.a $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

$(B)/fuzz_engine: PKG_LIBS += -lcunit
$(B)/fuzz_%: $(B)/tests/fuzz_%.o $(B)/cli.a $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) $(FUZZ_ENGINE) -o $@ $^ $(PKG_LIBS)

# The same without a fuzzing engine: its corpus, once.
$(B)/corpus_fuzz_engine: PKG_LIBS += -lcunit
$(B)/corpus_%: $(B)/tests/%.o $(B)/tests/corpus_main.o $(B)/cli.a \
    $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_OBJ:.o=.d)
-include $(FUZZ_SRC:%.c=$(B)/%.d) $(B)/tools/kbimage.d

# ---- trying it -------------------------------------------------------------

setup: ## Install the missing Debian packages the build needs (root or sudo)
	@tests/setup build

setup-check:
	@tests/setup check

# A second make, because the flags of this one were asked of pkg-config before
# the packages were there.
demo: setup ## Build and diagnose a bundled log of a real failure
	@$(MAKE) --no-print-directory all
	@tests/demo

check: setup-check ## Build, then run every test and lint there is
	@$(MAKE) --no-print-directory all $(B)/check
	@tests/run --build $(B) kb unit cli cases coverage guide lab packets inputs \
	    watch config capture peer ask proof clips hostile faults limits \
	    confine secrets lint

check-unit: all $(B)/check ## Run the unit tests only
	@tests/run --build $(B) unit

check-cases: all ## Run the cases only
	@tests/run --build $(B) cases

kb-check: all ## Check the knowledge base only
	@tests/run --build $(B) kb

lint: all ## Layers, symbols, headers, knowledge in C, format, cppcheck
	@tests/run --build $(B) --deep lint

ASAN = asan$(if $(findstring clang,$(CC)),-clang)
asan: setup-check ## The tests under ASan and UBSan (CC=clang: with clang)
	@$(MAKE) --no-print-directory VARIANT=$(ASAN) all build/$(ASAN)/check
	@tests/run --build build/$(ASAN) kb unit cli cases guide config \
	    capture

# What unpacks in a thread of its own is where threads are.
tsan: setup-check ## The thread that unpacks, under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan all build/tsan/check
	@build/tsan/check reader inputs
	@tests/run --build build/tsan inputs

faults-full: all ## Let every allocation site of nine runs fail (some minutes)
	@IKEWHY=$(CURDIR)/$(B)/ikewhy tests/run-faults full

clips-check: all $(B)/derive_many ## CLIPS derives the same from every log of tests/lab, or LAB=DIR
	@tests/setup check
	@IKEWHY=$(CURDIR)/$(B)/ikewhy tests/run-clips --build $(B) --random 100 \
	    $(or $(LAB),tests/lab)

bless: all ## Rewrite outputs in README and tour, explain.golden of cases (CASE=SLUG)
	@tests/run-cases --build $(B) --bless $(CASE)
	@tests/run-readme --bless
	@tests/run-tour --bless

FUZZERS := $(FUZZ_SRC:tests/%.c=%)
fuzz: ## Fuzz each fuzzer for FUZZ_TIME (60) seconds, with clang
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang \
	    $(FUZZERS:%=build/fuzz/%)
	@tests/run-fuzz $(FUZZ_TIME) $(FUZZERS:%=build/fuzz/%)

N = 1000
mutate: all $(B)/diagnose_many ## Verdicts of N (1000) spoilt logs: none wrong
	tests/mutate --bin $(B)/diagnose_many -n $(N) $(MUTATE)

# Not a suite: bench_engine has a main of its own.
$(B)/bench_%: $(B)/tests/bench/bench_%.o $(B)/libikewhy.a
	$(call say,LD,$@)
	$Q$(LINK) -o $@ $^ $(PKG_LIBS)

bench: all $(B)/bench_engine ## Time and memory beside wc, grep, CLIPS (LOG=FILE, or a generated one)
	@tests/bench/run $(B)/ikewhy $(B)/bench_engine $(LOG)
# Needs the whole laboratory and, for LOG, a big log made of it.
truth: all ## Does a tunnel among many get its verdict? (LAB=DIR LOG=FILE with .truth.tsv)
	@tests/bench/truth $(LAB) $(LOG) --bin $(B)/ikewhy
calibrate: all ## How often verdicts of each certainty are right (docs/calibration.md)
	@tests/calibrate tests/lab tests/real --bin $(B)/ikewhy \
	    --write docs/calibration.md --check

# The browser's driver is nothing of the project's: it stays below build/.
REPORT_NPM = puppeteer-core@24.43.1 axe-core@4.14.1
REPORT_LAB = cert-expired-initiator/responder.info.log \
    mm4-dropped/initiator.info.log p2-selector-mask-initiator/responder.info.log \
    long-two-faults-psk-then-p2auth/initiator.info.log \
    scanner-noise-only/responder.info.log dpd2-dead-peer-v6/initiator.info.log \
    isakmp-sa-expired-rekeyed/initiator.info.log \
    id2-value-responder-main-v6/initiator.info.log \
    psk-wrong-main/responder.debug2.log.xz \
    many-peers-hub-initiator/initiator.info.log
REPORT_LOGS = $(foreach l,$(REPORT_LAB),$(firstword $(subst /, ,$l))=tests/lab/$l) \
    pair=tests/lab/mm2-dropped/initiator.info.log,tests/lab/mm2-dropped/responder.info.log \
    train=train:tests/data/progress.jsonl many=many:5000
build/report/node_modules: Makefile
	@mkdir -p build/report
	@npm install --prefix build/report --no-audit --no-fund --loglevel=error \
	    --ignore-scripts $(REPORT_NPM) >/dev/null
	@touch $@
report-check: ## Look at the HTML report with Chromium (SHOTS=DIR keeps pictures)
	@tests/setup report
	@$(MAKE) --no-print-directory all build/report/node_modules
	@tests/report-check.mjs $(if $(SHOTS),--shots $(SHOTS)) build/report \
	    $(REPORT_LOGS)

CORPORA = $(FUZZERS:%=$(B)/corpus_%)
COV_NEED = 90
cov: ## Lines and branches covered by the tests, a table by file (some minutes)
	@tests/setup cov
	@$(MAKE) --no-print-directory VARIANT=cov cov-build
	@find build/cov -name '*.gcda' -delete
	@-tests/run --build build/cov unit kb cli cases coverage guide packets \
	    inputs watch config capture peer ask proof hostile faults secrets
	@-tests/run-corpus build/cov $(FUZZERS)
	@tests/cov --need $(COV_NEED) build/cov
cov-build: all $(B)/check $(CORPORA)

valgrind: ## The unit tests and the commands under memcheck (some minutes)
	@tests/setup valgrind
	@$(MAKE) --no-print-directory all $(B)/check
	@tests/run-valgrind $(B)

format: ## Reformat the C sources with clang-format
	clang-format -i $(LIB_SRC) $(CLI_SRC) $(TEST_SRC) $(FUZZ_SRC) tools/*.c \
	    $(HEADERS) $(wildcard cli/*.h tests/*.h)

# ---- installing ------------------------------------------------------------

D = $(DESTDIR)

install: all ## Install under PREFIX (/usr/local), below DESTDIR
	install -d $(D)$(bindir) $(D)$(libdir)/pkgconfig $(D)$(mandir) \
	    $(D)$(docdir) $(D)$(datadir) $(D)$(unitdir) $(D)$(bashdir) \
	    $(D)$(zshdir)
	install -m 755 $(B)/ikewhy $(D)$(bindir)/ikewhy
	install -m 644 $(B)/libikewhy.a $(D)$(libdir)/libikewhy.a
	for h in $(HEADERS) $(wildcard base/*.def); do \
	    install -d $(D)$(incdir)/$$(dirname $$h) && \
	    install -m 644 $$h $(D)$(incdir)/$$h || exit 1; done
	for f in $$(find kb -name '*.xml' -o -name '*.xsd') \
	    $$(find cases -type f ! -name '*.[ch]'); do \
	    install -d $(D)$(datadir)/$$(dirname $$f) && \
	    install -m 644 $$f $(D)$(datadir)/$$f || exit 1; done
	install -m 644 $(wildcard docs/*.1) $(D)$(mandir)
	install -m 644 README.md CHANGELOG.md LICENSE \
	    $(wildcard docs/*.md docs/*.json) $(D)$(docdir)
	$(B)/ikewhy completion bash > $(D)$(bashdir)/ikewhy
	$(B)/ikewhy completion zsh > $(D)$(zshdir)/_ikewhy
	sed 's|@bindir@|$(bindir)|' 'docs/systemd/ikewhy-watch@.service.in' \
	    > '$(D)$(unitdir)/ikewhy-watch@.service'
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
	    'includedir=$${prefix}/include/ikewhy' '' 'Name: ikewhy' \
	    'Description: Expert system for failed IKE negotiations' \
	    'Version: $(VERSION)' 'Requires.private: $(PKGS)' \
	    'Libs: -L$${libdir} -likewhy' 'Libs.private: -pthread' \
	    'Cflags: -I$${includedir}' \
	    > $(D)$(libdir)/pkgconfig/libikewhy.pc

uninstall: ## Remove what install put there
	rm -f $(D)$(bindir)/ikewhy $(D)$(libdir)/libikewhy.a \
	    '$(D)$(unitdir)/ikewhy-watch@.service' \
	    $(D)$(libdir)/pkgconfig/libikewhy.pc \
	    $(D)$(bashdir)/ikewhy $(D)$(zshdir)/_ikewhy \
	    $(patsubst docs/%,$(D)$(mandir)/%,$(wildcard docs/*.1))
	rm -rf $(D)$(incdir) $(D)$(datadir) $(D)$(docdir)

DIST = ikewhy-$(VERSION)
dist: ## Make build/ikewhy-VERSION.tar.gz: the last commit, or the tree
	@mkdir -p build
	@git archive --prefix=$(DIST)/ -o build/$(DIST).tar.gz HEAD 2>/dev/null || \
	    tar -czf build/$(DIST).tar.gz --exclude=./build --exclude=./.git \
	        --exclude=./ikewhy --transform='s,^\.,$(DIST),' .
	@echo build/$(DIST).tar.gz

clean: ## Remove everything that was built
	rm -rf build ikewhy

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' \
	    $(firstword $(MAKEFILE_LIST))

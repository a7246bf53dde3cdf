# ikewhy: one Makefile. Objects go to build/$(VARIANT)/, so that release, asan,
# fuzz and cov never mix. `make help` lists the targets.

VERSION = 0.1.0
VARIANT = release
PREFIX  = /usr/local
DESTDIR =
CC      = gcc
AR      = ar
FUZZ_SECONDS = 60

bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
incdir = $(PREFIX)/include/ikewhy
datadir = $(PREFIX)/share/ikewhy
mandir = $(PREFIX)/share/man/man1
docdir = $(PREFIX)/share/doc/ikewhy

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

# ---- libraries: linked only if a source includes them ----------------------

uses = $(shell grep -lE '^ *\# *include *<($1)' $(LIB_SRC) $(CLI_SRC) \
         2>/dev/null | head -n 1)
PKGS := libxml-2.0 jansson libarchive
PKGS += $(if $(call uses,pcap),libpcap)
PKGS += $(if $(call uses,histedit\.h|editline),libedit)
PKGS += $(if $(call uses,seccomp\.h),libseccomp)
PKG_CONFIG = pkg-config
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
OPT_fuzz    = -O1 -g -fno-omit-frame-pointer \
              -fsanitize=fuzzer-no-link,address,undefined \
              -fno-sanitize-recover=all
OPT_cov     = -O0 -g --coverage
# asan-clang builds as asan does, beside it
OPT = $(OPT_$(firstword $(subst -, ,$(VARIANT))))

CPPFLAGS =
CFLAGS   =
LDFLAGS  =
IKW_CFLAGS  = -std=c11 -D_POSIX_C_SOURCE=200809L -I. $(PKG_CFLAGS) \
              $(WARN) $(OPT)
CLI_DEFS = -DIKW_VERSION='"$(VERSION)"' -DIKW_KB_DIR='"$(datadir)/kb"'
COMPILE = $(CC) $(IKW_CFLAGS) $(CPPFLAGS) $(CFLAGS)
LINK = $(CC) $(OPT) $(CFLAGS) $(LDFLAGS)

# ---- building --------------------------------------------------------------

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all lib demo setup setup-check check check-unit check-cases asan fuzz \
        bench lint format kb-check cov install uninstall dist clean help \
        bless FORCE

ifeq ($(VARIANT),release)
all: ikewhy ## Build ./ikewhy and build/release/libikewhy.a (the default)
ikewhy: $(B)/ikewhy
	cp -f $< $@.tmp && mv -f $@.tmp $@
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

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<
$(CLI_OBJ): $(B)/cli-flags
$(B)/cli/%.o: IKW_CFLAGS += $(CLI_DEFS)

$(B)/libikewhy.a: $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $(LIB_OBJ)

$(B)/ikewhy: $(CLI_OBJ) $(B)/libikewhy.a
	$(LINK) -o $@ $(CLI_OBJ) $(B)/libikewhy.a $(PKG_LIBS)

$(B)/check: $(TEST_OBJ) $(B)/libikewhy.a
	$(LINK) -o $@ $(TEST_OBJ) $(B)/libikewhy.a $(PKG_LIBS) -lcunit

$(B)/fuzz_%: $(B)/tests/fuzz_%.o $(B)/libikewhy.a
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_OBJ:.o=.d)
-include $(FUZZ_SRC:%.c=$(B)/%.d)

clean: ## Remove everything that was built
	rm -rf build ikewhy

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' \
	    $(firstword $(MAKEFILE_LIST))

# SPDX-License-Identifier: Apache-2.0
# SQLite: the database. Its own configure makes the amalgamation (with the small Tcl that comes
# along in its source, so no tclsh is needed); we compile it with what we want and without what we
# do not.
NAME    := sqlite3
ARCHIVE := libsqlite3.a
SOURCES := sqlite3.c

# Behaviour
#   THREADSAFE=2             a connection belongs to one thread: no mutex on every call
#   DQS=0                    "text" is a name, never a string: a typing mistake is an error
#   DEFAULT_FOREIGN_KEYS=1   references hold without anybody remembering a PRAGMA
#   DEFAULT_*SYNCHRONOUS=2   FULL, in WAL too: an acknowledged row has been fsynced
#   TEMP_STORE=2             sorting happens in memory: an empty chroot has no /tmp
#   STRICT_SUBTYPE, LIKE_DOESNT_MATCH_BLOBS, TRUSTED_SCHEMA=0   the strict side of each choice
#   MAX_EXPR_DEPTH=0         our statements are compiled in: no depth to guard against
#   DEFAULT_MEMSTATUS=0      no global counter under a mutex on every allocation
# Features: FTS5 (search), DBSTAT (sizes of tables), DBPAGE (a page as it is, for the replica).
# Left out: deprecated calls, shared cache, loading of extensions (no dlopen in a static program).
FLAGS := -std=gnu11 -I$(WORK) \
         -DSQLITE_THREADSAFE=2 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_FOREIGN_KEYS=1 \
         -DSQLITE_DEFAULT_SYNCHRONOUS=2 -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2 -DSQLITE_TEMP_STORE=2 \
         -DSQLITE_STRICT_SUBTYPE=1 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_TRUSTED_SCHEMA=0 \
         -DSQLITE_MAX_EXPR_DEPTH=0 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_USE_ALLOCA \
         -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_DBSTAT_VTAB -DSQLITE_ENABLE_DBPAGE_VTAB \
         -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_LOAD_EXTENSION \
         -DHAVE_USLEEP=1 -DHAVE_FDATASYNC=1 -DHAVE_PREAD=1 -DHAVE_PWRITE=1 -DHAVE_STRCHRNUL=1 \
         -DHAVE_GMTIME_R=1 -DHAVE_LOCALTIME_R=1 -DHAVE_POSIX_FALLOCATE=1 -DHAVE_MALLOC_USABLE_SIZE=0

include vendor/common.mk

# Made by the source's own build system, in a clean environment: its makefile has variables of the
# same names as ours.
$(WORK)/sqlite3.c:
	@mkdir -p $(WORK)
	cd $(WORK) && env -i PATH="$$PATH" CC="$(CC)" $(SRC)/configure --disable-tcl --disable-shared --disable-readline
	cd $(WORK) && env -i PATH="$$PATH" make sqlite3.c

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(WORK)/sqlite3.h,)
	$(call licences,$(SRC)/LICENSE.md)
